"""Signed, unguessable web sessions: who holds the token may read and write the conversation."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from itsdangerous import BadSignature, URLSafeTimedSerializer

from clinic.secret import Secret

LIFETIME = 30 * 24 * 3600
"""Seconds that a session token is taken."""


class SessionInvalid(Exception):
    """The session token is missing, forged or too old: ask for a new session."""


class Sessions:
    """Issues and reads session tokens."""

    def __init__(self, key: Secret) -> None:
        self._serializer = URLSafeTimedSerializer(key.reveal(), salt="web-session")

    def issue(self, *, prefix: str = "web-") -> str:
        """A token for a new conversation; the prefix begins its id."""
        return self._serializer.dumps(f"{prefix}{secrets.token_urlsafe(24)}")

    def expires_at(self, token: str) -> datetime:
        """When a token that was issued here stops working."""
        _, issued = self._serializer.loads(token, return_timestamp=True)
        return issued + timedelta(seconds=LIFETIME)

    def conversation_behind(self, token: str | None) -> str:
        """The conversation that a token once opened, even when it is too old; "" when forged."""
        try:
            return str(self._serializer.loads(token or ""))
        except BadSignature:
            return ""

    def conversation_id(self, token: str | None) -> str:
        """The conversation that a token opens; SessionInvalid otherwise."""
        try:
            value = self._serializer.loads(token or "", max_age=LIFETIME)
        except BadSignature:
            raise SessionInvalid from None
        return str(value)
