"""The database never keeps a person waiting, and never writes into a file that is gone."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from clinic.database import Database, create_sqlite_file
from clinic.errors import DatabaseAway
from clinic.schema import differences, is_current, upgrade
from kap.metadata import ALL_METADATA


def _one(session: Session) -> int:
    return int(session.execute(text("SELECT 1")).scalar_one())


def _write(session: Session) -> None:
    session.execute(text("CREATE TABLE IF NOT EXISTS written (at TEXT)"))


async def test_call_within_the_limit(database: Database) -> None:
    """A quick call gives its result."""
    assert await database.read(_one) == 1
    assert await database.write(_one) == 1


async def _give_up(database: Database) -> None:
    with pytest.raises(DatabaseAway):
        await database.write(lambda session: time.sleep(0.2), limit=0.05)


async def test_one_slow_call_is_no_outage(database: Database) -> None:
    """A call over its limit raises; the next one is asked as ever."""
    for _ in range(3):
        await _give_up(database)
        await database.write(_write, limit=5.0)


async def test_rest_after_two_failures(database: Database) -> None:
    """Then writes are refused at once for a moment; urgent ones and reads are not. The first
    failure after the rest begins the next."""
    for _ in range(2):
        await _give_up(database)
    for _ in range(2):
        with pytest.raises(DatabaseAway, match="a moment ago"):
            await database.write(_write)
        assert await database.read(_one) == 1
        await asyncio.sleep(1.05)
        await _give_up(database)
    await database.write(_write, urgent=True, limit=5.0)
    await asyncio.sleep(1.05)
    await database.write(_write)


async def test_what_went_wrong_is_logged_without_values(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says why a call failed, and nothing of what it was about."""
    for _ in range(3):
        with pytest.raises(DatabaseAway):
            await database.write(lambda s: s.execute(text("SELECT 'secret' FROM nowhere")))
    assert caplog.text.count("no such table: nowhere") == 2
    assert "secret" not in caplog.text


async def test_locked_database_raises(database: Database, tmp_path: Path) -> None:
    """A writer that another process locks out gives up instead of waiting for ever."""
    other = sqlite3.connect(tmp_path / "kap.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(DatabaseAway):
        await database.write(
            lambda session: session.execute(text("DELETE FROM escalations")), limit=2.0
        )
    other.close()


async def test_removed_file_is_noticed(database: Database, tmp_path: Path) -> None:
    """Writes into a removed file would vanish, so they are refused; no empty file is made."""
    await database.read(_one)
    (tmp_path / "kap.db").unlink()
    with pytest.raises(DatabaseAway):
        await database.read(_one)
    assert not (tmp_path / "kap.db").exists()


async def test_read_only_lasts_no_longer_than_its_cause(database: Database) -> None:
    """A connection that cannot write is dropped: the next call gets one that can."""
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
    with pytest.raises(DatabaseAway):
        await database.write(_write)
    await database.write(_write, urgent=True)


def test_error_rolls_back(database: Database) -> None:
    """An error inside a session leaves nothing behind."""

    def fail() -> None:
        with database.session() as session:
            session.execute(text("CREATE TABLE passing (id INTEGER)"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with database.session() as session:
        names = session.execute(text("SELECT name FROM sqlite_master")).scalars().all()
    assert "passing" not in names


def test_migrations_make_what_the_models_say(tmp_path: Path) -> None:
    """A migrated database and the models agree, and a second run changes nothing."""
    url = f"sqlite:///{tmp_path / 'migrated.db'}"
    create_sqlite_file(url)
    database = Database(url)
    assert not is_current(database.engine)
    upgrade(database.engine, ALL_METADATA)
    upgrade(database.engine, ALL_METADATA)
    assert is_current(database.engine)
    assert differences(database.engine, ALL_METADATA) == []
    database.dispose()


async def test_writers_wait_for_each_other(database: Database) -> None:
    """Work that reads and then writes is never overtaken, in this process or by another one."""
    with database.session() as session:
        session.execute(text("CREATE TABLE counts (at INTEGER)"))
        session.execute(text("INSERT INTO counts VALUES (0)"))
    other = Database(database.url)

    def count(session: Session) -> None:
        at = session.execute(text("SELECT at FROM counts")).scalar_one()
        time.sleep(0.002)
        session.execute(text("UPDATE counts SET at = :at"), {"at": at + 1})

    await asyncio.gather(*(each.write(count, limit=10.0) for each in [database, other] * 20))
    with database.session() as session:
        assert session.execute(text("SELECT at FROM counts")).scalar_one() == 40
    other.dispose()
