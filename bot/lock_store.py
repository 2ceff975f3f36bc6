"""One turn at a time in each conversation, in the order of arrival."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any
from weakref import WeakValueDictionary

from rasa.core.lock_store import LockStore


class ConversationLocks(LockStore):
    """Rasa's own lock stores look once a second whether a conversation is free.

    Ten messages in a second would wait ten seconds for each other. One process serves a
    conversation, so plain asyncio locks, which wake the next in line at once, are enough.
    """

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def lock(self, conversation_id: str, *_: Any, **__: Any) -> AsyncGenerator[None, None]:
        """Hold the conversation's lock; life times and waits are not needed here."""
        held = self._locks.setdefault(conversation_id, asyncio.Lock())
        async with held:
            yield
