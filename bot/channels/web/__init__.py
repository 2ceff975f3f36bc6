"""The web channel: sessions, messages, events, and what a visitor can leave. JSON over HTTP.

`web.openapi.json` describes every path and every field.
"""
