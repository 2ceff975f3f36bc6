"""The outbox of alerts: who must still be told, claimed by one worker at a time."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session
from sqlalchemy.sql import Select

from clinic.database import insert_statement
from safety.alert import LONGEST_WAIT, OPEN, Alert, AlertKind, AlertState, Queue
from safety.assessment import Tier
from safety.models import alerts, safety_events

LEASE = timedelta(seconds=90)
"""How long a worker may hold an alert; after it another worker takes over."""


def open_alert(session: Session, alert: Alert) -> bool:
    """Add an alert, unless the conversation has an open one that is as urgent; True when added."""
    if alert.conversation_id and _has_open(session, alert):
        return False
    row = {
        "id": alert.id,
        "kind": alert.kind.value,
        "queue": alert.queue.value,
        "tier": alert.tier.label,
        "conversation_id": alert.conversation_id,
        "created_at": alert.created_at,
        "due_at": alert.due_at,
        "state": AlertState.QUEUED.value,
        "pages": 0,
        "failures": 0,
    }
    added = insert_statement(session, alerts).values(**row).on_conflict_do_nothing()
    return bool(session.execute(added).rowcount)


def _has_open(session: Session, alert: Alert) -> bool:
    others = session.execute(
        select(alerts.c.tier)
        .where(alerts.c.conversation_id == alert.conversation_id)
        .where(alerts.c.queue == alert.queue.value)
        .where(alerts.c.kind == alert.kind.value)
        .where(alerts.c.state.in_(OPEN))
    ).scalars()
    return any(Tier.from_label(tier) >= alert.tier for tier in others)


def claim(session: Session, now: datetime) -> Alert | None:
    """Take the alert that is due first; None when none is. No other worker gets it for `LEASE`."""
    due = or_(alerts.c.due_at <= now, alerts.c.due_at > now + 2 * LONGEST_WAIT)
    free = or_(
        alerts.c.claimed_until.is_(None),
        alerts.c.claimed_until <= now,
        alerts.c.claimed_until > now + 2 * LEASE,
    )
    first = (
        select(alerts.c.id)
        .where(alerts.c.state.in_(OPEN), due, free)
        .order_by(alerts.c.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    mine = secrets.token_hex(16)
    session.execute(
        update(alerts)
        .where(alerts.c.id == first, free)
        .values(claimed_until=now + LEASE, claimed_by=mine)
        .execution_options(synchronize_session=False)
    )
    row = session.execute(select(alerts).where(alerts.c.claimed_by == mine)).first()
    return read_alert(row) if row else None


def read_alert(row: Row) -> Alert:
    """An alert from a row of the table."""
    return Alert(
        id=row.id,
        kind=AlertKind(row.kind),
        queue=Queue(row.queue),
        tier=Tier.from_label(row.tier),
        conversation_id=row.conversation_id,
        created_at=as_utc(row.created_at),
        due_at=as_utc(row.due_at),
        state=AlertState(row.state),
        pages=row.pages,
        failures=row.failures,
        acknowledged_by=row.acknowledged_by,
    )


def find_alert(session: Session, alert_id: str) -> Alert | None:
    """An alert by its id; None when there is none."""
    row = session.execute(select(alerts).where(alerts.c.id == alert_id)).first()
    return read_alert(row) if row else None


def put_off(session: Session, alert: Alert, until: datetime) -> None:
    """Let go of a claimed alert until later."""
    _set(session, alert, due_at=until, claimed_until=None)


def mark_sent(
    session: Session, alert: Alert, *, person: str, now: datetime, next_at: datetime
) -> None:
    """A page reached its target; the next person's turn comes at `next_at`."""
    _set(
        session, alert, state=AlertState.DELIVERED.value, pages=alert.pages + 1, failures=0,
        due_at=next_at, claimed_until=None,
    )  # fmt: skip
    note(session, alert.id, kind="paged", actor=person, at=now)


def mark_failed(
    session: Session, alert: Alert, *, person: str, now: datetime, next_at: datetime
) -> None:
    """A page did not reach its target; it is tried again at `next_at`."""
    _set(session, alert, failures=alert.failures + 1, due_at=next_at, claimed_until=None)
    note(session, alert.id, kind="page_failed", actor=person, at=now)


def acknowledge(session: Session, alert_id: str, *, actor: str, now: datetime) -> bool:
    """Stop the paging, because a person has seen the alert; False when somebody had before."""
    return _end(session, alert_id, AlertState.ACKNOWLEDGED, actor=actor, now=now, among=OPEN)


def close(session: Session, alert_id: str, *, actor: str, now: datetime) -> bool:
    """Nothing is left to do for this alert; False when it was closed before."""
    among = (*OPEN, AlertState.ACKNOWLEDGED.value)
    return _end(session, alert_id, AlertState.CLOSED, actor=actor, now=now, among=among)


def _end(
    session: Session, alert_id: str, state: AlertState, *, actor: str, now: datetime,
    among: tuple[str, ...],
) -> bool:  # fmt: skip
    values: dict[str, object] = {"state": state.value, "claimed_until": None}
    if state is AlertState.ACKNOWLEDGED:
        values["acknowledged_by"] = actor
    changed = session.execute(
        update(alerts).where(alerts.c.id == alert_id, alerts.c.state.in_(among)).values(**values)
    )
    if not changed.rowcount:
        return False
    note(session, alert_id, kind=state.value, actor=actor, at=now)
    return True


def erase(session: Session, ids: Select) -> None:
    """The alerts with these ids go, and all that was written down about them."""
    session.execute(delete(safety_events).where(safety_events.c.subject.in_(ids)))
    session.execute(delete(alerts).where(alerts.c.id.in_(ids)))


def note(session: Session, subject: str, *, kind: str, actor: str, at: datetime) -> None:
    """Add one line to the append-only history of an escalation or alert."""
    session.execute(insert(safety_events).values(subject=subject, at=at, actor=actor, kind=kind))


def _set(session: Session, alert: Alert, **values: object) -> None:
    """Change a claimed alert, but never one that a person has acknowledged meanwhile."""
    session.execute(
        update(alerts).where(alerts.c.id == alert.id, alerts.c.state.in_(OPEN)).values(**values)
    )


def as_utc(moment: datetime) -> datetime:
    """SQLite gives times back without their zone; all of ours are UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
