"""The ordinary part of a turn: Rasa, with a time limit that loses nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import (
    ActionExecuted,
    BotUttered,
    Event,
    SessionStarted,
    UserUttered,
)

from bot.channels.messages import InboundMessage, OutboundMessage

logger = logging.getLogger(__name__)

TURN_LIMIT = 8.0
"""Seconds a person waits for an ordinary answer before the apology."""
MOST_AT_ONCE = 4
"""Turns that Rasa works on together. More would not be quicker, and would hold up the event loop,
through which crisis messages must pass."""
_HISTORY_WAIT = 1.0

Rest = asyncio.Future[tuple[Mapping[str, Any], ...]]
"""Of a late turn: what Rasa will have said once it ends."""


@dataclass(frozen=True)
class DialogueResult:
    """What Rasa said. When the limit passed, the turn ends in the background."""

    messages: tuple[Mapping[str, Any], ...] = ()
    ready: bool = True
    rest: Rest | None = None
    """Only of a late turn."""

    @property
    def late(self) -> bool:
        """Whether the limit passed."""
        return self.rest is not None


class Dialogue:
    """One Rasa agent. The agent may have no model yet."""

    def __init__(self, agent: Agent) -> None:
        self.agent = agent
        self._running: set[asyncio.Task[Any]] = set()
        self._free = asyncio.Semaphore(MOST_AT_ONCE)

    async def answer(self, message: InboundMessage, metadata: Mapping[str, Any]) -> DialogueResult:
        """Let Rasa take the turn. Never raises, never cancels a turn that has begun."""
        if not self.agent.is_ready():
            return DialogueResult(ready=False)
        output = CollectingOutputChannel()
        user_message = UserMessage(
            text=message.text.lstrip("/ ") or message.text,
            output_channel=output,
            sender_id=message.conversation_id,
            input_channel=message.channel,
            message_id=message.message_id,
            metadata=dict(metadata),
        )
        turn = self._in_line(user_message)
        task = asyncio.create_task(turn, name=message.conversation_id)
        self._keep(task)
        done, _ = await asyncio.wait({task}, timeout=TURN_LIMIT)
        if not done:
            rest = asyncio.ensure_future(_rest(task, output))
            self._keep(rest)
            return DialogueResult(rest=rest)
        error = task.exception()
        if error is not None:
            logger.error("an ordinary turn failed: %s", type(error).__name__)
        return DialogueResult(tuple(output.messages))

    async def _in_line(self, message: UserMessage) -> None:
        async with self._free:
            await self.agent.handle_message(message)

    def append_later(
        self, message: InboundMessage, replies: Iterable[OutboundMessage], *, intent: str
    ) -> None:
        """Tell Rasa's tracker, in the background, of a turn that was answered without it."""
        append = self._append(message, tuple(replies), intent)
        self._keep(asyncio.create_task(append, name=message.conversation_id))

    async def history(self, conversation_id: str) -> list[Event]:
        """All user and bot events of a conversation, oldest first.

        Waits a moment for turns that are still being appended, so that a reply which was just
        sent is not missing.
        """
        await self.settle(conversation_id)
        tracker = await self.agent.tracker_store.retrieve_full_tracker(conversation_id)
        if tracker is None:
            return []
        return [event for event in tracker.events if isinstance(event, UserUttered | BotUttered)]

    async def settle(self, conversation_id: str) -> set[asyncio.Task[Any]]:
        """Wait a moment for what is still being written of a conversation; what is not done yet."""
        pending = {task for task in self._running if task.get_name() == conversation_id}
        if not pending:
            return set()
        _, left = await asyncio.wait(pending, timeout=_HISTORY_WAIT)
        return left

    async def finish(self) -> None:
        """Wait for background work before the server stops."""
        if self._running:
            await asyncio.wait(self._running, timeout=5)

    async def _append(
        self, message: InboundMessage, replies: tuple[OutboundMessage, ...], intent: str
    ) -> None:
        store = self.agent.tracker_store
        async with self.agent.lock_store.lock(message.conversation_id):
            tracker = await store.get_or_create_tracker(
                message.conversation_id, append_action_listen=False
            )
            if not tracker.events:
                tracker.update(ActionExecuted("action_session_start"))
                tracker.update(SessionStarted())
                tracker.update(ActionExecuted(ACTION_LISTEN_NAME))
            tracker.update(_user_event(message, intent))
            for reply in replies:
                tracker.update(BotUttered(data={"custom": reply.as_dict()}))
            tracker.update(ActionExecuted(ACTION_LISTEN_NAME))
            await store.save(tracker)

    def _keep(self, task: asyncio.Task[Any]) -> None:
        self._running.add(task)
        task.add_done_callback(self._dropped)

    def _dropped(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and task.exception() is not None:
            logger.error("background work failed: %s", type(task.exception()).__name__)


async def _rest(
    turn: asyncio.Task[Any], output: CollectingOutputChannel
) -> tuple[Mapping[str, Any], ...]:
    await asyncio.wait({turn})
    return tuple(output.messages)


def _user_event(message: InboundMessage, intent: str) -> UserUttered:
    return UserUttered(
        text=message.text,
        intent={"name": intent, "confidence": 1.0},
        input_channel=message.channel,
        message_id=message.message_id,
    )
