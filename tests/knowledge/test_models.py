from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from knowledge.editing import approve, save_draft
from knowledge.errors import RecordFrozen
from knowledge.models import (
    Answer,
    Approval,
    AuditRow,
    KnowledgeVersion,
    PhrasingRow,
    Revision,
    SourceRow,
    UnansweredQuestion,
    metadata,
)
from tests.knowledge.conftest import MakeAnswer


@pytest.fixture
def written(session: Session, make_answer: MakeAnswer) -> Session:
    """A session on a database with one approved revision."""
    revision = save_draft(session, make_answer(), author="Ann")
    approve(session, revision.id, reviewer="Bo")
    session.commit()
    return session


@pytest.mark.parametrize(
    ("table", "column"),
    [
        (Revision, "web"),
        (SourceRow, "title"),
        (PhrasingRow, "text"),
        (Approval, "reviewer"),
        (AuditRow, "actor"),
    ],
)
@pytest.mark.parametrize("way", ["object", "statement"])
def test_written_rows_never_change(written: Session, table: type, column: str, way: str) -> None:
    """Neither a changed object nor an update statement gets through the ORM."""
    row = written.execute(sa.select(table)).scalars().first()
    if way == "object":
        setattr(row, column, "changed")
        change: Callable[[], object] = written.flush
    else:
        statement = sa.update(table).values({column: "changed"})

        def change() -> object:
            return written.execute(statement)

    with pytest.raises(RecordFrozen, match=f"A row of {table.__tablename__} never"):  # type: ignore[attr-defined]
        change()


@pytest.mark.parametrize("table", [Revision, SourceRow, PhrasingRow, Approval, AuditRow])
@pytest.mark.parametrize("way", ["object", "statement"])
def test_written_rows_are_never_deleted(written: Session, table: type, way: str) -> None:
    """Neither a deleted object nor a delete statement gets through the ORM."""
    if way == "object":
        written.delete(written.execute(sa.select(table)).scalars().first())
        with pytest.raises(RecordFrozen):
            written.flush()
    else:
        with pytest.raises(RecordFrozen):
            written.execute(sa.delete(table))


def test_a_topic_cannot_show_another_topics_revision(
    written: Session, make_answer: MakeAnswer
) -> None:
    """The database itself ties the live pointer to the topic."""
    other = save_draft(written, make_answer("side_effects"), author="Ann")
    written.get(Answer, "going_home").live_revision_id = other.id
    with pytest.raises(IntegrityError):
        written.commit()


def test_times_come_back_in_utc(session: Session) -> None:
    """Whatever zone a time is given in, it is read with UTC."""
    noon = datetime(2026, 5, 21, 12, tzinfo=timezone(timedelta(hours=-4)))
    session.add(
        UnansweredQuestion(text_key="k", sealed_text="t", channel="web", first_asked_at=noon)
    )
    session.commit()
    row = session.execute(sa.select(UnansweredQuestion)).scalar_one()
    session.refresh(row)
    assert row.first_asked_at == noon
    assert row.first_asked_at.tzinfo is UTC
    assert row.asked_at.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(session: Session) -> None:
    """A naive time is a mistake in the program."""
    row = UnansweredQuestion(text_key="k", sealed_text="t", channel="web", asked_at=datetime.min)
    session.add(row)
    with pytest.raises(StatementError, match="without a zone"):
        session.flush()


def test_there_is_one_version_row(written: Session) -> None:
    """A second version row cannot be written."""
    written.add(KnowledgeVersion(id=2, version=1))
    with pytest.raises(IntegrityError):
        written.flush()


def test_every_constraint_has_a_name() -> None:
    """Migrations can only drop what has a name."""
    for table in metadata.tables.values():
        for constraint in table.constraints:
            assert constraint.name, (table.name, constraint)
