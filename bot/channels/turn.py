"""One turn, whatever the channel: safety first, then Rasa, and always a reply."""

from __future__ import annotations

import asyncio
import logging
import re
import unicodedata
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakValueDictionary

from bot.channels.dialogue import Dialogue, DialogueResult, Rest
from bot.channels.gate import SafetyGate
from bot.channels.messages import (
    InboundMessage,
    OutboundMessage,
    PayloadWrong,
    read_payload,
    storable,
)
from bot.channels.wording import Wording
from bot.detection import mark_of
from bot.nlu.crisis_classifier import CLEARED, CRISIS, PASSED
from language.detection import detect_language
from safety.assessment import Assessment, Category, Tier
from safety.state import SafetyState

logger = logging.getLogger(__name__)

UNANSWERED = "off_topic"
"""Intent under which the tracker keeps a turn that Rasa did not answer."""
LONGEST_TEXT = 4_000
"""Characters that Rasa reads; a longer text is assessed whole and then refused."""
_MOST_REMEMBERED = 5_000
_FINISH_LIMIT = 2.0
_SLASHES = re.compile(r"^[/\s]+")
_BRACES = re.compile(r"\{[^{}]*\}")

Replies = tuple[OutboundMessage, ...]
Late = Callable[[InboundMessage, Replies], Awaitable[None]]
"""Takes replies that came after the apology for being late."""


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """A message that Rasa answers, with what was known when it was passed on."""

    message: InboundMessage
    found: Assessment
    state: SafetyState
    cleared: bool


class TurnTaker:
    """Takes every message of every channel. `take` never raises and never returns nothing."""

    def __init__(
        self,
        *,
        gate: SafetyGate,
        dialogue: Dialogue,
        wording: Wording,
        form: str,
        late: Late | None = None,
    ) -> None:
        self._gate = gate
        self._dialogue = dialogue
        self._wording = wording
        self._form = form
        self._late = late
        self._waiting: set[asyncio.Task[None]] = set()
        self._recent: OrderedDict[tuple[str, str], asyncio.Future[Replies]] = OrderedDict()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def take(self, message: InboundMessage) -> Replies:
        """Answer one message; a repeated delivery gets the first one's reply."""
        key = (message.conversation_id, message.message_id)
        if key in self._recent:
            return await asyncio.shield(self._recent[key])
        answer = asyncio.ensure_future(self._guarded(message))
        self._recent[key] = answer
        while len(self._recent) > _MOST_REMEMBERED:
            self._recent.popitem(last=False)
        return await asyncio.shield(answer)

    async def overhear(
        self, message: InboundMessage, *, hurried: bool = False, stray: bool = False
    ) -> Replies:
        """Read words that are no turn of the conversation: a refused message, a reason, a note.

        A crisis in them is recorded and answered like any other; everything else gives no reply.
        `hurried` leaves the reading to the rules alone; of a `stray` message nobody knows the
        conversation, so that it gets a first reply. Never raises.
        """
        try:
            message = replace(message, text=storable(message.text))
            return await self._overheard(message, hurried=hurried, stray=stray)
        except Exception as error:
            logger.error("words at a side door were not read: %s", type(error).__name__)
            return ()

    async def _overheard(self, message: InboundMessage, *, hurried: bool, stray: bool) -> Replies:
        found = await self._gate.assess(message.text, hurried=hurried)
        if not found.is_crisis:
            return ()
        async with self._lock(message.conversation_id):
            state = SafetyState()
            if not stray:
                state = await self._gate.log.state_of(message.conversation_id)
            _, replies = await self._gate.take(message, state, found, form=self._form)
            if not stray:
                self._dialogue.append_later(message, replies, intent=CRISIS)
            return replies

    async def move(self, conversation_id: str, region: str) -> None:
        """Show the lines of another region from now on."""
        async with self._lock(conversation_id):
            state = await self._gate.log.state_of(conversation_id)
            await self._gate.log.record(conversation_id, replace(state, region=region), None)

    def drop(self, conversation_id: str) -> None:
        """Forget the replies of a conversation that was erased."""
        for key in [key for key in self._recent if key[0] == conversation_id]:
            del self._recent[key]

    async def finish(self) -> None:
        """Wait for late answers before the server stops."""
        if self._waiting:
            await asyncio.wait(self._waiting, timeout=_FINISH_LIMIT)

    def _lock(self, conversation_id: str) -> asyncio.Lock:
        return self._locks.setdefault(conversation_id, asyncio.Lock())

    async def _guarded(self, message: InboundMessage) -> Replies:
        try:
            return await self._turn(replace(message, text=storable(message.text)))
        except Exception as error:
            logger.error("a turn failed: %s", type(error).__name__)
            return (self._wording.fixed("apology", form=self._form),)

    async def _turn(self, message: InboundMessage) -> Replies:
        found = await self._gate.assess(message.text)
        async with self._lock(message.conversation_id):
            state, found, notice = await self._gate.recall(message, found)
            wording = self._gate.wording_for(message, state)
            notices = (wording.fixed(notice, form=self._form),) if notice else ()
            if found.is_crisis or state.in_safety_mode:
                step, replies = await self._gate.take(message, state, found, form=self._form)
                replies = (*replies, *notices)
                self._dialogue.append_later(message, replies, intent=CRISIS)
                if not step.resume:
                    return replies
                held = replace(message, text=step.resume, message_id=f"{message.message_id}-held")
                return (*replies, *await self._ordinary(held, found, state, cleared=True))
        return (*await self._ordinary(message, found, state), *notices)

    async def _ordinary(
        self,
        message: InboundMessage,
        found: Assessment,
        state: SafetyState,
        *,
        cleared: bool = False,
    ) -> Replies:
        wording = self._gate.wording_for(message, state)
        language = detect_language(message.text)
        refusal = _refusal(message.text) or ("other_language" if language != "en" else "")
        if refusal:
            reply = wording.fixed(refusal, form=self._form, language=language)
            if refusal == "other_language":
                reply = wording.other_language(language, form=self._form)
            if refusal != "refused.too_long":
                self._dialogue.append_later(message, (reply,), intent=UNANSWERED)
            return (reply,)
        if Category.MINOR in found.subjects and not cleared:
            return (self._for_a_minor(message, wording),)
        plain = replace(message, text=without_commands(message.text))
        result = await self._dialogue.answer(plain, _metadata(message, found, cleared=cleared))
        asked = _Asked(message=message, found=found, state=state, cleared=cleared)
        if result.rest is not None and self._late is not None:
            task = asyncio.create_task(self._deliver(asked, result.rest, self._late))
            self._waiting.add(task)
            task.add_done_callback(self._waiting.discard)
        return await self._checked(asked, result)

    async def _deliver(self, asked: _Asked, rest: Rest, late: Late) -> None:
        """Hand over what comes too late, unless safety mode has begun meanwhile."""
        try:
            said = await rest
            result = DialogueResult(messages=said)
            replies = await self._checked(asked, result, instead=False)
            if replies:
                await late(asked.message, replies)
        except Exception as error:
            logger.error("a late answer was lost: %s", type(error).__name__)

    async def _checked(
        self, asked: _Asked, result: DialogueResult, *, instead: bool = True
    ) -> Replies:
        """Rasa's replies, unless it saw a crisis. When safety mode began while it was thinking,
        the help line `instead`, or nothing."""
        message, state = asked.message, asked.state
        if any(_outcome(said) == "crisis" for said in result.messages) and not asked.cleared:
            return await self._second_net(message, asked.found)
        wording = self._gate.wording_for(message, state)
        now = await self._gate.log.state_of(message.conversation_id)
        if now.in_safety_mode and not state.in_safety_mode:
            pinned = wording.fixed("help.pinned", form=self._form, language=now.language)
            return (pinned,) if instead else ()
        with_line = bool(asked.found.subjects or now.help_pinned)
        return self._worded(message, result, wording, pinned=with_line)

    def _for_a_minor(self, message: InboundMessage, wording: Wording) -> OutboundMessage:
        """The care is for adults: who says to be younger gets help lines and no information."""
        alone = Category.MINOR in wording.region.without_own_line()
        text_id = "minor.adults_only.no_line" if alone else "minor.adults_only"
        reply = wording.fixed(text_id, form=self._form, category=Category.MINOR)
        self._dialogue.append_later(message, (reply,), intent=UNANSWERED)
        return reply

    async def _second_net(self, message: InboundMessage, found: Assessment) -> Replies:
        """Rasa saw a crisis that the gate did not: the protocol answers it all the same."""
        logger.warning("the second net caught a message that the gate let through")
        seen = found
        if not found.is_crisis:
            seen = Assessment(tier=Tier.CHECK_IN, category=Category.SUICIDE, rules=("second-net",))
        state = await self._gate.log.state_of(message.conversation_id)
        _, replies = await self._gate.take(message, state, seen, form=self._form)
        return replies

    def _worded(
        self, message: InboundMessage, result: DialogueResult, wording: Wording, *, pinned: bool
    ) -> Replies:
        replies = []
        for said in result.messages:
            try:
                reply = read_payload(said, form=self._form)
            except PayloadWrong as error:
                logger.error("an action's reply cannot be shown: %s", error)
                continue
            replies.append(wording.filled(reply, form=self._form))
        if not replies:
            text_id = "apology" if result.ready else "apology.no_model"
            if result.late and self._late is not None:
                text_id = "late"
            apology = wording.fixed(text_id, form=self._form)
            if not result.late:
                self._dialogue.append_later(message, (apology,), intent=UNANSWERED)
            return (apology,)
        if pinned:
            replies[-1] = wording.with_help_line(replies[-1], form=self._form)
        return tuple(replies)


def _metadata(message: InboundMessage, found: Assessment, *, cleared: bool) -> dict[str, Any]:
    """What Rasa's components hear of the gate. A cleared text is not the one that `found` is of."""
    metadata: dict[str, Any] = {"assessment": found.as_dict(), CLEARED: cleared}
    if not (cleared or found.rules_alone):
        metadata[PASSED] = mark_of(message.text.strip())  # Rasa strips it too
    return metadata


def _outcome(said: object) -> object:
    payload = said.get("custom") if isinstance(said, dict) else None
    return payload.get("outcome") if isinstance(payload, dict) else None


def without_commands(text: str) -> str:
    """The text without a leading slash and braces, which Rasa would read as a command."""
    if not text.lstrip().startswith("/"):
        return text
    return _BRACES.sub(" ", _SLASHES.sub("", text)).strip() or "?"


def _refusal(text: str) -> str:
    """The id of the fixed reply to a text that Rasa should not read; empty when it may."""
    if len(text) > LONGEST_TEXT:
        return "refused.too_long"
    if not any(unicodedata.category(character)[0] in "LNS" for character in text):
        return "refused.empty"
    return ""
