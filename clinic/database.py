"""The database engine, with a time limit on every call that a waiting person depends on."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Engine, Row, make_url
from sqlalchemy.exc import DisconnectionError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import QueuePool
from sqlalchemy.sql import Select

from clinic.errors import DatabaseAway

Result = TypeVar("Result")

CALL_LIMIT = 0.5
"""Seconds that one call may take while a person waits."""
_LOCK_WAIT = 0.4
_SHORTEST_PREFIX = 6
_REST_AFTER_FAILURE = 1.0
_MOST_OVERTAKEN = 5


class Database:
    """One engine for a process. `run` is for async code, `session` for everything else."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _make_engine(url)
        self.sessions = sessionmaker(self.engine, future=True)
        """Makes sessions for code that commits by itself."""
        self._threads = ThreadPoolExecutor(max_workers=8, thread_name_prefix="database")
        self._resting_until = 0.0

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session that commits at the end and rolls back on any error."""
        made = Session(self.engine, future=True, expire_on_commit=False)
        with made as session, session.begin():
            yield session

    async def run(
        self, work: Callable[[Session], Result], *, limit: float = CALL_LIMIT, urgent: bool = False
    ) -> Result:
        """Run `work` in a thread within `limit` seconds, or raise DatabaseAway.

        A call that is given up may still finish in its thread, so `work` must be safe to repeat.
        After a failure, calls that are not `urgent` are refused for a second: a database that is
        away must not cost every step of every turn the full limit.
        """
        if not urgent and time.monotonic() < self._resting_until:
            raise DatabaseAway("the database did not answer a moment ago")
        loop = asyncio.get_running_loop()
        call = loop.run_in_executor(self._threads, self._work_in_session, work)
        try:
            return await asyncio.wait_for(call, limit)
        except (TimeoutError, SQLAlchemyError, OSError) as error:
            self._resting_until = time.monotonic() + _REST_AFTER_FAILURE
            raise DatabaseAway(type(error).__name__) from None

    def _work_in_session(self, work: Callable[[Session], Result]) -> Result:
        for _ in range(_MOST_OVERTAKEN):
            begun = time.monotonic()
            try:
                with self.session() as session:
                    return work(session)
            except OperationalError as error:
                if not _was_overtaken(error, time.monotonic() - begun):
                    raise
        with self.session() as session:
            return work(session)

    def dispose(self) -> None:
        """Close all connections."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self.engine.dispose()


def insert_statement(session: Session, table: Table) -> Any:
    """An INSERT that knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    dialect = session.get_bind().dialect.name
    return (postgresql if dialect == "postgresql" else sqlite).insert(table)


def find_by_prefix(session: Session, query: Select, id_column: Any, prefix: str) -> Row | None:
    """The row whose id begins so; None when none does, or several, or under 6 characters."""
    rows = session.execute(query.where(id_column.startswith(prefix, autoescape=True)).limit(2))
    found = rows.all()
    return found[0] if len(prefix) >= _SHORTEST_PREFIX and len(found) == 1 else None


def _make_engine(url: str) -> Engine:
    if make_url(url).get_backend_name() == "sqlite":
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
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
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


def _was_overtaken(error: OperationalError, seconds: float) -> bool:
    """Whether another writer came between our reading and our writing: SQLite says so at once,
    without waiting for a lock, and the same work succeeds when it is begun anew."""
    return seconds < _LOCK_WAIT / 2 and "database is locked" in str(error.orig)


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
    if make_url(url).get_backend_name() != "sqlite":
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
