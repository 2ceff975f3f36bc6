"""Tables of the chat server."""

from __future__ import annotations

from sqlalchemy import Column, Float, Integer, MetaData, String, Table, Text, UniqueConstraint

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
