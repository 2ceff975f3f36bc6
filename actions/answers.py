"""Answers a question from the live revisions, or says that there is no reviewed answer."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.exc import SQLAlchemyError

from actions.context import ActionContext, current
from actions.payloads import answer_payload, clarify_payload, scripted_payload
from knowledge.questions import record_unanswered

logger = logging.getLogger(__name__)

MOST_PREVIOUS = 3
"""Earlier messages of the person that a follow-up may refer to."""


class ActionAnswerQuestion(Action):
    """Utters exactly one payload: answered, clarify or abstained."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_answer_question"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Search in a thread, so that a slow search holds up nobody else."""
        text = (tracker.latest_message or {}).get("text") or ""
        payload = await asyncio.to_thread(find_payload, current(), text, _previous(tracker), domain)
        dispatcher.utter_message(json_message=payload)
        return []


def find_payload(
    context: ActionContext, text: str, previous: tuple[str, ...], domain: dict[str, Any]
) -> dict[str, Any]:
    """The payload for one question; an unanswered one is recorded, masked."""
    index = context.index()
    result = index.find_answer(text, previous=previous)
    if result.topic is not None:
        return answer_payload(index.answers[result.topic], score=result.score)
    if result.outcome == "clarify":
        near = [index.answers[topic] for topic, _ in result.candidates]
        return clarify_payload(domain, near, score=result.score)
    _record(context, text)
    return scripted_payload(domain, "utter_no_answer", score=result.score)


def _record(context: ActionContext, text: str) -> None:
    if not context.keep:
        return
    try:
        with context.records.session() as session:
            record_unanswered(session, text, channel="chat", seal=context.seal)
    except SQLAlchemyError as error:
        logger.warning("an unanswered question was not recorded (%s)", type(error).__name__)


def _previous(tracker: Tracker) -> tuple[str, ...]:
    said = [event.get("text") or "" for event in tracker.events if event.get("event") == "user"]
    return tuple(said[-MOST_PREVIOUS - 1 : -1])
