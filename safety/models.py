"""Tables of the safety package. People's words stand in them encrypted only."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

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
    Column("contact", Text, nullable=True, comment="encrypted phone number of a texter"),
)

safety_states = Table(
    "safety_states",
    metadata,
    Column("conversation_id", String(128), primary_key=True),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("tier", String(20), nullable=False),
    Column("state", Text, nullable=False, comment="encrypted"),
    Column("version", Integer, nullable=False, server_default="0", comment="later ones win"),
)

safety_events = Table(
    "safety_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subject", String(64), nullable=False, index=True, comment="escalation or alert id"),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", String(200), nullable=False),
    Column("kind", String(40), nullable=False),
)
"""What became of an escalation or alert, and who looked when. Rows are only ever added."""

alerts = Table(
    "alerts",
    metadata,
    Column("id", String(64), primary_key=True, comment="the escalation's id, where there is one"),
    Column("kind", String(20), nullable=False),
    Column("queue", String(20), nullable=False),
    Column("tier", String(20), nullable=False),
    Column("conversation_id", String(128), nullable=False, index=True),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False, index=True),
    Column("claimed_until", DateTime(timezone=True), nullable=True),
    Column("claimed_by", String(40), nullable=True),
    Column("state", String(20), nullable=False, index=True),
    Column("pages", Integer, nullable=False, comment="messages that reached a target"),
    Column("failures", Integer, nullable=False, comment="since the last one that did"),
    Column("acknowledged_by", String(200), nullable=True),
)
"""The outbox: written in the escalation's own transaction, emptied by the worker."""

referral_counts = Table(
    "referral_counts",
    metadata,
    Column("year", Integer, primary_key=True),
    Column("tier", String(20), primary_key=True),
    Column("category", String(40), primary_key=True),
    Column("channel", String(20), primary_key=True),
    Column("count", Integer, nullable=False),
)
"""How often a hotline was shown in a calendar year. Holds nothing of any person."""

chores = Table(
    "chores",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("well", Boolean, nullable=False),
    Column("failures", Integer, nullable=False, comment="in a row"),
)
"""When the worker last did what, and whether it went well."""

erasures = Table(
    "erasures",
    metadata,
    Column("conversation_id", String(128), primary_key=True),
    Column("requested_at", DateTime(timezone=True), nullable=False),
    Column("done_at", DateTime(timezone=True), nullable=True),
)
"""Conversations that a person asked us to erase."""
