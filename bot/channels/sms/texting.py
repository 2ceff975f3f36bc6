"""One text of a person: safety first, then what the law and carriers ask, then the assistant."""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from datetime import datetime

from bot.channels.messages import InboundMessage, OutboundMessage
from bot.channels.rates import Allowance, Rates
from bot.channels.sms.keywords import shared_keywords
from bot.channels.sms.provider import InboundText, Keyword
from bot.channels.sms.tapbacks import is_tapback
from bot.channels.sms.threads import Thread, Threads
from bot.channels.turn import TurnTaker
from bot.channels.wording import Wording
from language.detection import detect_language
from safety.escalations import EscalationLog
from safety.regions import shared_regions_book
from safety.state import SafetyState

CHANNEL = "sms"
FORM = "sms"
_TOLD_AGAIN = 60.0
"""Seconds between two pleas for a pause: two machines must not text each other for ever."""
_MOST_TOLD = 10_000

Replies = tuple[OutboundMessage, ...]


class Texting:
    """Decides what a text is answered with. Knows no provider and stores no text."""

    def __init__(
        self,
        *,
        turns: TurnTaker,
        log: EscalationLog,
        wording: Wording,
        threads: Threads,
        rates: Rates,
        allowance: Allowance,
    ) -> None:
        self._turns = turns
        self._log = log
        self._wording = wording
        self._threads = threads
        self._rates = rates
        self._allowance = allowance
        self._told: OrderedDict[str, float] = OrderedDict()

    async def answer(
        self, text: InboundText, thread: Thread, *, ours: tuple[str, ...], now: datetime
    ) -> Replies:
        """The replies, in the order in which they are read; none where silence is asked for.

        `ours` are our last texts of this conversation, which a tapback may quote.
        """
        if not text.sender.startswith("+"):
            return ()
        message = InboundMessage(
            conversation_id=thread.conversation_id,
            message_id=text.id,
            text=text.body,
            channel=CHANNEL,
            received_at=now,
            region=shared_regions_book().of_number(text.sender),
            contact=text.sender,
        )
        state = await self._log.state_of(thread.conversation_id)
        words = shared_keywords()
        keyword = text.keyword or words.word(text.body)
        if keyword is Keyword.STOP or words.asks_to_stop(text.body):
            return await self._stop(text, message, thread, state)
        if keyword is Keyword.START and (thread.opted_out or _is_plain_start(text)):
            return await self._start(text, message, thread, state)
        if thread.opted_out:
            return await self._unwanted(message, state)
        if is_tapback(text.body, ours):
            return (self._fixed("help.pinned", message, state),) if state.in_safety_mode else ()
        if keyword is Keyword.HELP and not state.in_safety_mode:
            return () if text.keyword else (self._fixed("carrier.help", message, state),)
        replies = await self._turn(text, message, state)
        return (*replies, *self._first(thread, message, state))

    async def finish(self) -> None:
        """Wait for late answers before the server stops."""
        await self._turns.finish()

    async def overhear(self, words: str, *, now: datetime) -> Replies:
        """Safety replies to words of an unknown sender; none where there is no danger."""
        if not words.strip():
            return ()
        name = hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:24]
        message = InboundMessage(
            conversation_id=f"stray-sms-{now:%Y%m%d}-{name}",
            message_id=name,
            text=words,
            channel=CHANNEL,
            received_at=now,
        )
        return await self._turns.overhear(message, stray=True)

    async def _turn(
        self, text: InboundText, message: InboundMessage, state: SafetyState
    ) -> Replies:
        if await self._rates.count(self._allowance, message.conversation_id):
            return await self._too_many(message, state)
        if text.media and not text.body.strip():
            return (self._fixed("sms.picture", message, state),)
        replies = await self._turns.take(message)
        if text.media and not state.in_safety_mode:
            return (*replies, self._fixed("sms.picture", message, state))
        return replies

    async def _stop(
        self, text: InboundText, message: InboundMessage, thread: Thread, state: SafetyState
    ) -> Replies:
        """No more texts from now on. Staff hear when that ends a conversation about danger."""
        heard = await self._turns.overhear(message)
        source = "carrier" if text.keyword else "word"
        if not text.keyword and shared_keywords().word(text.body) is None:
            source = "sentence"
        if not thread.opted_out or text.keyword:
            await self._threads.opt(text.sender, out=True, source=source, now=message.received_at)
        if heard or state.in_safety_mode:
            await self._log.report_undelivered(message.conversation_id, message.message_id)
        if text.keyword or thread.opted_out:
            return heard
        return (*heard, self._fixed("carrier.stop", message, state))

    async def _start(
        self, text: InboundText, message: InboundMessage, thread: Thread, state: SafetyState
    ) -> Replies:
        source = "carrier" if text.keyword else "word"
        await self._threads.opt(text.sender, out=False, source=source, now=message.received_at)
        if state.in_safety_mode:
            return await self._turns.take(message)
        return () if text.keyword else (self._fixed("carrier.start", message, state),)

    async def _unwanted(self, message: InboundMessage, state: SafetyState) -> Replies:
        """From a number that wants no texts: only danger is answered, and staff hear that the
        carrier may not let the answer through."""
        if state.in_safety_mode:
            replies = await self._turns.take(message)
        else:
            replies = await self._turns.overhear(message)
        if replies:
            await self._log.report_undelivered(message.conversation_id, message.message_id)
        return replies

    async def _too_many(self, message: InboundMessage, state: SafetyState) -> Replies:
        heard = await self._turns.overhear(message, hurried=True)
        if heard:
            return heard
        last = self._told.get(message.conversation_id, -_TOLD_AGAIN)
        if time.monotonic() - last < _TOLD_AGAIN:
            return ()
        self._told[message.conversation_id] = time.monotonic()
        if len(self._told) > _MOST_TOLD:
            self._told.popitem(last=False)
        return (self._fixed("refused.too_many", message, state),)

    def _first(self, thread: Thread, message: InboundMessage, state: SafetyState) -> Replies:
        return (self._fixed("sms.first", message, state),) if thread.is_new else ()

    def _fixed(self, text_id: str, message: InboundMessage, state: SafetyState) -> OutboundMessage:
        wording = self._wording.in_region(state.region or message.region)
        language = state.language
        if not state.in_safety_mode and detect_language(message.text) == "es":
            language = "es"
        return wording.fixed(text_id, form=FORM, language=language)


def _is_plain_start(text: InboundText) -> bool:
    """START and UNSTOP; "yes" is an answer to a question unless the person had said stop."""
    return text.keyword is Keyword.START or text.body.strip().lower() != "yes"
