"""How much one client or phone may ask for. Counts in memory, or in Redis for many servers.

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

logger = logging.getLogger(__name__)

_REDIS_LIMIT = 0.2
"""Seconds that Redis has for one call."""
_REST_AFTER_FAILURE = 5.0
"""Seconds without Redis after it has failed."""


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """How often one kind of request may come from one key."""

    name: str
    limits: tuple[RateLimitItem, ...]


def allowance(name: str, text: str) -> Allowance:
    """An allowance from a text such as "30/minute;5/second". ValueError when it is none."""
    return Allowance(name=name, limits=tuple(parse_many(text)))


class Rates:
    """Counts requests."""

    def __init__(self, redis_url: str = "") -> None:
        self._here: RateLimiter = MovingWindowRateLimiter(MemoryStorage())
        self._together = _Together(redis_url) if redis_url else None

    async def count(self, allowed: Allowance, *keys: str) -> int:
        """Count one request: 0 when it is within the allowance, else the seconds to wait."""
        key = (allowed.name, *keys)
        wait = await self._together.hit(allowed.limits, key) if self._together else None
        if wait is None:
            wait = _hit(self._here, allowed.limits, key)
        return wait


class _Together:
    """Counts in Redis. While it is away, one request in each rest period asks whether it is back;
    no other waits for it."""

    def __init__(self, redis_url: str) -> None:
        storage = storage_from_string(
            redis_url, socket_timeout=_REDIS_LIMIT, socket_connect_timeout=_REDIS_LIMIT
        )
        self._limiter = SlidingWindowCounterRateLimiter(storage)
        self._away = False
        self._ask_again_at = 0.0

    async def hit(self, limits: Sequence[RateLimitItem], keys: tuple[str, ...]) -> int | None:
        """Seconds to wait, 0 for none; None when Redis cannot tell."""
        asking = self._away
        if asking:
            if time.monotonic() < self._ask_again_at:
                return None
            self._ask_again_at = time.monotonic() + _REST_AFTER_FAILURE
        try:
            wait = await asyncio.to_thread(self._hit, limits, keys, asking)
        except Exception as error:
            # Whatever a Redis client raises: what cannot be counted must not fail a turn.
            if not self._away:
                logger.error("rate limits are counted here alone: %s", type(error).__name__)
            self._away = True
            self._ask_again_at = time.monotonic() + _REST_AFTER_FAILURE
            return None
        if asking:
            self._away = False
            logger.warning("rate limits are counted together again")
        return wait

    def _hit(
        self, limits: Sequence[RateLimitItem], keys: tuple[str, ...], asking: bool
    ) -> int | None:
        if self._away and not asking:
            # Redis failed while this request waited for its thread.
            return None
        return _hit(self._limiter, limits, keys)


def _hit(limiter: RateLimiter, limits: Sequence[RateLimitItem], keys: tuple[str, ...]) -> int:
    """0 when the request is allowed, else the seconds until the next one is."""
    for limit in limits:
        if not limiter.hit(limit, *keys):
            until = limiter.get_window_stats(limit, *keys).reset_time - time.time()
            return max(1, math.ceil(until))
    return 0
