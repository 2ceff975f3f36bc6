"""One message as the web shows it: the person's or one of the assistant's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from bot.channels.messages import OutboundMessage
from bot.channels.web.choices import Choices

Sender = Literal["person", "assistant"]
_ID = re.compile(r"[0-7][0-9a-f]{15}")
RATED = frozenset({"answered", "advice", "clinic", "clarify", "abstained"})
"""Outcomes that a person may rate; nobody is asked to rate a safety reply."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A line of the history. `number` orders the messages of one conversation."""

    number: int
    sender: Sender
    at: datetime
    message_id: str
    """The person's message: this one, or the one that is answered."""
    content: dict[str, Any]
    """`text` of a person; everything that an OutboundMessage holds of the assistant."""

    @property
    def id(self) -> str:
        """Opaque for clients; sorts like the numbers."""
        return f"{self.number:016x}"

    @property
    def text(self) -> str:
        """What it says."""
        return str(self.content.get("text") or "")

    @property
    def may_be_rated(self) -> bool:
        """Whether `POST /web/feedback` takes a rating of it."""
        return self.sender == "assistant" and self.content.get("outcome") in RATED

    def as_json(self, choices: Choices, conversation_id: str) -> dict[str, Any]:
        """As the contract has it; buttons are signed anew each time. How sure the search was, and
        whether a text message goes on, tells a visitor nothing."""
        row = {"id": self.id, "from": self.sender, "at": self.at.isoformat()}
        if self.sender == "person":
            return {**row, "text": self.text, "message_id": self.message_id}
        buttons = [
            {**choice, "payload": choices.sign(conversation_id, str(choice["text"]))}
            for choice in self.content.get("choices") or ()
        ]
        own = {**self.content, "choices": buttons, "feedback": self.may_be_rated}
        for name in ("score", "continues"):
            own.pop(name, None)
        return {**row, "in_reply_to": self.message_id, **own}


def number_of(message_id: str) -> int:
    """The number behind an id; ValueError when it is none."""
    if not _ID.fullmatch(message_id):
        raise ValueError(message_id)
    return int(message_id, 16)


def said_by_person(message_id: str, text: str, at: datetime) -> Shown:
    """A person's message, not numbered yet."""
    return Shown(number=0, sender="person", at=at, message_id=message_id, content={"text": text})


def said_by_assistant(message_id: str, reply: OutboundMessage) -> Shown:
    """A reply, not numbered yet."""
    content = reply.as_dict()
    return Shown(
        number=0, sender="assistant", at=datetime.now(UTC), message_id=message_id, content=content
    )
