"""A crisis message is recorded exactly once, whatever the database does."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from clinic.database import Database
from clinic.settings import Settings
from safety.assessment import Assessment, Category, Tier
from safety.errors import RecordNotWritten
from safety.escalations import Escalation, EscalationLog
from safety.models import alerts, escalations
from safety.spool import Spool
from safety.state import SafetyState

STATE = SafetyState(tier=Tier.URGENT, category=Category.SUICIDE, question_pending=True)


@pytest.fixture
def spool(settings: Settings) -> Spool:
    return Spool(settings.spool, settings.cipher())


@pytest.fixture
def log(settings: Settings, database: Database, spool: Spool) -> EscalationLog:
    return EscalationLog(database, settings.cipher(), spool)


def _escalation(message_id: str = "m1", *, tier: Tier = Tier.URGENT) -> Escalation:
    return Escalation(
        conversation_id="c1",
        message_id=message_id,
        channel="web",
        assessment=Assessment(tier=tier, category=Category.SUICIDE, rules=("en.x",), score=0.9),
        transcript="the secret words",
        created_at=datetime.now(UTC),
    )


def _count(database: Database) -> int:
    with database.session() as session:
        return int(session.execute(select(func.count()).select_from(escalations)).scalar_one())


async def test_record_and_state_are_committed(log: EscalationLog, database: Database) -> None:
    """Both stand in the database when `record` returns."""
    assert await log.record("c1", STATE, _escalation())
    assert _count(database) == 1
    assert await log.state_of("c1") == STATE
    assert await log.state_of("c2") == SafetyState()


async def test_same_message_is_recorded_once(log: EscalationLog, database: Database) -> None:
    """A second delivery, and the second net, add nothing."""
    await log.record("c1", STATE, _escalation())
    await log.record("c1", STATE, _escalation())
    assert not log.record_now(_escalation())
    assert log.record_now(_escalation("m2"))
    assert _count(database) == 2


async def test_words_are_encrypted(log: EscalationLog, settings: Settings, tmp_path: Path) -> None:
    """The transcript can be read with the key only; a check-in keeps none."""
    await log.record("c1", STATE, _escalation())
    await log.record("c1", STATE, _escalation("m2", tier=Tier.CHECK_IN))
    rows = sqlite3.connect(tmp_path / "kap.db").execute(
        "SELECT transcript FROM escalations ORDER BY created_at"
    )
    first, second = [row[0] for row in rows]
    assert "secret" not in first
    assert settings.cipher().decrypt(first.encode()) == b"the secret words"
    assert second is None


@pytest.fixture
def lock_out(tmp_path: Path) -> Callable[[], sqlite3.Connection]:
    def lock() -> sqlite3.Connection:
        connection = sqlite3.connect(tmp_path / "kap.db", isolation_level=None)
        connection.execute("BEGIN EXCLUSIVE")
        return connection

    return lock


async def test_spool_stands_in_and_is_replayed_once(
    log: EscalationLog,
    database: Database,
    spool: Spool,
    lock_out: Callable[[], sqlite3.Connection],
) -> None:
    """While the database is locked the spool takes records; later they are moved in order."""
    other = lock_out()
    assert await log.record("c1", STATE, _escalation("m1"))
    assert await log.record("c1", STATE, _escalation("m2"))
    assert spool.waiting() == 2
    assert await log.state_of("c1") == STATE, "safety mode holds meanwhile"
    other.close()
    assert await log.replay() == 2
    assert await log.replay() == 0
    assert _count(database) == 2
    assert await log.state_of("c1") == STATE


async def test_an_undelivered_reply_is_reported_later(
    log: EscalationLog, database: Database, lock_out: Callable[[], sqlite3.Connection]
) -> None:
    """The alert waits with the records while the database is locked, and is opened once."""
    other = lock_out()
    for _ in range(2):
        await log.report_undelivered("c1", "m1")
    other.close()
    assert await log.replay() == 2
    with database.session() as session:
        kinds = session.execute(select(alerts.c.kind, alerts.c.conversation_id)).all()
    assert [tuple(row) for row in kinds] == [("undelivered", "c1")]


@pytest.mark.parametrize(("version", "wins"), [(1, True), (0, False)])
async def test_older_state_never_overwrites_a_newer_one(
    settings: Settings, database: Database, spool: Spool,
    lock_out: Callable[[], sqlite3.Connection], version: int, *, wins: bool,
) -> None:  # fmt: skip
    """A replayed state loses against a later one, but danger wins against one that was written
    by a process that did not know of it."""
    first = EscalationLog(database, settings.cipher(), spool)
    other = lock_out()
    await first.record("c1", STATE, None)
    other.close()
    written = SafetyState(help_pinned=True, version=version)
    second = EscalationLog(database, settings.cipher(), Spool(settings.home, settings.cipher()))
    await second.record("c1", written, None)
    await first.replay()
    assert await second.state_of("c1") == (written if wins else STATE)


async def test_nothing_takes_the_record(
    settings: Settings, database: Database, lock_out: Callable[[], sqlite3.Connection]
) -> None:
    """When database and disk both refuse, `record` says so and raises nothing."""
    (settings.home / "file").write_text("")
    log = EscalationLog(
        database, settings.cipher(), Spool(settings.home / "file", settings.cipher())
    )
    other = lock_out()
    assert not await log.record("c1", STATE, _escalation())
    assert await log.state_of("c1") == STATE
    other.close()


def test_spool_keeps_order_and_survives_a_failing_writer(spool: Spool) -> None:
    """Lines come back oldest first; a writer that fails loses none of them."""
    for line in ("one", "two", "three"):
        spool.append(line)

    def fail(lines: list[str]) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        spool.replay(fail)
    found: list[str] = []
    assert spool.replay(found.extend) == 3
    assert found == ["one", "two", "three"]
    assert spool.waiting() == 0


def test_spool_sets_unreadable_lines_aside(settings: Settings, spool: Spool) -> None:
    """A damaged line is kept in a file of its own, and the others are replayed."""
    spool.append("one")
    with open(settings.spool / "escalations.spool", "ab") as file:
        file.write(b"damaged\n")
    found: list[str] = []
    spool.replay(found.extend)
    assert found == ["one"]
    assert (settings.spool / "escalations.unreadable").read_bytes() == b"damaged\n"


def test_spool_on_a_refusing_disk(settings: Settings) -> None:
    """A disk that refuses is told to the caller."""
    (settings.home / "file").write_text("")
    with pytest.raises(RecordNotWritten):
        Spool(settings.home / "file", settings.cipher()).append("one")


def test_state_survives_storage() -> None:
    """A state reads back as it was written."""
    state = SafetyState(tier=Tier.CHECK_IN, held_text="hola", safe_said_at=datetime.now(UTC))
    assert SafetyState.from_json(state.to_json()) == state
