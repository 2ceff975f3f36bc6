"""More, less, the same again, or where it comes from: about the answer just given."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import Answering, lead_text, led_after
from actions.context import current
from actions.conversation import Conversation
from actions.payloads import (
    Payload,
    answer_payload,
    led_by,
    scripted_payload,
    short_payload,
    with_choices,
)
from knowledge.live import LiveAnswer
from language.pages import pages
from language.plain_sms import as_sms

PAGE = 420
"""Units of a page: room in three messages for what must stand after it."""
_ASKS = {
    "ask_more": "more",
    "ask_shorter": "shorter",
    "ask_repeat": "repeat",
    "ask_sources": "sources",
}


class ActionElaborate(Action):
    """Utters one payload about the newest answer; says so when there is none yet."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_elaborate"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """The intent says what is wanted."""
        intent = str((tracker.latest_message or {}).get("intent", {}).get("name"))
        conversation = Conversation.of(tracker)
        wanted = _ASKS[intent]
        if wanted == "more" and tracker.get_latest_input_channel() == "sms":
            wanted = "next page"
        payload = await asyncio.to_thread(_payload, conversation, domain, wanted)
        dispatcher.utter_message(json_message=payload)
        return []


def _payload(conversation: Conversation, domain: dict[str, Any], wanted: str) -> Payload:
    answering = Answering(current(), conversation, domain)
    index = answering.index
    topics = [t for t in conversation.last_answer.get("topics") or () if t in index.answers]
    if topics:
        answer = index.answers[topics[0]]
        related = answering.related(answer)
        if wanted == "next page":
            return _next_page(answer, conversation.last_answer, related, domain)
        return _elaborated(wanted, answer, related, domain)
    # A question that only sounds like "tell me more" is answered as a question.
    if index.find_answer(conversation.text).outcome == "answered":
        return answering.payload()
    return scripted_payload(domain, "utter_nothing_yet")


def _elaborated(
    wanted: str, answer: LiveAnswer, related: list[LiveAnswer], domain: dict[str, Any]
) -> Payload:
    whole = answer_payload(answer, score=1.0)
    if wanted == "shorter":
        return short_payload(answer, lead_text(domain, "utter_in_short"), score=1.0)
    if wanted == "repeat":
        return led_by(whole, lead_text(domain, "utter_repeat"))
    if wanted == "sources":
        return {
            **_with_sources(whole, answer, lead_text(domain, "utter_sources")),
            "outcome": "other",
        }
    named = _with_sources(whole, answer, lead_text(domain, "utter_more"))
    return _and_related(named, related, domain)


def _next_page(
    answer: LiveAnswer, before: Mapping[str, Any], related: list[LiveAnswer], domain: dict[str, Any]
) -> Payload:
    """The long form of the answer, in a text message a page at a time; at its end the sources."""
    long = pages(as_sms(answer.web), units=PAGE)
    known = before.get("revision") == answer.revision_id
    page = int(before.get("page") or 0) if known else 0
    if page >= len(long):
        return _elaborated("more", answer, related, domain)
    payload = {**answer_payload(answer, score=1.0), "sms": long[page], "page": page + 1}
    if page + 1 < len(long):
        return {**payload, "continues": True}
    return _and_related(payload, related, domain)


def _and_related(payload: Payload, related: list[LiveAnswer], domain: dict[str, Any]) -> Payload:
    if not related:
        return payload
    return with_choices(led_after(payload, lead_text(domain, "utter_related")), related)


def _with_sources(payload: Payload, answer: LiveAnswer, lead: Mapping[str, str]) -> Payload:
    """The sources instead of the text; a text message has room for three."""
    listed = [_source_line(source) for source in answer.sources]
    return {
        **payload,
        "web": f"{lead['web']}\n\n" + "\n".join(f"- {line}" for line in listed),
        "sms": f"{lead['sms']} {'; '.join(listed[:3])}.",
    }


def _source_line(source: Any) -> str:
    where = f', "{source.section}"' if source.section else ""
    return f"{source.title}{where}" + (f" ({source.address})" if source.address else "")
