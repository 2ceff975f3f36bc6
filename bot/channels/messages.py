"""What goes in and out of a turn, whatever the channel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

OUTCOMES = frozenset({"answered", "clarify", "advice", "clinic", "abstained", "crisis", "other"})


@dataclass(frozen=True, kw_only=True)
class InboundMessage:
    """One message of a person. `message_id` is the same for every delivery of it."""

    conversation_id: str
    message_id: str
    text: str
    channel: str
    received_at: datetime
    region: str = ""
    """Region of the person's number, where the channel knows it."""
    contact: str = ""
    """How staff can reach the person, where the channel knows it; kept with escalations only."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where an answer comes from; articles have a section, outside sources an address."""

    title: str
    section: str = ""
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Something the person can pick; typing `text` does the same as picking it."""

    label: str
    text: str


@dataclass(frozen=True, kw_only=True)
class OutboundMessage:
    """One reply, in the form (web or SMS) that its channel shows."""

    outcome: str
    text: str
    topic: str | None = None
    topics: tuple[str, ...] = ()
    revision: int | None = None
    score: float | None = None
    sources: tuple[Source, ...] = ()
    choices: tuple[Choice, ...] = ()
    notice: str = ""
    """How far the answer was checked: by a named clinician, or from published sources only."""
    reviewed_on: str = ""
    """ISO date of the review; empty when nobody of the clinic has reviewed it."""
    language: str = "en"
    text_id: str = ""
    """Id of a scripted safety text."""
    continues: bool = False
    """Whether "more" brings the rest of this text."""

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


def with_choices_listed(text: str, choices: Iterable[Mapping[str, Any]]) -> str:
    """The text with what could be picked after it, for readers that draw no buttons."""
    return "\n".join([text, *(f"- {choice['label']}" for choice in choices)])


def storable(text: str) -> str:
    """The text without lone surrogates, which JSON lets through and no store or log can take."""
    return text.encode("utf-8", "replace").decode()


class PayloadWrong(ValueError):
    """An action's reply that is not what actions utter."""


def read_payload(message: Mapping[str, Any], *, form: str) -> OutboundMessage:
    """Turn what Rasa collected into a reply; PayloadWrong when it cannot be shown."""
    payload = message.get("custom")
    if not isinstance(payload, dict):
        raise PayloadWrong("an action must utter one `custom` payload")
    text, outcome = payload.get(form), payload.get("outcome")
    if not isinstance(text, str) or not text.strip() or outcome not in OUTCOMES:
        raise PayloadWrong(f"a payload needs a known outcome and a text under `{form}`")
    try:
        return OutboundMessage(
            outcome=str(outcome),
            text=text,
            topic=payload.get("topic"),
            topics=tuple(payload.get("topics") or ()),
            revision=payload.get("revision"),
            score=payload.get("score"),
            sources=tuple(Source(**source) for source in payload.get("sources") or ()),
            choices=tuple(Choice(**choice) for choice in payload.get("choices") or ()),
            notice=str(payload.get("notice") or ""),
            reviewed_on=str(payload.get("reviewed_on") or ""),
            continues=bool(payload.get("continues")),
        )
    except TypeError as error:
        raise PayloadWrong("sources or choices have unknown parts") from error
