"""The web channel: sessions, messages, events, and what a visitor can leave. JSON over HTTP.

`openapi.yml` describes every path and every field.
"""
