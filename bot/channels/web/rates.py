"""How much one client and one session may ask for. Counts in memory, or in Redis for many servers.

Keys are pseudonyms. When Redis does not answer, each server counts for itself.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import MovingWindowRateLimiter, RateLimiter, SlidingWindowCounterRateLimiter

from bot.channels.web.refusals import Busy

logger = logging.getLogger(__name__)

_REDIS_LIMIT = 0.2
_REST_AFTER_FAILURE = 5.0


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """How often one kind of request may come from one key."""

    name: str
    limits: tuple[RateLimitItem, ...]


def allowance(name: str, text: str) -> Allowance:
    """An allowance from a text such as "30/minute;5/second". ValueError when it is none."""
    return Allowance(name=name, limits=tuple(parse_many(text)))


class Rates:
    """Counts requests. `require` raises Busy for those beyond the allowance."""

    def __init__(self, redis_url: str = "") -> None:
        self._here: RateLimiter = MovingWindowRateLimiter(MemoryStorage())
        self._shared: RateLimiter | None = None
        self._resting_until = 0.0
        if redis_url:
            storage = storage_from_string(
                redis_url, socket_timeout=_REDIS_LIMIT, socket_connect_timeout=_REDIS_LIMIT
            )
            self._shared = SlidingWindowCounterRateLimiter(storage)

    async def require(self, allowed: Allowance, *keys: str) -> None:
        """Count one request; Busy says after how many seconds the next one may come."""
        wait = await self._wait(allowed.limits, (allowed.name, *keys))
        if wait:
            raise Busy(wait)

    async def _wait(self, limits: Sequence[RateLimitItem], keys: tuple[str, ...]) -> int:
        if self._shared is not None and time.monotonic() >= self._resting_until:
            try:
                return await asyncio.to_thread(_hit, self._shared, limits, keys)
            except Exception as error:
                # Whatever a Redis client raises: what cannot be counted must not fail a turn.
                logger.error("rate limits are counted here alone: %s", type(error).__name__)
                self._resting_until = time.monotonic() + _REST_AFTER_FAILURE
        return _hit(self._here, limits, keys)


def _hit(limiter: RateLimiter, limits: Sequence[RateLimitItem], keys: tuple[str, ...]) -> int:
    """0 when the request is allowed, else the seconds until the next one is."""
    for limit in limits:
        if not limiter.hit(limit, *keys):
            until = limiter.get_window_stats(limit, *keys).reset_time - time.time()
            return max(1, math.ceil(until))
    return 0
