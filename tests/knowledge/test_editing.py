from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinic.database import Database
from knowledge import editing
from knowledge.editing import approve, export, load_stock, save_draft
from knowledge.errors import (
    AlreadyLive,
    ContentFileWrong,
    ContentRefused,
    NameMissing,
    RevisionUnknown,
    RoundTripLost,
    SelfReview,
)
from knowledge.files import read_answers, render_answer
from knowledge.live import live_answers, live_file, live_version, revision_file
from knowledge.models import Answer, Approval, AuditRow, Revision, utc_now
from tests.knowledge.conftest import MakeAnswer


@pytest.fixture
def stock(tmp_path: Path, make_answer: MakeAnswer) -> Path:
    """A folder with two answers, one of them reviewed."""
    folder = tmp_path / "stock"
    folder.mkdir()
    reviewed = make_answer("side_effects", reviewer="Dr. Lee", reviewed_on=date(2026, 1, 2))
    for answer in (make_answer(), reviewed):
        (folder / answer.file).write_text(render_answer(answer), encoding="utf-8")
    return folder


def _audit(session: Session) -> list[tuple[str, str, str]]:
    rows = session.execute(sa.select(AuditRow).order_by(AuditRow.id)).scalars()
    return [(row.actor, row.action, row.topic) for row in rows]


def _counts(session: Session) -> list[int]:
    tables = (Answer, Revision, Approval, AuditRow)
    return [session.execute(sa.select(sa.func.count()).select_from(t)).scalar() for t in tables]


def test_stock_goes_live_in_an_empty_database(session: Session, stock: Path) -> None:
    """Seeding makes every file live, with the approvals that the files name, and audits it."""
    report = load_stock(session, stock, actor="setup")
    session.commit()
    assert report.topics == ("going_home", "side_effects")
    assert report.was_empty
    first, second = live_answers(session)
    assert (first.topic, first.number, first.reviewer, first.reviewed_on) == (
        "going_home", 1, None, None,
    )  # fmt: skip
    assert (second.reviewer, second.reviewed_on) == ("Dr. Lee", date(2026, 1, 2))
    assert _audit(session) == [
        ("setup", "seeded", "going_home"), ("setup", "seeded", "side_effects"),
    ]  # fmt: skip
    assert live_version(session) == 1


def test_stock_never_overwrites(session: Session, stock: Path, make_answer: MakeAnswer) -> None:
    """One draft is enough: seeding then changes nothing and says so."""
    save_draft(session, make_answer(title="Staff's own title"), author="Ann")
    session.commit()
    report = load_stock(session, stock, actor="setup")
    session.commit()
    assert (report.topics, report.was_empty) == ((), False)
    assert live_answers(session) == []
    assert _counts(session) == [1, 1, 0, 1]


def test_stock_with_a_problem_seeds_nothing(session: Session, stock: Path) -> None:
    """A failed check names file and line, and leaves the database empty."""
    path = stock / "side_effects.md"
    path.write_text(path.read_text("utf-8").replace("Ask a friend", "Call a beacon"), "utf-8")
    with pytest.raises(ContentRefused, match=r"side_effects\.md, line \d\d: Take out 'beacon'"):
        load_stock(session, stock, actor="setup")
    session.commit()
    assert _counts(session) == [0, 0, 0, 0]
    path.write_text("nothing", "utf-8")
    with pytest.raises(ContentFileWrong):
        load_stock(session, stock, actor="setup")


def test_exported_stock_is_the_stock(session: Session, stock: Path, tmp_path: Path) -> None:
    """Export writes the same bytes that were seeded, reviewers included."""
    load_stock(session, stock, actor="setup")
    written = export(session, tmp_path / "out")
    assert [path.name for path in written] == ["going_home.md", "side_effects.md"]
    assert read_answers(tmp_path / "out") == read_answers(stock)
    for path in written:
        assert path.read_bytes() == (stock / path.name).read_bytes()


def test_export_refuses_what_it_could_not_read_back(
    session: Session, stock: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that would change on its way through a file is not written."""
    load_stock(session, stock, actor="setup")
    changed = read_answers(stock)[1]
    monkeypatch.setattr(editing, "parse_answer", lambda text, file: changed)
    with pytest.raises(RoundTripLost, match="going_home"):
        export(session, tmp_path / "out")
    assert not list((tmp_path / "out").iterdir())


def test_a_draft_is_numbered_kept_and_not_live(session: Session, make_answer: MakeAnswer) -> None:
    """Drafts count up within their topic and change nothing that visitors see."""
    first = save_draft(session, make_answer(), author=" Ann ", note="first try")
    second = save_draft(session, make_answer(title="Another title"), author="Ann")
    other = save_draft(session, make_answer("side_effects"), author="Ann")
    session.commit()
    assert [first.number, second.number, other.number] == [1, 2, 1]
    assert (first.author, first.note) == ("Ann", "first try")
    assert revision_file(first) == make_answer()
    assert live_answers(session) == []
    assert live_version(session) == 0
    assert _audit(session)[0] == ("Ann", "drafted", "going_home")


def test_a_draft_may_be_unfinished(session: Session, make_answer: MakeAnswer) -> None:
    """What the checks would refuse can be saved, but not approved."""
    draft = save_draft(session, make_answer(phrasings=(), review_by=None), author="Ann")
    session.commit()
    with pytest.raises(ContentRefused) as caught:
        approve(session, draft.id, reviewer="Bo")
    assert len(caught.value.problems) == 2
    session.commit()
    assert live_answers(session) == []
    assert _counts(session) == [1, 1, 0, 1]


def test_a_second_person_makes_a_draft_live(session: Session, make_answer: MakeAnswer) -> None:
    """Approval moves the live pointer, raises the version and is audited with the reviewer."""
    draft = save_draft(session, make_answer(), author="Ann")
    approve(session, draft.id, reviewer="Bo")
    session.commit()
    live = live_answers(session)[0]
    assert (live.revision_id, live.reviewer, live.reviewed_on) == (
        draft.id, "Bo", utc_now().date(),
    )  # fmt: skip
    assert live_file(live) == make_answer(reviewer="Bo", reviewed_on=live.reviewed_on)
    assert live_version(session) == 1
    row = session.execute(sa.select(AuditRow).where(AuditRow.action == "approved")).scalar_one()
    assert (row.actor, row.topic, row.revision_id) == ("Bo", "going_home", draft.id)
    assert row.details == {"number": 1, "live_before": None}


def test_a_newer_revision_replaces_the_live_one_and_back(
    session: Session, make_answer: MakeAnswer
) -> None:
    """Going back is approving the older revision again."""
    old = save_draft(session, make_answer(), author="Ann")
    approve(session, old.id, reviewer="Bo")
    new = save_draft(session, make_answer(title="A new title"), author="Ann")
    approve(session, new.id, reviewer="Bo")
    assert live_answers(session)[0].title == "A new title"
    approve(session, old.id, reviewer="Cy")
    session.commit()
    live = live_answers(session)[0]
    assert (live.revision_id, live.reviewer, live_version(session)) == (old.id, "Cy", 3)


@pytest.mark.parametrize("reviewer", ["Ann", "ann", "  ANN "])
def test_nobody_approves_their_own_work(
    session: Session, make_answer: MakeAnswer, reviewer: str
) -> None:
    """The author is refused, however the name is written."""
    draft = save_draft(session, make_answer(), author="Ann")
    with pytest.raises(SelfReview, match="Ask a second person"):
        approve(session, draft.id, reviewer=reviewer)
    assert live_answers(session) == []


def test_seeded_answers_can_be_approved_once(session: Session, stock: Path) -> None:
    """A clinician approves what the stock made live; a second click is told so."""
    load_stock(session, stock, actor="setup")
    first = live_answers(session)[0]
    approve(session, first.revision_id, reviewer="Bo")
    assert live_answers(session)[0].reviewer == "Bo"
    with pytest.raises(AlreadyLive, match="Revision 1 of going_home"):
        approve(session, first.revision_id, reviewer="Cy")


def test_unknown_revisions_and_empty_names_are_refused(
    session: Session, make_answer: MakeAnswer, stock: Path
) -> None:
    """Mistakes of the caller have errors of their own."""
    with pytest.raises(RevisionUnknown, match="no revision 7"):
        approve(session, 7, reviewer="Bo")
    with pytest.raises(NameMissing, match="reviewer is empty"):
        approve(session, 7, reviewer=" ")
    with pytest.raises(NameMissing, match="author is empty"):
        save_draft(session, make_answer(), author="")
    with pytest.raises(NameMissing, match="actor is empty"):
        load_stock(session, stock, actor="")


def test_a_phrasing_of_another_live_answer_is_refused(
    session: Session, make_answer: MakeAnswer
) -> None:
    """Approval compares with the other live answers, and blames the candidate only."""
    first = save_draft(session, make_answer("zzz_last"), author="Ann")
    approve(session, first.id, reviewer="Bo")
    stolen = (*make_answer().phrasings, "question 1 on zzz last")
    draft = save_draft(session, make_answer(phrasings=stolen), author="Ann")
    with pytest.raises(ContentRefused) as caught:
        approve(session, draft.id, reviewer="Bo")
    assert [problem.file for problem in caught.value.problems] == ["going_home.md"]


@pytest.mark.parametrize("step", ["_record", "check_answers", "_add_approval"])
def test_a_failure_inside_takes_everything_back(
    session: Session, make_answer: MakeAnswer, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """When a step fails, pointer, version, approval and audit stay as they were together."""
    draft = save_draft(session, make_answer(), author="Ann")
    session.commit()
    before = _counts(session)

    def fail(*args: object, **options: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(editing, step, fail)
    with pytest.raises(RuntimeError, match="broken"):
        approve(session, draft.id, reviewer="Bo")
    # Even a caller who goes on after the error commits nothing of it.
    session.commit()
    assert _counts(session) == before
    assert live_answers(session) == []
    assert live_version(session) == 0


@pytest.mark.parametrize(
    "work",
    [
        lambda session, answer, stock: load_stock(session, stock, actor="setup"),
        lambda session, answer, stock: save_draft(session, answer, author="Ann"),
    ],
    ids=["seeding", "drafting"],
)
def test_the_caller_decides_about_the_transaction(
    session: Session,
    make_answer: MakeAnswer,
    stock: Path,
    work: Callable[[Session, object, Path], object],
) -> None:
    """Nothing is committed here: a caller who rolls back has changed nothing."""
    work(session, make_answer(), stock)
    session.rollback()
    assert _counts(session) == [0, 0, 0, 0]


def test_what_is_saved_can_be_read_after_the_session(
    database: Database, make_answer: MakeAnswer
) -> None:
    """The clinic's own sessions keep a saved revision readable when they are closed."""
    with database.session() as session:
        revision = save_draft(session, make_answer(), author="Ann")
    assert revision_file(revision) == make_answer()
