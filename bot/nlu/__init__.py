"""Rasa components on our own language and safety packages."""
