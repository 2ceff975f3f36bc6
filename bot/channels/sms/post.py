"""From a webhook to its answer: each text once, and what takes too long goes out on its own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.channels.messages import InboundMessage, OutboundMessage
from bot.channels.sms.provider import DeliveryStatus, InboundText
from bot.channels.sms.rendering import render
from bot.channels.sms.sends import Sends, letters
from bot.channels.sms.store import Answered, BeingAnswered, TextStore
from bot.channels.sms.texting import FORM, Texting
from bot.channels.sms.threads import Thread, Threads
from bot.channels.wording import Wording
from clinic.errors import DatabaseAway
from safety.escalations import EscalationLog

logger = logging.getLogger(__name__)

_ANSWER = "answer."
"""Begins the send id of a safety reply that went out as the answer to a webhook."""
_MOST_REPORTS = 1_000
WEBHOOK_LIMIT = 11.0
"""Seconds before the webhook is answered with "that takes longer": carriers wait for 15."""
_ASK_AGAIN = 0.25
_PATIENCE = timedelta(seconds=60)
"""How long a text that was left behind waits for the model to be loaded."""


class Post:
    """Takes texts in and hands answers out. Never raises."""

    def __init__(
        self,
        *,
        texting: Texting,
        threads: Threads,
        store: TextStore,
        sends: Sends,
        wording: Wording,
        log: EscalationLog,
        ready: Callable[[], bool],
        link: str,
    ) -> None:
        self._texting = texting
        self._threads = threads
        self._store = store
        self.sends = sends
        self._wording = wording
        self._log = log
        self._ready = ready
        self._link = link
        self._running: dict[str, asyncio.Task[Answered]] = {}
        self._later: set[asyncio.Task[None]] = set()
        self._reports: list[DeliveryStatus] = []

    async def take(self, text: InboundText) -> Answered:
        """The answer for the webhook; a repeated text gets the first one's."""
        turn = self._running.get(text.id)
        if turn is None:
            turn = asyncio.create_task(self._take(text))
            self._running[text.id] = turn
            turn.add_done_callback(lambda _: self._running.pop(text.id, None))
        done, _ = await asyncio.wait({turn}, timeout=WEBHOOK_LIMIT)
        if done:
            return turn.result()
        if text.id not in {task.get_name() for task in self._later}:
            self._do_later(self._send_when_done(text, turn), name=text.id)
        return Answered(texts=self._render((self._wording.fixed("late", form=FORM),)))

    async def knows(self, text_id: str) -> bool:
        """Whether the text was answered before. DatabaseAway gets out."""
        return await self._store.knows(text_id)

    def send_ids(self, text: InboundText, answered: Answered) -> tuple[str, ...]:
        """Names of the replies in the answer to a webhook, for reports of what became of them;
        none where nobody needs to know."""
        name = f"{_ANSWER}{answered.conversation_id}.{text.id}"
        return (name,) * len(answered.texts) if answered.safety else ()

    async def overhear(self, words: str) -> tuple[str, ...]:
        """Safety replies to words whose sender is not known; none where there is no danger."""
        return self._render(await self._texting.overhear(words, now=datetime.now(UTC)))

    async def send(self, text: InboundText, answered: Answered) -> None:
        """Send an answer on its own, because nobody took it from the webhook."""
        now = datetime.now(UTC)
        thread = await self._threads.of(text.sender, now)
        await self._store.keep(
            text,
            thread.conversation_id,
            replace(answered, sent=True),
            now,
        )
        await self._queue(text.id, thread.conversation_id, text.sender, answered)

    async def send_late(self, message: InboundMessage, replies: Sequence[OutboundMessage]) -> None:
        """Send what came after the webhook was answered."""
        answered = Answered(texts=self._render(replies), safety=_is_safety(replies))
        name = f"{message.message_id} late"
        await self._queue(name, message.conversation_id, message.contact, answered)

    async def do_chores(self) -> None:
        """Answer what an ended process left behind, write down what waits, send what is due."""
        now = datetime.now(UTC)
        await self._threads.flush()
        await self._store.flush()
        waiting, self._reports = self._reports, []
        for status in waiting:
            await self._note_letter(status)
        patience = timedelta() if self._ready() else _PATIENCE
        for text in await self._store.abandoned(now - patience):
            thread = await self._threads.of(text.sender, now)
            await self.send(text, await self._answered(text, thread, now))
        await self.sends.run_once(now)

    async def note_status(self, status: DeliveryStatus) -> None:
        """What became of a text of ours: staff hear of a safety reply that did not arrive."""
        if not status.send_id.startswith(_ANSWER):
            await self._note_letter(status)
        elif status.has_failed:
            conversation_id, _, text_id = status.send_id.removeprefix(_ANSWER).partition(".")
            await self._log.report_undelivered(conversation_id, text_id)

    async def _note_letter(self, status: DeliveryStatus) -> None:
        try:
            await self.sends.note_status(status, datetime.now(UTC))
        except DatabaseAway:
            # Twilio reports once. What cannot be looked up now is looked up with the next chores.
            self._reports = [*self._reports, status][-_MOST_REPORTS:]

    async def finish(self) -> None:
        """Wait for what still runs before the server stops."""
        tasks = {*self._running.values(), *self._later}
        if tasks:
            await asyncio.wait(tasks, timeout=5)
        await self._texting.finish()

    async def _take(self, text: InboundText) -> Answered:
        try:
            return await self._once(text)
        except Exception as error:
            logger.error("a text was not answered: %s", type(error).__name__)
            apology = self._wording.fixed("apology", form=FORM)
            return Answered(texts=self._render((apology,)))

    async def _once(self, text: InboundText) -> Answered:
        now = datetime.now(UTC)
        thread = await self._threads.of(text.sender, now)
        while True:
            try:
                known = await self._store.claim(text, thread.conversation_id, now)
                break
            except BeingAnswered:
                await asyncio.sleep(_ASK_AGAIN)
                now = datetime.now(UTC)
        if known is not None:
            return Answered(texts=()) if known.sent else known
        return await self._answered(text, thread, now)

    async def _answered(self, text: InboundText, thread: Thread, now: datetime) -> Answered:
        ours = await self._store.recent(thread.conversation_id)
        if ours == ():
            thread = replace(thread, is_new=True)
        replies = await self._texting.answer(text, thread, ours=ours or (), now=now)
        answered = Answered(
            texts=self._render(replies),
            safety=_is_safety(replies),
            conversation_id=thread.conversation_id,
        )
        await self._store.keep(text, thread.conversation_id, answered, now)
        return answered

    async def _send_when_done(self, text: InboundText, turn: asyncio.Task[Answered]) -> None:
        await self.send(text, await turn)

    async def _queue(
        self, name: str, conversation_id: str, number: str, answered: Answered
    ) -> None:
        added = letters(
            name,
            conversation_id=conversation_id,
            number=number,
            texts=answered.texts,
            safety=answered.safety,
        )
        await self.sends.queue(added, datetime.now(UTC))

    def _do_later(self, work: Coroutine[Any, Any, None], *, name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    def _render(self, replies: Sequence[OutboundMessage]) -> tuple[str, ...]:
        return render(replies, link=self._link)


def _is_safety(replies: Sequence[OutboundMessage]) -> bool:
    return any(reply.outcome == "crisis" for reply in replies)
