"""A conversation on the web: every message once, its replies kept and told to who listens."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Sequence
from dataclasses import replace
from typing import Any

from bot.channels.messages import InboundMessage, OutboundMessage
from bot.channels.web.choices import Choices
from bot.channels.web.events import Listeners
from bot.channels.web.history import History
from bot.channels.web.shown import Shown, said_by_assistant, said_by_person
from bot.chat import Chat

FORM = "web"
_FINISH_LIMIT = 2.0


class Talk:
    """Takes messages and words at side doors, and writes down what was shown."""

    def __init__(self, *, chat: Chat, history: History, choices: Choices) -> None:
        self._history = history
        self._choices = choices
        self._log = chat.log
        self.turns = chat.turns(form=FORM, late=self._late)
        self.listeners = Listeners()
        self._running: dict[tuple[str, str, str], asyncio.Task[tuple[Shown, ...]]] = {}
        self._later_work: set[asyncio.Future[None]] = set()

    async def say(self, message: InboundMessage) -> tuple[Shown, ...]:
        """The replies to a message. A repeated one gets the first one's, after a restart too.

        A message goes on when its sender is gone; staff are told when a crisis reply found nobody.
        """
        key = (message.conversation_id, message.message_id, message.text)
        turn = self._running.get(key)
        if turn is None:
            turn = asyncio.create_task(self._say(message))
            self._running[key] = turn
            turn.add_done_callback(lambda _: self._running.pop(key, None))
        try:
            return await asyncio.shield(turn)
        except asyncio.CancelledError:
            self.later(self._report_lost(message, turn))
            raise

    async def overhear(
        self, message: InboundMessage, *, hurried: bool = False, stray: bool = False,
        as_message: bool = False,
    ) -> tuple[Shown, ...]:  # fmt: skip
        """Safety replies to words at a side door, or nothing. `as_message` keeps the words in the
        history, as those of a message that was refused."""
        replies = await self.turns.overhear(message, hurried=hurried, stray=stray)
        if not replies:
            return ()
        if stray:
            return tuple(
                replace(said_by_assistant(message.message_id, reply), number=place)
                for place, reply in enumerate(replies)
            )
        return await self._keep(message, replies, with_words=as_message)

    async def report_lost(self, message: InboundMessage, shown: Sequence[Shown]) -> None:
        """Tell staff when crisis replies could not be handed over."""
        if any(each.content.get("outcome") == "crisis" for each in shown):
            await self._log.report_undelivered(message.conversation_id, message.message_id)

    def as_json(self, conversation_id: str, shown: Sequence[Shown]) -> list[dict[str, Any]]:
        """Messages as the contract has them."""
        return [each.as_json(self._choices, conversation_id) for each in shown]

    def later(self, work: Awaitable[None]) -> None:
        """Do something after the answer has gone out."""
        task = asyncio.ensure_future(work)
        self._later_work.add(task)
        task.add_done_callback(self._later_work.discard)

    async def finish(self) -> None:
        """Wait for turns, and for what comes after them, before the server stops."""
        await self.turns.finish()
        running: set[asyncio.Future[Any]] = {*self._running.values(), *self._later_work}
        if running:
            await asyncio.wait(running, timeout=_FINISH_LIMIT)

    async def _say(self, message: InboundMessage) -> tuple[Shown, ...]:
        known = await self._history.turn(message.conversation_id, message.message_id)
        if known and known[0].sender == "person" and known[0].text != message.text:
            # Other words under a used id are another message: they must be read and recorded.
            digest = hashlib.sha256(message.text.encode("utf-8", "replace")).hexdigest()[:12]
            message = replace(message, message_id=f"{message.message_id}~{digest}")
            known = await self._history.turn(message.conversation_id, message.message_id)
        if known:
            return tuple(each for each in known if each.sender == "assistant")
        return await self._keep(message, await self.turns.take(message), with_words=True)

    async def _keep(
        self, message: InboundMessage, replies: Sequence[OutboundMessage], *, with_words: bool
    ) -> tuple[Shown, ...]:
        said = [said_by_assistant(message.message_id, reply) for reply in replies]
        if with_words:
            text = message.text.encode("utf-8", "replace").decode()
            said.insert(0, said_by_person(message.message_id, text, message.received_at))
        shown = await self._history.append(message.conversation_id, said)
        self.listeners.tell(message.conversation_id)
        return tuple(each for each in shown if each.sender == "assistant")

    async def _late(self, message: InboundMessage, replies: Sequence[OutboundMessage]) -> None:
        await self._keep(message, replies, with_words=False)

    async def _report_lost(
        self, message: InboundMessage, turn: asyncio.Task[tuple[Shown, ...]]
    ) -> None:
        await self.report_lost(message, await turn)
