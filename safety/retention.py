"""Erases safety records at the end of their time, and what a person asked us to erase."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from clinic.database import insert_statement
from clinic.retention import Retention
from safety import outbox
from safety.alert import PROBE_PREFIX
from safety.assessment import Tier
from safety.models import alerts, erasures, escalations, safety_events, safety_states


def erase_old(session: Session, retention: Retention, now: datetime) -> None:
    """Records past their time go; a state in safety mode stays as long as its escalation."""
    old = or_(
        (escalations.c.tier == Tier.CHECK_IN.label)
        & (escalations.c.created_at < now - retention.check_ins),
        escalations.c.created_at < now - retention.escalations,
        escalations.c.conversation_id.startswith(PROBE_PREFIX)
        & (escalations.c.created_at < now - retention.probes),
    )
    outbox.erase(session, select(escalations.c.id).where(old))
    session.execute(delete(escalations).where(old))
    oldest = now - retention.escalations
    session.execute(delete(safety_events).where(safety_events.c.at < oldest))
    session.execute(delete(alerts).where(alerts.c.created_at < oldest))
    session.execute(
        delete(safety_states)
        .where(safety_states.c.tier == Tier.NONE.label)
        .where(safety_states.c.updated_at < now - retention.conversations)
    )
    session.execute(delete(safety_states).where(safety_states.c.updated_at < oldest))


def ask_erasure(session: Session, conversation_id: str, now: datetime) -> None:
    """Note that a conversation is to be erased; asking twice is the same as once."""
    row = {"conversation_id": conversation_id, "requested_at": now, "done_at": None}
    insert = insert_statement(session, erasures).values(**row)
    session.execute(
        insert.on_conflict_do_update(
            index_elements=["conversation_id"], set_={"requested_at": now, "done_at": None}
        )
    )


def waiting_erasures(session: Session) -> list[str]:
    """Conversations whose erasure was asked for and not yet done."""
    query = select(erasures.c.conversation_id).where(erasures.c.done_at.is_(None))
    return list(session.execute(query).scalars())


def mark_erased(session: Session, conversation_id: str, now: datetime) -> None:
    """The conversation's words are gone. Its safety records stay for their own time."""
    session.execute(
        update(erasures).where(erasures.c.conversation_id == conversation_id).values(done_at=now)
    )
    session.execute(
        delete(safety_states)
        .where(safety_states.c.conversation_id == conversation_id)
        .where(safety_states.c.tier == Tier.NONE.label)
    )
