"""The first net: reads every raw text before anything else may, and answers a crisis itself."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from bot.channels.messages import InboundMessage, OutboundMessage
from bot.channels.wording import Wording
from language.detection import detect_language, has_english
from safety.assessment import Assessment, Category, Tier
from safety.detector import Detector
from safety.escalations import Escalation, EscalationLog
from safety.memory import remember
from safety.notices import look
from safety.on_call import staff_state
from safety.protocol import Heard, Step, respond
from safety.regions import ELSEWHERE, shared_regions_book
from safety.replies import ReplyBook
from safety.state import SafetyState

logger = logging.getLogger(__name__)

ENCODER_LIMIT = 0.8
"""Seconds that the semantic half may take before the rules decide alone."""
_HELD_FOR = timedelta(hours=24)
"""A question that a check-in interrupted is not answered later: phone numbers get new owners."""

_FIRST = ("A first sentence.", "A seccond sentense, reed by eer.")
"""What is assessed before the first person writes: every reading is taken once."""


class SafetyGate:
    """Assess, pick the scripted reply, record. Needs nothing but this process."""

    def __init__(
        self, *, detector: Detector, replies: ReplyBook, log: EscalationLog, wording: Wording
    ) -> None:
        self._detector = detector
        self._replies = replies
        self.log = log
        self._wording = wording
        self._hurried = ThreadPoolExecutor(max_workers=1, thread_name_prefix="assess-hurried")
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="assess")

    async def warm_up(self) -> None:
        """Load what the first assessment would have to load, so that no person waits for it."""
        loop = asyncio.get_running_loop()
        for text in _FIRST:
            await loop.run_in_executor(self._threads, self._detector.assess, text)
        self._replies.understand("yes")

    async def assess(self, text: str, *, hurried: bool = False) -> Assessment:
        """Both halves within the limit, the rules alone after it, or at once when `hurried`."""
        loop = asyncio.get_running_loop()
        if hurried:
            rules = self._detector.assess_by_rules
            return await loop.run_in_executor(self._hurried, rules, text)
        call = loop.run_in_executor(self._threads, self._detector.assess, text)
        try:
            return await asyncio.wait_for(call, ENCODER_LIMIT)
        except TimeoutError:
            logger.warning("sentence encoder late: rules decide alone")
            return self._detector.assess_by_rules(text)

    async def recall(
        self, message: InboundMessage, found: Assessment
    ) -> tuple[SafetyState, Assessment, str]:
        """Where the conversation stands, this message in the light of earlier ones, and the id of
        the notice that is due ("" for none)."""
        before = await self.log.state_of(message.conversation_id)
        state, notice = look(before, message.received_at)
        if before.seen_at and message.received_at - before.seen_at > _HELD_FOR:
            state = replace(state, held_text="")
        if not state.in_safety_mode:
            signals, found = remember(
                state.signals, found, weak=self._detector.weak, enough=self._detector.enough
            )
            state = replace(state, signals=signals)
        if state != before and not (found.is_crisis or state.in_safety_mode):
            await self.log.keep(message.conversation_id, state)
        return state, found, notice

    def wording_for(self, message: InboundMessage, state: SafetyState) -> Wording:
        """The texts with the lines of where the person is."""
        return self._wording.in_region(state.region or message.region)

    async def take(
        self, message: InboundMessage, state: SafetyState, found: Assessment, *, form: str
    ) -> tuple[Step, tuple[OutboundMessage, ...]]:
        """Answer a crisis message, or any message in safety mode; the record comes first."""
        language = _language(message.text, found, state)
        wording = self.wording_for(message, state)
        step = await self._step(message, state, found, language, wording)
        step = replace(step, state=replace(step.state, language=language))
        await self.log.record(message.conversation_id, step.state, _escalation(message, step))
        replies = self.wording_for(message, step.state).safety_messages(
            step.texts,
            category=step.state.category,
            language=language,
            form=form,
            choices=step.choices,
        )
        return step, replies

    async def _step(
        self,
        message: InboundMessage,
        state: SafetyState,
        found: Assessment,
        language: str,
        wording: Wording,
    ) -> Step:
        region = shared_regions_book().named_in(message.text) if state.in_safety_mode else ""
        if region and not found.is_crisis and region != wording.region.code:
            return Step(state=replace(state, region=region), texts=("region.changed",))
        heard = Heard(
            assessment=found,
            meanings=self._replies.understand(message.text),
            language=language,
            text=message.text,
            at=message.received_at,
            without_line=wording.region.without_own_line(),
            staff=await self._staff(message, state),
        )
        step = respond(state, heard, wording.texts)
        if not state.in_safety_mode and wording.region.code == ELSEWHERE:
            return replace(step, texts=(*step.texts, "region.ask"))
        return step

    async def _staff(self, message: InboundMessage, state: SafetyState) -> str:
        """What is true of staff now; a report about staff never mentions them."""
        if state.tier < Tier.URGENT or state.category is Category.MISCONDUCT:
            return ""
        alert = await self.log.alert_of(message.conversation_id)
        return staff_state(alert, self._wording.clinic.alerts, message.received_at).value


def _language(text: str, found: Assessment, state: SafetyState) -> str:
    """Spanish when a Spanish rule fired or the text is Spanish, without an English word in it."""
    spanish = any(rule.startswith("es.") for rule in found.rules) or detect_language(text) == "es"
    if spanish and not has_english(text):
        return "es"
    return state.language if state.in_safety_mode else "en"


def _escalation(message: InboundMessage, step: Step) -> Escalation | None:
    if step.risk is None:
        return None
    return Escalation(
        conversation_id=message.conversation_id,
        message_id=message.message_id,
        channel=message.channel,
        assessment=step.risk,
        transcript=message.text,
        contact=message.contact,
        created_at=message.received_at,
    )
