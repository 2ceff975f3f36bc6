"""Tables of the safety package. People's words stand in them encrypted only."""

from __future__ import annotations

from sqlalchemy import JSON, Column, DateTime, Float, MetaData, String, Table, Text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)

escalations = Table(
    "escalations",
    metadata,
    Column("id", String(64), primary_key=True, comment="made from conversation and message id"),
    Column("created_at", DateTime(timezone=True), nullable=False, index=True),
    Column("channel", String(20), nullable=False),
    Column("conversation_id", String(128), nullable=False, index=True),
    Column("message_id", String(128), nullable=False),
    Column("tier", String(20), nullable=False),
    Column("category", String(40), nullable=False),
    Column("rules", JSON, nullable=False),
    Column("score", Float, nullable=False),
    Column("transcript", Text, nullable=True, comment="encrypted; empty for a check-in"),
)

safety_states = Table(
    "safety_states",
    metadata,
    Column("conversation_id", String(128), primary_key=True),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("tier", String(20), nullable=False),
    Column("state", Text, nullable=False, comment="encrypted"),
)
