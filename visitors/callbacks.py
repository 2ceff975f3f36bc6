"""Requests for a call: stored encrypted, and staff alerted in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cryptography.fernet import InvalidToken, MultiFernet
from sqlalchemy import select, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from clinic.database import find_by_prefix, insert_statement
from safety import outbox
from safety.alert import AlertKind, Queue, new_alert
from safety.assessment import Tier
from visitors.contact import Contact
from visitors.errors import NoSuchCallback
from visitors.models import callbacks


@dataclass(frozen=True, kw_only=True)
class CallbackLine:
    """One request in a list, without anything of the person."""

    id: str
    created_at: datetime
    queue: str
    closed_by: str
    """Empty while it is open."""


@dataclass(frozen=True, kw_only=True)
class Callback:
    """One request as staff read it."""

    line: CallbackLine
    contact: Contact | None
    """None where no key opens it."""


def add_callback(
    session: Session,
    contact: Contact,
    *,
    conversation_id: str,
    request_id: str,
    queue: Queue,
    cipher: MultiFernet,
    now: datetime,
) -> bool:
    """Store a request and alert staff; False, and nothing, when the same one was stored before.

    A report about the clinic's own staff goes to `Queue.MISCONDUCT`.
    """
    alert = new_alert(
        AlertKind.CALLBACK,
        name=f"{conversation_id}\x00{request_id}",
        now=now,
        queue=queue,
        tier=Tier.CHECK_IN,
    )
    row = {
        "id": alert.id,
        "created_at": now,
        "conversation_id": conversation_id,
        "queue": queue.value,
        "details": cipher.encrypt(contact.to_json().encode()).decode(),
    }
    insert = insert_statement(session, callbacks).values(**row).on_conflict_do_nothing()
    if not session.execute(insert).rowcount:
        return False
    outbox.open_alert(session, alert)
    return True


def list_callbacks(
    session: Session, *, queue: Queue = Queue.CLINICAL, everything: bool = False, limit: int = 50
) -> list[CallbackLine]:
    """The newest requests, open ones only unless `everything` is wanted."""
    query = select(callbacks).where(callbacks.c.queue == queue.value)
    if not everything:
        query = query.where(callbacks.c.closed_at.is_(None))
    rows = session.execute(query.order_by(callbacks.c.created_at.desc()).limit(limit))
    return [_line(row) for row in rows]


def show_callback(
    session: Session, prefix: str, *, actor: str, now: datetime, cipher: MultiFernet
) -> Callback:
    """One request with name and number; that `actor` looked is written down, and counts as a
    confirmation of its alert."""
    row = _find(session, prefix)
    outbox.note(session, row.id, kind="viewed", actor=actor, at=now)
    outbox.acknowledge(session, row.id, actor=actor, now=now)
    try:
        contact = Contact.from_json(cipher.decrypt(row.details.encode()).decode())
    except InvalidToken:
        contact = None
    return Callback(line=_line(row), contact=contact)


def close_callback(session: Session, prefix: str, *, actor: str, now: datetime) -> bool:
    """Nothing is left to do; False when somebody had closed it before."""
    row = _find(session, prefix)
    changed = session.execute(
        update(callbacks)
        .where(callbacks.c.id == row.id, callbacks.c.closed_at.is_(None))
        .values(closed_at=now, closed_by=actor)
    )
    if not changed.rowcount:
        return False
    outbox.close(session, row.id, actor=actor, now=now)
    outbox.note(session, row.id, kind="called_back", actor=actor, at=now)
    return True


def _find(session: Session, prefix: str) -> Row:
    row = find_by_prefix(session, select(callbacks), callbacks.c.id, prefix)
    if row is None:
        raise NoSuchCallback(NoSuchCallback.__doc__)
    return row


def _line(row: Row) -> CallbackLine:
    return CallbackLine(
        id=row.id,
        created_at=outbox.as_utc(row.created_at),
        queue=row.queue,
        closed_by=row.closed_by or "",
    )
