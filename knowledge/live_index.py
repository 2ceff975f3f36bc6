"""The search index of a running process, renewed when the live answers change."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence

from sqlalchemy.exc import SQLAlchemyError

from knowledge.live import live_answers, live_version
from knowledge.ranking import Ranking
from knowledge.search import SearchIndex, SearchResult
from knowledge.vectors import Encoder, SessionFactory, VectorCache

_log = logging.getLogger(__name__)


class LiveIndex:
    """Holds the newest index that could be built; safe to share between threads.

    Before the first successful refresh it is empty and abstains; `ready` is then False. The ranking
    is the shipped one unless given. With `reviewed_only`, answers that no clinician has approved
    are left out.
    """

    def __init__(
        self,
        encoder: Encoder,
        *,
        ranking: Ranking | None = None,
        reviewed_only: bool = False,
        interval: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._encoder = encoder
        self._ranking = ranking
        self._reviewed_only = reviewed_only
        self._interval = interval
        self._clock = clock
        self._lock = threading.Lock()
        self._next_look = float("-inf")
        self._version: int | None = None
        self._current = SearchIndex.build((), encoder, redirects=(), gaps=(), ranking=ranking)

    @property
    def current(self) -> SearchIndex:
        """The index to search now."""
        return self._current

    @property
    def ready(self) -> bool:
        """True once the answers were read from the database."""
        return self._version is not None

    def find_answer(self, text: str, *, previous: Sequence[str] = ()) -> SearchResult:
        """Search the current index, without looking at the database."""
        return self._current.find_answer(text, previous=previous)

    def refresh_if_changed(self, session_factory: SessionFactory) -> bool:
        """Build a new index when the live answers changed; True when it did.

        Looks at the database at most once per interval (seconds), and in one thread at a time: the
        others go on with the index there is, or wait when there is none. When the database fails,
        all go on with the last good index.
        """
        if self._clock() < self._next_look or not self._lock.acquire(blocking=not self.ready):
            return False
        try:
            # Another thread may have looked while this one waited.
            return self._clock() >= self._next_look and self._refresh(session_factory)
        except SQLAlchemyError as error:
            _log.warning("the live answers cannot be read (%s)", type(error).__name__)
            return False
        finally:
            self._next_look = self._clock() + self._interval
            self._lock.release()

    def _refresh(self, session_factory: SessionFactory) -> bool:
        with session_factory() as session:
            # Read before the answers: a change in between is then seen at the next look.
            version = live_version(session)
            if version == self._version:
                return False
            answers = [
                answer
                for answer in live_answers(session)
                if answer.reviewed_on is not None or not self._reviewed_only
            ]
        cache = VectorCache(self._encoder, session_factory)
        index = SearchIndex.build(answers, self._encoder, cache=cache, ranking=self._ranking)
        self._current, self._version = index, version
        return True
