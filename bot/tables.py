"""Tables of the chat server."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
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
from sqlalchemy.orm import Session

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

web_messages = Table(
    "web_messages",
    metadata,
    Column("conversation_id", String(128), primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("timestamp", Float, nullable=False, index=True),
    Column("sender", String(10), nullable=False, comment="person or assistant"),
    Column("message_id", String(128), nullable=False, comment="the person's message"),
    Column("data", Text, nullable=False, comment="encrypted"),
)
"""What the web chat has shown, as it was shown."""


def forget_silent_since(session: Session, timestamp: float) -> None:
    """Erase conversations whose last event or message is older (seconds, UTC)."""
    for table in (tracker_events, web_messages):
        old = (
            select(table.c.conversation_id)
            .group_by(table.c.conversation_id)
            .having(func.max(table.c.timestamp) < timestamp)
        )
        erased = delete(table).where(table.c.conversation_id.in_(old))
        session.execute(erased.execution_options(synchronize_session=False))


def forget_conversation(session: Session, conversation_id: str) -> None:
    """Erase everything said in one conversation."""
    for table in (tracker_events, web_messages):
        session.execute(delete(table).where(table.c.conversation_id == conversation_id))
