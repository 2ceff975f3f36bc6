"""The database engine, with a time limit on every call that a waiting person depends on."""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine, Row, make_url
from sqlalchemy.exc import DBAPIError, DisconnectionError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import QueuePool
from sqlalchemy.sql import Select

from clinic.errors import DatabaseAway

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

CALL_LIMIT = 0.5
"""Seconds that one call may take while a person waits."""
_LOCK_WAIT = 0.4
_SHORTEST_PREFIX = 6
_REST = 1.0
_FAILURES_BEFORE_REST = 2
_IMMEDIATE = "sqlite_begin_immediate"


class _Calls:
    """Whether calls of one kind are answered. After two failures in a row they are refused for a
    second: a database that is away must not cost every step of every turn the full limit."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._failures = 0
        self._resting_until = 0.0

    def rest(self) -> bool:
        """True while nobody should ask."""
        return time.monotonic() < self._resting_until

    def succeeded(self) -> None:
        if self._failures >= _FAILURES_BEFORE_REST:
            logger.info("the database takes %s again", self._kind)
        self._failures = 0

    def failed(self, error: Exception, seconds: float) -> None:
        self._failures += 1
        if self._failures >= _FAILURES_BEFORE_REST:
            self._resting_until = time.monotonic() + _REST
        if self._failures <= _FAILURES_BEFORE_REST:
            logger.warning(
                "the database took no %s within %.2f s: %s", self._kind, seconds, _cause(error)
            )


class Database:
    """One engine for a process. `read` and `write` are for async code, `session` for the rest."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _make_engine(url)
        self.sessions = sessionmaker(self.engine, future=True)
        """Makes sessions for code that commits by itself."""
        self._writing_engine = self.engine.execution_options(**{_IMMEDIATE: True})
        self._threads = ThreadPoolExecutor(max_workers=8, thread_name_prefix="database")
        self._writers = self._threads
        if _is_sqlite(url):
            # It has room for one writer; those who wait in its own way are served in no order.
            self._writers = ThreadPoolExecutor(1, thread_name_prefix="database-writer")
        self._reads, self._writes = _Calls("reads"), _Calls("writes")

    @contextmanager
    def session(self, *, writing: bool = False) -> Iterator[Session]:
        """A session that commits at the end and rolls back on any error. One that is `writing`
        waits for other writers before it reads; no other one may be open beside it."""
        with _session_on(self._writing_engine if writing else self.engine) as session:
            yield session

    async def read(
        self, work: Callable[[Session], Result], *, limit: float = CALL_LIMIT, urgent: bool = False
    ) -> Result:
        """Run `work`, which changes nothing, in a thread within `limit` seconds.

        Raises DatabaseAway, also right after failures unless the call is `urgent`.
        """
        calls, threads = self._reads, self._threads
        return await self._call(self.engine, calls, threads, work, limit=limit, urgent=urgent)

    async def write(
        self, work: Callable[[Session], Result], *, limit: float = CALL_LIMIT, urgent: bool = False
    ) -> Result:
        """Run `work`, which may read and change, in a thread within `limit` seconds.

        Raises DatabaseAway, also right after failures unless the call is `urgent`. A call that is
        given up may still finish in its thread, so `work` must be safe to repeat.
        """
        engine, calls, threads = self._writing_engine, self._writes, self._writers
        return await self._call(engine, calls, threads, work, limit=limit, urgent=urgent)

    async def _call(
        self, engine: Engine, calls: _Calls, threads: Executor, work: Callable[[Session], Result],
        *, limit: float, urgent: bool,
    ) -> Result:  # fmt: skip
        if not urgent and calls.rest():
            raise DatabaseAway("the database did not answer a moment ago")

        def in_session() -> Result:
            with _session_on(engine) as session:
                return work(session)

        begun = time.monotonic()
        try:
            running = asyncio.get_running_loop().run_in_executor(threads, in_session)
            result = await asyncio.wait_for(running, limit)
        except (TimeoutError, SQLAlchemyError, OSError) as error:
            calls.failed(error, time.monotonic() - begun)
            raise DatabaseAway(type(error).__name__) from None
        calls.succeeded()
        return result

    def dispose(self) -> None:
        """Close all connections."""
        for threads in (self._threads, self._writers):
            threads.shutdown(wait=False, cancel_futures=True)
        self.engine.dispose()


@contextmanager
def _session_on(engine: Engine) -> Iterator[Session]:
    made = Session(engine, future=True, expire_on_commit=False)
    with made as session, session.begin():
        yield session


def _cause(error: Exception) -> str:
    """What went wrong, without any value that somebody wrote."""
    if isinstance(error, DBAPIError):
        known = isinstance(error.orig, sqlite3.OperationalError)
        return str(error.orig) if known else type(error.orig).__name__
    return type(error).__name__


def insert_statement(session: Session, table: Table) -> Any:
    """An INSERT that knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    dialect = session.get_bind().dialect.name
    return (postgresql if dialect == "postgresql" else sqlite).insert(table)


def find_by_prefix(session: Session, query: Select, id_column: Any, prefix: str) -> Row | None:
    """The row whose id begins so; None when none does, or several, or under 6 characters."""
    rows = session.execute(query.where(id_column.startswith(prefix, autoescape=True)).limit(2))
    found = rows.all()
    return found[0] if len(prefix) >= _SHORTEST_PREFIX and len(found) == 1 else None


def _is_sqlite(url: str) -> bool:
    return make_url(url).get_backend_name() == "sqlite"


def _make_engine(url: str) -> Engine:
    if _is_sqlite(url):
        return _sqlite_engine(url)
    return create_engine(
        url,
        future=True,
        pool_pre_ping=True,
        pool_timeout=_LOCK_WAIT,
        connect_args={"connect_timeout": 1, "options": "-c statement_timeout=5000"},
    )


def _sqlite_engine(url: str) -> Engine:
    path = Path(make_url(url).database or "")
    engine = create_engine(
        f"sqlite:///file:{path}?mode=rw&uri=true",
        future=True,
        poolclass=QueuePool,
        pool_size=8,
        pool_timeout=_LOCK_WAIT,
        connect_args={"timeout": _LOCK_WAIT, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "connect", lambda _, record: record.info.update(inode=_inode(path)))
    event.listen(engine, "begin", _begin_sqlite)
    event.listen(engine, "checkout", lambda _, record, __: _same_file(path, record))
    event.listen(engine, "handle_error", _drop_read_only)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transaction handling breaks savepoints and lets reads run outside of any.
    connection.isolation_level = None
    for pragma in ("foreign_keys = ON", "synchronous = NORMAL", "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _drop_read_only(context: Any) -> None:
    """Open anew what was opened while the file could not be written: it would stay read-only."""
    if "readonly" in str(context.original_exception):
        context.is_disconnect = True


def _begin_sqlite(connection: Connection) -> None:
    """Who may write takes the lock first: SQLite refuses at once, without any wait, to let work
    that has read go on to write when another writer came between."""
    immediate = connection.get_execution_options().get(_IMMEDIATE)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _inode(path: Path) -> int:
    return os.stat(path).st_ino


def _same_file(path: Path, record: Any) -> None:
    """Refuse a connection to a file that was removed or replaced: its writes would vanish."""
    try:
        same = _inode(path) == record.info.get("inode")
    except OSError:
        same = False
    if not same:
        raise DisconnectionError("the database file was replaced")


def create_sqlite_file(url: str) -> None:
    """Create an empty database file of mode 0600 in write-ahead mode; keep one that exists."""
    if not _is_sqlite(url):
        return
    path = Path(make_url(url).database or "")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
    finally:
        connection.close()
