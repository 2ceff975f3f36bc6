"""What was said before in a conversation, read from the tracker's events."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker

from knowledge.words import plain

MOST_PREVIOUS = 3
"""Earlier messages of the person that a follow-up may refer to."""
RECENT = 24 * 3600.0
"""Seconds after which nothing is repeated or explained further: phone numbers get new owners."""
_ASKED = {"answered", "clarify", "advice", "clinic"}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "last": -1, "one": 1, "two": 2, "three": 3}
_PICK = re.compile(
    r"(?:the |number |option |no )*(first|second|third|last|one|two|three|[1-9])"
    r"(?: (?:one|option))?"
)


@dataclass(frozen=True, kw_only=True)
class Conversation:
    """`payloads` are all replies so far, `questions` the person's messages that got an answer,
    choices, advice or a fact; both oldest first. The message that is being answered is in neither.
    """

    text: str
    payloads: tuple[Mapping[str, Any], ...] = ()
    questions: tuple[str, ...] = ()

    @classmethod
    def of(cls, tracker: Tracker) -> Conversation:
        """The conversation up to the tracker's latest message."""
        payloads: list[Mapping[str, Any]] = []
        questions: list[str] = []
        said = ""
        newest = max((event.get("timestamp") or 0.0 for event in tracker.events), default=0.0)
        for event in tracker.events:
            if (event.get("timestamp") or 0.0) < newest - RECENT:
                continue
            if event.get("event") == "user":
                said = event.get("text") or ""
            elif event.get("event") == "bot":
                payload = (event.get("data") or {}).get("custom") or {}
                payloads.append(payload)
                if payload.get("outcome") in _ASKED and said:
                    questions.append(said)
        return cls(
            text=(tracker.latest_message or {}).get("text") or "",
            payloads=tuple(payloads),
            questions=tuple(questions[-MOST_PREVIOUS:]),
        )

    @property
    def last(self) -> Mapping[str, Any]:
        """The reply just before; empty at the start."""
        return self.payloads[-1] if self.payloads else {}

    @property
    def last_answer(self) -> Mapping[str, Any]:
        """The newest reply that held an answer; empty when there was none."""
        return next((each for each in reversed(self.payloads) if _given(each)), {})

    def times_given(self, topic: str) -> int:
        """How often an answer was given already."""
        return sum(topic in _given(payload) for payload in self.payloads)

    def picked(self) -> str | None:
        """The text of the choice that the message picks among those just offered."""
        choices = self.last.get("choices") or []
        said = plain(self.text)
        for choice in choices:
            if said in (plain(choice["label"]), plain(choice["text"])):
                return str(choice["text"])
        match = _PICK.fullmatch(said)
        if not match or not choices:
            return None
        word = match.group(1)
        number = _ORDINALS.get(word) or int(word)
        if number == -1:
            return str(choices[-1]["text"])
        return str(choices[number - 1]["text"]) if number <= len(choices) else None


def _given(payload: Mapping[str, Any]) -> tuple[str, ...]:
    if payload.get("outcome") not in ("answered", "advice", "clinic"):
        return ()
    return tuple(payload.get("topics") or ())
