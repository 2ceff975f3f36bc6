"""The tables of the knowledge base, for SQLite and PostgreSQL.

Revisions, their parts, approvals and the audit are written once: changing or deleting them through
the ORM raises RecordFrozen. Going back means making an older revision live again.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import ORMExecuteState, Session, declarative_base, object_session, relationship
from sqlalchemy.types import TypeDecorator

from knowledge.errors import RecordFrozen

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)
Base: Any = declarative_base(metadata=metadata)


def utc_now() -> datetime:
    """The time now, with UTC as its time zone."""
    return datetime.now(UTC)


class UtcDateTime(TypeDecorator):
    """A moment in UTC; refuses times without a zone, and always gives them back with one."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """On the way into the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored: pass one in UTC")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """On the way out; SQLite gives times without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            return value.replace(tzinfo=UTC)
        return value.astimezone(UTC)


class Answer(Base):
    """One topic; `live_revision_id` is empty until a revision of it goes live."""

    __tablename__ = "answers"
    # Both columns together, so that no topic can point at another topic's revision.
    __table_args__ = (
        sa.ForeignKeyConstraint(["topic", "live_revision_id"], ["revisions.topic", "revisions.id"]),
    )

    topic = sa.Column(sa.String(60), primary_key=True)
    live_revision_id = sa.Column(sa.Integer, nullable=True)


class Revision(Base):
    """One version of an answer, never changed; `number` counts from 1 within its topic."""

    __tablename__ = "revisions"
    __table_args__ = (sa.UniqueConstraint("topic", "number"), sa.UniqueConstraint("topic", "id"))

    id = sa.Column(sa.Integer, primary_key=True)
    topic = sa.Column(sa.String(60), nullable=False)
    number = sa.Column(sa.Integer, nullable=False)
    title = sa.Column(sa.Text, nullable=False)
    web = sa.Column(sa.Text, nullable=False)
    sms = sa.Column(sa.Text, nullable=False)
    never_say = sa.Column(sa.JSON, nullable=False)
    related = sa.Column(sa.JSON, nullable=False)
    review_by = sa.Column(sa.Date, nullable=True)
    author = sa.Column(sa.String(200), nullable=False)
    note = sa.Column(sa.Text, nullable=False, default="")
    created_at = sa.Column(UtcDateTime, nullable=False, default=utc_now)

    sources = relationship(
        "SourceRow", cascade="all", lazy="selectin", order_by="SourceRow.position"
    )
    phrasings = relationship(
        "PhrasingRow", cascade="all", lazy="selectin", order_by="PhrasingRow.position"
    )


class SourceRow(Base):
    """Where a revision's facts come from; `kind` is article (with section) or outside (address)."""

    __tablename__ = "sources"
    __table_args__ = (sa.CheckConstraint("kind IN ('article', 'outside')", name="kind"),)

    revision_id = sa.Column(sa.ForeignKey("revisions.id"), primary_key=True)
    position = sa.Column(sa.Integer, primary_key=True, autoincrement=False)
    kind = sa.Column(sa.String(10), nullable=False)
    title = sa.Column(sa.Text, nullable=False)
    section = sa.Column(sa.Text, nullable=True)
    address = sa.Column(sa.Text, nullable=True)


class PhrasingRow(Base):
    """One way in which a visitor asks for a revision's answer."""

    __tablename__ = "phrasings"

    revision_id = sa.Column(sa.ForeignKey("revisions.id"), primary_key=True)
    position = sa.Column(sa.Integer, primary_key=True, autoincrement=False)
    text = sa.Column(sa.Text, nullable=False)


class Approval(Base):
    """A reviewer said yes; the latest one of a revision is the one that counts."""

    __tablename__ = "approvals"

    id = sa.Column(sa.Integer, primary_key=True)
    revision_id = sa.Column(sa.ForeignKey("revisions.id"), nullable=False, index=True)
    reviewer = sa.Column(sa.String(200), nullable=False)
    approved_on = sa.Column(sa.Date, nullable=False)
    recorded_at = sa.Column(UtcDateTime, nullable=False, default=utc_now)


class GoldQuestionRow(Base):
    """A question with the outcome that staff expect of it."""

    __tablename__ = "gold_questions"

    id = sa.Column(sa.String(100), primary_key=True)
    text = sa.Column(sa.Text, nullable=False)
    expected = sa.Column(sa.String(20), nullable=False)
    accept = sa.Column(sa.JSON, nullable=False)
    previous = sa.Column(sa.JSON, nullable=False, default=list)
    note = sa.Column(sa.Text, nullable=False, default="")


class UnansweredQuestion(Base):
    """A question without an answer, masked and encrypted; equal words on a channel share a row."""

    __tablename__ = "unanswered_questions"
    __table_args__ = (sa.UniqueConstraint("text_key", "channel"),)

    id = sa.Column(sa.Integer, primary_key=True)
    text_key = sa.Column(sa.String(64), nullable=False)
    sealed_text = sa.Column(sa.Text, nullable=False)
    channel = sa.Column(sa.String(20), nullable=False)
    count = sa.Column(sa.Integer, nullable=False, default=1)
    first_asked_at = sa.Column(UtcDateTime, nullable=False, default=utc_now)
    asked_at = sa.Column(UtcDateTime, nullable=False, default=utc_now, index=True)


class ClinicFact(Base):
    """One fact about the clinic that staff keep, such as its hours."""

    __tablename__ = "clinic_facts"

    key = sa.Column(sa.String(100), primary_key=True)
    value = sa.Column(sa.Text, nullable=False)
    updated_at = sa.Column(UtcDateTime, nullable=False, default=utc_now, onupdate=utc_now)


class AuditRow(Base):
    """Who did what and when; rows are only ever added."""

    __tablename__ = "audit"

    id = sa.Column(sa.Integer, primary_key=True)
    at = sa.Column(UtcDateTime, nullable=False, default=utc_now, index=True)
    actor = sa.Column(sa.String(200), nullable=False)
    action = sa.Column(sa.String(40), nullable=False)
    topic = sa.Column(sa.String(60), nullable=True, index=True)
    revision_id = sa.Column(sa.Integer, nullable=True)
    details = sa.Column(sa.JSON, nullable=False, default=dict)


class StoredVector(Base):
    """A sentence vector, little-endian float32, for one text and one encoder."""

    __tablename__ = "vectors"

    text_sha256 = sa.Column(sa.String(64), primary_key=True)
    encoder = sa.Column(sa.String(100), primary_key=True)
    vector = sa.Column(sa.LargeBinary, nullable=False)


class KnowledgeVersion(Base):
    """One row; its number grows whenever the set of live revisions changes."""

    __tablename__ = "knowledge_version"
    __table_args__ = (sa.CheckConstraint("id = 1", name="single_row"),)

    id = sa.Column(sa.Integer, primary_key=True, autoincrement=False, default=1)
    version = sa.Column(sa.Integer, nullable=False)


FROZEN = (Revision, SourceRow, PhrasingRow, Approval, AuditRow)


def _refuse_update(mapper: Any, connection: Any, target: Any) -> None:
    session = object_session(target)
    if session is None or session.is_modified(target, include_collections=False):
        raise RecordFrozen(table=target.__tablename__)


def _refuse_delete(mapper: Any, connection: Any, target: Any) -> None:
    raise RecordFrozen(table=target.__tablename__)


for _frozen in FROZEN:
    event.listen(_frozen, "before_update", _refuse_update)
    event.listen(_frozen, "before_delete", _refuse_delete)


@event.listens_for(Session, "do_orm_execute")
def _refuse_bulk_change(state: ORMExecuteState) -> None:
    """`update()` and `delete()` statements pass no mapper event, so they are caught here."""
    if not (state.is_update or state.is_delete):
        return
    mapper = state.bind_mapper
    if mapper is not None and mapper.class_ in FROZEN:
        raise RecordFrozen(table=mapper.class_.__tablename__)
