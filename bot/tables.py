"""Tables of the chat server."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
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

sms_threads = Table(
    "sms_threads",
    metadata,
    Column("pseudonym", String(64), primary_key=True, comment="keyed hash of a phone number"),
    Column("conversation_id", String(128), nullable=False, index=True),
    Column("timestamp", Float, nullable=False, index=True),
)
"""Which conversation a phone number has."""

sms_consents = Table(
    "sms_consents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("pseudonym", String(64), nullable=False, index=True),
    Column("timestamp", Float, nullable=False),
    Column("opted_out", Boolean, nullable=False),
    Column("source", String(40), nullable=False, comment="word, sentence, carrier, staff"),
)
"""Who said stop and start, when and how. Rows are only ever added, and outlive the texts."""

sms_texts = Table(
    "sms_texts",
    metadata,
    Column("id", String(100), primary_key=True, comment="the provider's id of the person's text"),
    Column("conversation_id", String(128), nullable=False, index=True),
    Column("timestamp", Float, nullable=False, index=True),
    Column("claimed_until", Float, nullable=False, comment="some process is answering it"),
    Column("answered", Boolean, nullable=False),
    Column("data", Text, nullable=False, comment="encrypted: the text, once answered the replies"),
)

sms_sends = Table(
    "sms_sends",
    metadata,
    Column("id", String(64), primary_key=True, comment="the same for every attempt"),
    Column("conversation_id", String(128), nullable=False, index=True),
    Column("timestamp", Float, nullable=False, index=True),
    Column("due_at", Float, nullable=False, index=True),
    Column("attempts", Integer, nullable=False),
    Column("state", String(12), nullable=False, comment="waiting, sent, delivered or failed"),
    Column("safety", Boolean, nullable=False, comment="staff hear when it does not arrive"),
    Column("error_code", Integer, nullable=False, comment="the provider's; 0 for none"),
    Column("data", Text, nullable=True, comment="encrypted number and text, until it is sent"),
)
"""Texts that go out on their own, because the turn took longer than a webhook waits."""

CONVERSATION_TABLES = (tracker_events, web_messages, sms_threads, sms_texts, sms_sends)


def forget_silent_since(session: Session, timestamp: float) -> None:
    """Erase conversations whose last event or message is older (seconds, UTC)."""
    for table in CONVERSATION_TABLES:
        old = (
            select(table.c.conversation_id)
            .group_by(table.c.conversation_id)
            .having(func.max(table.c.timestamp) < timestamp)
        )
        erased = delete(table).where(table.c.conversation_id.in_(old))
        session.execute(erased.execution_options(synchronize_session=False))


def forget_conversation(session: Session, conversation_id: str) -> None:
    """Erase everything said in one conversation."""
    for table in CONVERSATION_TABLES:
        session.execute(delete(table).where(table.c.conversation_id == conversation_id))
