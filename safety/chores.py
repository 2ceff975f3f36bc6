"""When the worker last did what. Two workers share the work, and a jumping clock stops none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from clinic.database import insert_statement
from safety.models import chores
from safety.outbox import as_utc

HEARTBEAT, PROBE, RETENTION = "heartbeat", "probe", "retention"


@dataclass(frozen=True, kw_only=True)
class Chore:
    """The latest run of one chore."""

    at: datetime
    well: bool
    failures: int
    """How often in a row it failed."""


def take_chore(session: Session, name: str, *, every: timedelta, now: datetime) -> bool:
    """True when the chore is due and this caller, no other, is to do it."""
    added = insert_statement(session, chores).values(name=name, at=now, well=True, failures=0)
    if session.execute(added.on_conflict_do_nothing()).rowcount:
        return True
    due = or_(chores.c.at <= now - every, chores.c.at > now + every)
    taken = session.execute(update(chores).where(chores.c.name == name, due).values(at=now))
    return bool(taken.rowcount)


def finish_chore(session: Session, name: str, *, well: bool, at: datetime) -> int:
    """Note how it went; how often in a row it has failed now."""
    failures = 0 if well else chores.c.failures + 1
    session.execute(
        update(chores).where(chores.c.name == name).values(at=at, well=well, failures=failures)
    )
    found = read_chore(session, name)
    return found.failures if found else 0


def read_chore(session: Session, name: str) -> Chore | None:
    """The latest run; None when there was none."""
    row = session.execute(select(chores).where(chores.c.name == name)).first()
    return Chore(at=as_utc(row.at), well=row.well, failures=row.failures) if row else None
