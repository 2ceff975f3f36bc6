"""The database never keeps a person waiting, and never writes into a file that is gone."""

from __future__ import annotations

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
    assert await database.run(_one) == 1


async def test_slow_call_is_given_up(database: Database) -> None:
    """A call over its limit raises, and for a moment further calls are refused at once."""
    with pytest.raises(DatabaseAway):
        await database.run(lambda session: time.sleep(0.4), limit=0.05)
    with pytest.raises(DatabaseAway, match="a moment ago"):
        await database.run(_one)
    assert await database.run(_one, urgent=True) == 1


async def test_locked_database_raises(database: Database, tmp_path: Path) -> None:
    """A writer that another process locks out gives up instead of waiting for ever."""
    other = sqlite3.connect(tmp_path / "kap.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(DatabaseAway):
        await database.run(
            lambda session: session.execute(text("DELETE FROM escalations")), limit=2.0
        )
    other.close()


async def test_removed_file_is_noticed(database: Database, tmp_path: Path) -> None:
    """Writes into a removed file would vanish, so they are refused; no empty file is made."""
    await database.run(_one)
    (tmp_path / "kap.db").unlink()
    with pytest.raises(DatabaseAway):
        await database.run(_one)
    assert not (tmp_path / "kap.db").exists()


async def test_read_only_lasts_no_longer_than_its_cause(database: Database) -> None:
    """A connection that cannot write is dropped: the next call gets one that can."""
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
    with pytest.raises(DatabaseAway):
        await database.run(_write)
    await database.run(_write, urgent=True)


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


async def test_who_was_overtaken_begins_anew(database: Database) -> None:
    """Work that reads and then writes succeeds although another writer came between."""
    with database.session() as session:
        session.execute(text("CREATE TABLE counts (at INTEGER)"))
        session.execute(text("INSERT INTO counts VALUES (0)"))
    attempts = []

    def count(session: Session) -> None:
        session.execute(text("SELECT at FROM counts")).all()
        if not attempts:
            with database.session() as other:
                other.execute(text("UPDATE counts SET at = at + 1"))
        attempts.append(1)
        session.execute(text("UPDATE counts SET at = at + 1"))

    await database.run(count, limit=5.0)
    assert len(attempts) == 2
    with database.session() as session:
        assert session.execute(text("SELECT at FROM counts")).scalar_one() == 2
