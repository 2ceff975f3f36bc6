"""What goes when a conversation is erased, in one place: a table left out would keep words."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.tables import forget_conversation
from safety.retention import mark_erased
from visitors import retention


def erase_conversation(session: Session, conversation_id: str, now: datetime) -> None:
    """Words, ratings and harmless state go; safety records stay for their own time."""
    forget_conversation(session, conversation_id)
    retention.forget_conversation(session, conversation_id)
    mark_erased(session, conversation_id, now)
