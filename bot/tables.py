"""Tables of the chat server."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Column,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    delete,
    func,
    select,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

tracker_events = Table(
    "tracker_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("conversation_id", String(128), nullable=False),
    Column("position", Integer, nullable=False, comment="0 is the conversation's first event"),
    Column("timestamp", Float, nullable=False, index=True),
    Column("type_name", String(64), nullable=False),
    Column("data", Text, nullable=False, comment="encrypted"),
    UniqueConstraint("conversation_id", "position"),
)


def delete_silent_since(timestamp: float) -> Any:
    """A statement that erases conversations whose last event is older (seconds, UTC)."""
    old = (
        select(tracker_events.c.conversation_id)
        .group_by(tracker_events.c.conversation_id)
        .having(func.max(tracker_events.c.timestamp) < timestamp)
    )
    erased = delete(tracker_events).where(tracker_events.c.conversation_id.in_(old))
    return erased.execution_options(synchronize_session=False)


def delete_conversation(conversation_id: str) -> Any:
    """A statement that erases everything said in one conversation."""
    return delete(tracker_events).where(tracker_events.c.conversation_id == conversation_id)
