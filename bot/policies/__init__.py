"""Rasa policies."""
