"""Buttons: what one says is signed here, for one conversation."""

from __future__ import annotations

from itsdangerous import BadSignature, URLSafeTimedSerializer

from bot.channels.sessions import LIFETIME
from clinic.secret import Secret


class ChoiceInvalid(Exception):
    """The button was made elsewhere, for another conversation, or too long ago."""


class Choices:
    """Signs what a button stands for, and reads it back."""

    def __init__(self, key: Secret) -> None:
        self._key = key

    def sign(self, conversation_id: str, text: str) -> str:
        """A payload that stands for `text` in this conversation only."""
        return self._serializer(conversation_id).dumps(text)

    def read(self, conversation_id: str, payload: str) -> str:
        """The text behind a payload; ChoiceInvalid when it is not ours, not here or not now."""
        try:
            return str(self._serializer(conversation_id).loads(payload, max_age=LIFETIME))
        except (BadSignature, ValueError):
            raise ChoiceInvalid from None

    def _serializer(self, conversation_id: str) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self._key.reveal(), salt=f"web-choice {conversation_id}")
