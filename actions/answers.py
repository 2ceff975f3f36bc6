"""Answers a question from the live revisions, redirects it, or says that there is no answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.exc import SQLAlchemyError

from actions.context import ActionContext, current
from actions.conversation import Conversation
from actions.payloads import (
    Payload,
    answer_payload,
    answers_payload,
    clarify_payload,
    led_by,
    reply_payload,
    scripted_payload,
    short_payload,
    with_choices,
)
from knowledge.live import LiveAnswer
from knowledge.questions import record_unanswered
from knowledge.replies import shipped_replies
from knowledge.search import CLINIC_TOPIC, SearchIndex, SearchResult

logger = logging.getLogger(__name__)

SURE = 0.35
"""Chance from which a message that sounds like small talk counts as a question all the same."""
SURE_OF_REDIRECT = 0.6
"""The same for advice and clinic facts: orders to some other machine also say "can you"."""
MOST_RELATED = 3


class ActionAnswerQuestion(Action):
    """Utters exactly one payload."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_answer_question"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Search in a thread, so that a slow search holds up nobody else."""
        message = tracker.latest_message or {}
        intent = str(message.get("intent", {}).get("name") or "")
        if intent == "off_topic" and message.get("entities"):
            # It names something of ours: staff should hear that there is no answer yet.
            intent = ""
        answering = Answering(current(), Conversation.of(tracker), domain)
        payload = await asyncio.to_thread(answering.payload, intent=intent)
        dispatcher.utter_message(json_message=payload)
        return []


class Answering:
    """One message that may be a question, and everything needed to reply to it."""

    def __init__(
        self, context: ActionContext, conversation: Conversation, domain: Mapping[str, Any]
    ) -> None:
        self._context = context
        self._conversation = conversation
        self._domain = domain
        self.index: SearchIndex = context.index()

    def payload(self, *, intent: str = "") -> Payload:
        """The reply. Small talk has its own text, unless the message is surely a question."""
        text = self._conversation.picked() or self._conversation.text
        result = self.index.find_answer(text, previous=self._conversation.questions)
        script = SCRIPTS.get(intent)
        if script and not _is_question(result):
            return self._scripted(script)
        payload = self._payload(result)
        if payload is None:
            self._record(text)
            return self._scripted("utter_no_answer")
        return (
            led_by(payload, lead_text(self._domain, LEADS[intent])) if intent in LEADS else payload
        )

    def _payload(self, result: SearchResult) -> Payload | None:
        answers = [self.index.answers[topic] for topic in result.topics]
        if result.outcome == "clarify":
            return clarify_payload(self._domain, answers, score=result.score)
        if result.redirect is not None:
            return self._redirected(result, answers[0] if answers else None)
        if not answers:
            return None
        if len(answers) > 1:
            fresh = [each for each in answers if not self._conversation.times_given(each.topic)]
            if fresh:
                return answers_payload(answers, score=result.score)
        return self._answered(answers[0], score=result.score)

    def _answered(self, answer: LiveAnswer, *, score: float) -> Payload:
        times = self._conversation.times_given(answer.topic)
        if times == 0:
            payload = answer_payload(answer, score=score)
        elif times % 2:
            payload = short_payload(
                answer, lead_text(self._domain, "utter_said_before"), score=score
            )
        else:
            payload = short_payload(
                answer, lead_text(self._domain, "utter_said_again"), score=score
            )
        if times and (related := self.related(answer)):
            payload = with_choices(
                led_after(payload, lead_text(self._domain, "utter_related")), related
            )
        if answer.topic == CLINIC_TOPIC:
            payload["outcome"] = "clinic"
        return payload

    def related(self, answer: LiveAnswer) -> list[LiveAnswer]:
        """Live answers that the person may want next, those not given yet first."""
        known = [self.index.answers[t] for t in answer.related if t in self.index.answers]
        known.sort(key=lambda each: self._conversation.times_given(each.topic))
        return known[:MOST_RELATED]

    def _redirected(self, result: SearchResult, along: LiveAnswer | None) -> Payload:
        redirect = self.index.redirects[str(result.redirect)]
        fact = self._context.settings.clinic.asked_for.get(redirect.fact, "")
        name = redirect.reply
        if redirect.fact:
            name = "clinic_fact" if fact else "clinic_fact_missing"
        return reply_payload(
            shipped_replies()[name],
            outcome=redirect.kind,
            score=result.score,
            again=self._conversation.last.get("reply") == name and not fact,
            along=along,
            fact=fact,
        )

    def _scripted(self, response: str) -> Payload:
        said = sum(each.get("script") == response for each in self._conversation.payloads)
        return scripted_payload(self._domain, response, turn=said)

    def _record(self, text: str) -> None:
        if not self._context.keep:
            return
        try:
            with self._context.records.session() as session:
                record_unanswered(session, text, channel="chat", seal=self._context.seal)
        except SQLAlchemyError as error:
            logger.warning("an unanswered question was not recorded (%s)", type(error).__name__)


def lead_text(domain: Mapping[str, Any], response: str) -> Mapping[str, str]:
    """Both forms of a sentence that goes before or after an answer."""
    payload = domain["responses"][response][0]["custom"]
    return {form: payload[form] for form in ("web", "sms")}


def _is_question(result: SearchResult) -> bool:
    least = SURE if result.redirect is None else SURE_OF_REDIRECT
    return result.outcome != "abstained" and result.score >= least


def led_after(payload: Payload, end: Mapping[str, str]) -> Payload:
    """The payload with a sentence after its text."""
    return {
        **payload,
        "web": f"{payload['web']}\n\n{end['web']}",
        "sms": f"{payload['sms']} {end['sms']}",
    }


SCRIPTS = {
    "acknowledge": "utter_acknowledge",
    "express_anger": "utter_anger",
    "express_distress": "utter_distress",
    "nonsense": "utter_not_understood",
    "off_topic": "utter_off_topic",
    "try_override": "utter_only_reviewed",
}
"""Intents that are no questions, and what is said to them."""
LEADS = {"express_distress": "utter_warm_lead", "express_anger": "utter_calm_lead"}
"""What goes before an answer when the question came with feelings."""
