"""Server-sent events: who listens to which conversation, and what a listener gets."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

BEAT_EVERY = 15.0
"""Seconds after which a silent stream shows that it is alive."""
STREAM_LIMIT = 300.0
"""Seconds after which a stream ends; the client opens the next one."""
LOOK_EVERY = 5.0
"""Seconds between looks for what other servers have written."""
MOST_STREAMS = 4
"""Streams of one conversation: some tabs, and one that is just going away."""
MOST_OF_CLIENT = 200


class Listeners:
    """Wakes the streams of a conversation that has something new."""

    def __init__(self) -> None:
        self._waiting: dict[str, set[asyncio.Event]] = {}
        self._of_client: Counter[str] = Counter()
        self.closing = False

    def tell(self, conversation_id: str) -> None:
        """Something new was written."""
        for event in self._waiting.get(conversation_id, ()):
            event.set()

    def close(self) -> None:
        """End every stream, because the server stops."""
        self.closing = True
        for conversation_id in list(self._waiting):
            self.tell(conversation_id)

    @contextmanager
    def listening(self, conversation_id: str, client: str) -> Iterator[asyncio.Event | None]:
        """An event that `tell` sets; None when there are too many streams already."""
        waiting = self._waiting.setdefault(conversation_id, set())
        if len(waiting) >= MOST_STREAMS or self._of_client[client] >= MOST_OF_CLIENT:
            yield None
            return
        event = asyncio.Event()
        waiting.add(event)
        self._of_client[client] += 1
        try:
            yield event
        finally:
            waiting.discard(event)
            if not waiting:
                self._waiting.pop(conversation_id, None)
            self._of_client[client] -= 1
            self._of_client += Counter()


def as_event(kind: str, data: dict[str, Any]) -> str:
    """One event; a message's id is the event's, so that a client can go on after it."""
    place = f"id: {data['id']}\n" if "id" in data else ""
    return f"event: {kind}\n{place}data: {json.dumps(data, ensure_ascii=False)}\n\n"


async def stream(
    event: asyncio.Event,
    look: Callable[[], Awaitable[list[str]]],
    *,
    closing: Callable[[], bool],
) -> AsyncIterator[str]:
    """What a listener gets until its time is over: whatever `look` finds, and beats between."""
    end = time.monotonic() + STREAM_LIMIT
    silent_since = time.monotonic()
    while not closing():
        event.clear()
        for found in await look():
            silent_since = time.monotonic()
            yield found
        now = time.monotonic()
        if now >= end:
            return
        if now - silent_since >= BEAT_EVERY:
            silent_since = now
            yield ": beat\n\n"
        try:
            await asyncio.wait_for(event.wait(), min(LOOK_EVERY, end - now))
        except TimeoutError:
            continue
