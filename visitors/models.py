"""Tables of the visitors package. People's words and numbers stand in them encrypted only."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, Integer, MetaData, String, Table, Text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", String(64), primary_key=True, comment="made from conversation and reply"),
    Column("created_at", DateTime(timezone=True), nullable=False, index=True),
    Column("conversation_id", String(128), nullable=True, index=True, comment="until it is old"),
    Column("channel", String(20), nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("topic", String(60), nullable=True),
    Column("revision", Integer, nullable=True),
    Column("helpful", Boolean, nullable=False),
    Column("reason", Text, nullable=True, comment="encrypted"),
)
"""How one reply was rated. Holds neither the question nor the reply."""

callbacks = Table(
    "callbacks",
    metadata,
    Column("id", String(64), primary_key=True, comment="also the id of its alert"),
    Column("created_at", DateTime(timezone=True), nullable=False, index=True),
    Column("conversation_id", String(128), nullable=True, index=True, comment="until erased"),
    Column("queue", String(20), nullable=False),
    Column("details", Text, nullable=False, comment="encrypted"),
    Column("closed_at", DateTime(timezone=True), nullable=True),
    Column("closed_by", String(200), nullable=True),
)
"""Requests for a call from staff."""
