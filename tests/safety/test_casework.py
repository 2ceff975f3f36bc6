"""What staff do with an escalation leaves a line; records go at the end of their time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from clinic.database import Database, create_sqlite_file
from clinic.retention import Retention
from clinic.schema import upgrade
from clinic.settings import Settings
from kap.metadata import ALL_METADATA
from safety import casework
from safety.assessment import Assessment, Category, Tier
from safety.chores import finish_chore, read_chore, take_chore
from safety.escalations import Escalation, EscalationLog
from safety.models import alerts, escalations, safety_events
from safety.retention import ask_erasure, erase_old, mark_erased, waiting_erasures
from safety.spool import Spool
from safety.state import SafetyState

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def migrated(settings: Settings) -> Iterator[Database]:
    """A database made by the migrations, triggers and all."""
    create_sqlite_file(settings.database_url)
    made = Database(settings.database_url)
    upgrade(made.engine, ALL_METADATA)
    yield made
    made.dispose()


@pytest.fixture
def log(migrated: Database, settings: Settings) -> EscalationLog:
    return EscalationLog(migrated, settings.cipher(), Spool(settings.spool, settings.cipher()))


def _escalation(
    message: str = "m1", *, tier: Tier = Tier.URGENT, at: datetime = NOW, who: str = "web-1"
) -> Escalation:
    return Escalation(
        conversation_id=who, message_id=message, channel="web",
        assessment=Assessment(tier=tier, category=Category.SUICIDE, rules=("en.x",), score=0.8),
        transcript="the secret words", created_at=at,
    )  # fmt: skip


async def test_show_tells_the_words_and_notes_who_looked(
    log: EscalationLog, migrated: Database, settings: Settings
) -> None:
    """The words come out of their encryption, and the look stands in the history."""
    escalation = _escalation()
    await log.record("web-1", SafetyState(tier=Tier.URGENT), escalation)
    with migrated.session() as session:
        case = casework.show_case(
            session, escalation.id[:8], actor="Ann", now=NOW, cipher=settings.cipher()
        )
    assert case.transcript == "the secret words"
    assert [(event.kind, event.actor) for event in case.history] == [("viewed", "Ann")]
    with migrated.session() as session, pytest.raises(casework.NoSuchEscalation):
        casework.show_case(session, "ffffffff", actor="A", now=NOW, cipher=settings.cipher())


async def test_release_ends_safety_mode_and_alerts(
    log: EscalationLog, migrated: Database, settings: Settings
) -> None:
    """Ordinary answers are back, help stays pinned, nobody is paged any more."""
    escalation = _escalation()
    await log.record("web-1", SafetyState(tier=Tier.URGENT), escalation)
    with migrated.session() as session:
        casework.release(session, escalation.id, actor="Dr. Bo", now=NOW, cipher=settings.cipher())
    state = await log.state_of("web-1")
    assert not state.in_safety_mode
    assert state.help_pinned
    with migrated.session() as session:
        assert session.execute(select(alerts.c.state)).scalar_one() == "closed"
    await log.record("web-1", SafetyState(tier=Tier.URGENT, version=state.version), None)
    assert (await log.state_of("web-1")).in_safety_mode, "a later crisis counts again"


async def test_a_clock_that_jumps_loses_no_state(log: EscalationLog, migrated: Database) -> None:
    """Which state is newer is told by its version and not by the clock."""
    await log.record("web-1", SafetyState(tier=Tier.CHECK_IN), None)
    with migrated.session() as session:
        session.execute(text("UPDATE safety_states SET updated_at = '2999-01-01 00:00:00'"))
    state = await log.state_of("web-1")
    await log.record("web-1", SafetyState(tier=Tier.EMERGENCY, version=state.version), None)
    assert (await log.state_of("web-1")).tier is Tier.EMERGENCY


@pytest.mark.parametrize("table", ["escalations", "safety_events"])
async def test_records_cannot_be_changed(
    log: EscalationLog, migrated: Database, settings: Settings, table: str
) -> None:
    """The database itself refuses to change what was written."""
    escalation = _escalation()
    await log.record("web-1", SafetyState(), escalation)
    with migrated.session() as session:
        casework.show_case(session, escalation.id, actor="A", now=NOW, cipher=settings.cipher())
    column = "tier" if table == "escalations" else "actor"
    with pytest.raises(DatabaseError, match="append-only"), migrated.session() as session:
        session.execute(text(f"UPDATE {table} SET {column} = 'x'"))


def test_referrals_are_counted_once_without_identifiers(
    log: EscalationLog, migrated: Database
) -> None:
    """Repeated deliveries and the probe count nothing; counts outlive the records."""
    for _ in range(2):
        log.record_now(_escalation("m1"))
    log.record_now(_escalation("m2", tier=Tier.CHECK_IN))
    log.record_now(_escalation("m3", who="probe-1"))
    log.record_now(_escalation("m4", at=NOW.replace(year=2025)))
    with migrated.session() as session:
        erase_old(session, Retention(), NOW + timedelta(days=9000))
        rows = casework.referrals(session, 2026)
        assert session.execute(select(func.count()).select_from(escalations)).scalar_one() == 0
    assert rows == [("check_in", "suicide", "web", 1), ("urgent", "suicide", "web", 1)]


def test_retention_by_kind(log: EscalationLog, migrated: Database) -> None:
    """Check-ins go after a year, probes after a week, urgent records after six."""
    log.record_now(_escalation("m1"))
    log.record_now(_escalation("m2", tier=Tier.CHECK_IN))
    log.record_now(_escalation("m3", who="probe-1"))
    left = []
    for days in (1, 8, 366, 6 * 365 + 1):
        with migrated.session() as session:
            erase_old(session, Retention(), NOW + timedelta(days=days))
            rows = session.execute(select(escalations.c.message_id)).scalars()
            left.append(sorted(rows))
    assert left == [["m1", "m2", "m3"], ["m1", "m2"], ["m1"], []]
    with migrated.session() as session:
        assert session.execute(select(func.count()).select_from(alerts)).scalar_one() == 0
        assert session.execute(select(func.count()).select_from(safety_events)).scalar_one() == 0


async def test_erasure_on_request(log: EscalationLog, migrated: Database) -> None:
    """The request is kept until done; the state goes, the safety record stays its time."""
    log.record_now(_escalation("m1"))
    await log.keep("web-1", SafetyState(held_text="a question"))
    with migrated.session() as session:
        ask_erasure(session, "web-1", NOW)
        ask_erasure(session, "web-1", NOW)
        assert waiting_erasures(session) == ["web-1"]
        mark_erased(session, "web-1", NOW)
        assert waiting_erasures(session) == []
        assert session.execute(select(func.count()).select_from(escalations)).scalar_one() == 1
    assert await log.state_of("web-1") == SafetyState()


def test_chores_are_shared(migrated: Database) -> None:
    """Of two workers one does a chore, once in its time; a jumping clock does not stop it."""
    hour = timedelta(hours=1)

    def take(at: datetime) -> bool:
        with migrated.session() as session:
            return take_chore(session, "probe", every=hour, now=at)

    assert take(NOW)
    assert not take(NOW)
    assert not take(NOW + timedelta(minutes=59))
    assert take(NOW + hour)
    assert take(NOW - timedelta(days=300))
    with migrated.session() as session:
        assert finish_chore(session, "probe", well=False, at=NOW) == 1
        assert finish_chore(session, "probe", well=False, at=NOW) == 2
        assert finish_chore(session, "probe", well=True, at=NOW) == 0
        found = read_chore(session, "probe")
    assert found is not None
    assert found.well
