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
        payload = await asyncio.to_thread(_payload, conversation, domain, _ASKS[intent])
        dispatcher.utter_message(json_message=payload)
        return []


def _payload(conversation: Conversation, domain: dict[str, Any], wanted: str) -> Payload:
    answering = Answering(current(), conversation, domain)
    index = answering.index
    topics = [t for t in conversation.last_answer.get("topics") or () if t in index.answers]
    if topics:
        answer = index.answers[topics[0]]
        return _elaborated(wanted, answer, answering.related(answer), domain)
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
    longer = {
        **_with_sources(whole, answer, lead_text(domain, "utter_more")),
        "sms": _plain(answer.web),
    }
    return (
        with_choices(led_after(longer, lead_text(domain, "utter_related")), related)
        if related
        else longer
    )


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


def _plain(web: str) -> str:
    return web.replace("**", "").replace("\n\n", "\n")
