"""Erases what visitors left: at the end of its time, or when a person asks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from clinic.retention import Retention
from safety import outbox
from visitors.models import callbacks, feedback


def erase_old(session: Session, retention: Retention, now: datetime) -> None:
    """Ratings lose their words and their conversation; requests for a call go altogether."""
    session.execute(
        update(feedback)
        .where(feedback.c.created_at < now - retention.conversations)
        .values(conversation_id=None, reason=None)
    )
    old = callbacks.c.created_at < now - retention.callbacks
    outbox.erase(session, select(callbacks.c.id).where(old))
    session.execute(delete(callbacks).where(old))


def forget_conversation(session: Session, conversation_id: str) -> None:
    """Ratings go; a request for a call stays for staff, without a link to the conversation."""
    session.execute(delete(feedback).where(feedback.c.conversation_id == conversation_id))
    session.execute(
        update(callbacks)
        .where(callbacks.c.conversation_id == conversation_id)
        .values(conversation_id=None)
    )
