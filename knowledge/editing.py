"""Changing answers: drafts, approval by a second person, seeding and export.

Every function works inside the transaction of the session that it is given and never commits: what
it did becomes true when the caller commits, all of it or nothing. When one raises, it has taken
back everything it did.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from knowledge.checks import check_answers
from knowledge.clashes import check_clashes
from knowledge.errors import (
    AlreadyLive,
    ContentRefused,
    NameMissing,
    RevisionUnknown,
    RoundTripLost,
    SelfReview,
)
from knowledge.files import AnswerFile, parse_answer, read_answers, render_answer, tidy
from knowledge.live import live_answers, live_file, revision_file
from knowledge.models import (
    Answer,
    Approval,
    AuditRow,
    KnowledgeVersion,
    PhrasingRow,
    Revision,
    SourceRow,
    utc_now,
)
from knowledge.vectors import Encoder


@dataclass(frozen=True, kw_only=True)
class StockReport:
    """What seeding did: the topics that went live, none when the database had answers already."""

    topics: tuple[str, ...]
    was_empty: bool


def load_stock(session: Session, folder: Path, *, actor: str) -> StockReport:
    """Make the answer files of the folder live in an EMPTY database; else change nothing.

    An answer whose file names a reviewer and a date gets that approval; the others are live
    without one. Raises ContentFileWrong or ContentRefused, with file and line, and seeds nothing.
    """
    author = _name(actor, role="actor")
    with session.begin_nested():
        _take_turn(session)
        if session.execute(select(Revision.id).limit(1)).first() is not None:
            return StockReport(topics=(), was_empty=False)
        answers = read_answers(folder)
        if problems := check_answers(answers):
            raise ContentRefused(problems)
        revisions = [_add_revision(session, answer, author=author, note="") for answer in answers]
        for revision, answer in zip(revisions, answers, strict=True):
            if answer.reviewer and answer.reviewed_on:
                _add_approval(session, revision, answer.reviewer, answer.reviewed_on)
        if revisions:
            _make_live(session, revisions, actor=author, action="seeded")
    return StockReport(topics=tuple(answer.topic for answer in answers), was_empty=True)


def save_draft(session: Session, answer: AnswerFile, *, author: str, note: str = "") -> Revision:
    """Add a revision of the answer's topic, which may be new. Drafts are not checked yet.

    The reviewer and the date in `answer` are ignored: approval is an act of its own.
    """
    author = _name(author, role="author")
    with session.begin_nested():
        _take_turn(session)
        revision = _add_revision(session, answer, author=author, note=note)
        _record(session, revision, actor=author, action="drafted", details={"note": note})
    return revision


def approve(
    session: Session, revision_id: int, *, reviewer: str, encoder: Encoder | None = None
) -> Revision:
    """Approve the revision and make it live. An older revision may be approved again.

    Raises RevisionUnknown, SelfReview (the author cannot approve), AlreadyLive, or ContentRefused
    with what the checks found; with an encoder, also phrasings that would find another topic.
    """
    reviewer = _name(reviewer, role="reviewer")
    if encoder is not None:
        # Before the turn is taken: a cache behind the encoder writes in a session of its own.
        _refuse_clashes(session, revision_id, encoder)
    with session.begin_nested():
        # First, so that two approvals at once cannot both pass checks that compare answers.
        _take_turn(session)
        revision = session.get(Revision, revision_id)
        if revision is None:
            raise RevisionUnknown(revision_id=revision_id)
        if revision.author.strip().casefold() == reviewer.casefold():
            raise SelfReview(reviewer=reviewer)
        if _is_live(session, revision) and _is_approved(session, revision):
            raise AlreadyLive(number=revision.number, topic=revision.topic)
        _add_approval(session, revision, reviewer, utc_now().date())
        _make_live(session, [revision], actor=reviewer, action="approved")
    return revision


def _refuse_clashes(session: Session, revision_id: int, encoder: Encoder) -> None:
    revision = session.get(Revision, revision_id)
    if revision is None:
        raise RevisionUnknown(revision_id=revision_id)
    candidate = revision_file(revision)
    others = [live_file(live) for live in live_answers(session) if live.topic != candidate.topic]
    if clashes := check_clashes([*others, candidate], encoder, only={candidate.topic}):
        raise ContentRefused(clashes)


def export(session: Session, folder: Path) -> tuple[Path, ...]:
    """Write every live answer as `<topic>.md`; other files in the folder stay as they are."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for live in live_answers(session):
        answer = live_file(live)
        text = render_answer(answer)
        if parse_answer(text, file=answer.file) != answer:
            raise RoundTripLost(topic=live.topic)
        path = folder / answer.file
        path.write_text(text, encoding="utf-8", newline="\n")
        written.append(path)
    return tuple(written)


def _make_live(session: Session, revisions: Sequence[Revision], *, actor: str, action: str) -> None:
    """The one way in which a revision goes live: check, pointer, version and audit together."""
    candidates = [revision_file(revision) for revision in revisions]
    topics = {candidate.topic for candidate in candidates}
    others = [live_file(live) for live in live_answers(session) if live.topic not in topics]
    # Candidates come last, so that what two answers share is reported for the candidate.
    problems = check_answers([*others, *candidates])
    mine = {candidate.file for candidate in candidates}
    if refused := [problem for problem in problems if problem.file in mine]:
        raise ContentRefused(refused)
    for revision in revisions:
        answer = session.get(Answer, revision.topic)
        before, answer.live_revision_id = answer.live_revision_id, revision.id
        details = {"number": revision.number, "live_before": before}
        _record(session, revision, actor=actor, action=action, details=details)
    _advance(session, by=1)
    session.flush()


def _take_turn(session: Session) -> None:
    """Wait until no other transaction edits answers, by writing to the single version row."""
    if _advance(session, by=0):
        return
    try:
        with session.begin_nested():
            session.add(KnowledgeVersion(id=1, version=0))
    except IntegrityError:
        _advance(session, by=0)


def _advance(session: Session, *, by: int) -> bool:
    statement = update(KnowledgeVersion).values(version=KnowledgeVersion.version + by)
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return bool(result.rowcount)


def _add_revision(session: Session, answer: AnswerFile, *, author: str, note: str) -> Revision:
    if session.get(Answer, answer.topic) is None:
        session.add(Answer(topic=answer.topic))
    last = session.execute(
        select(func.max(Revision.number)).where(Revision.topic == answer.topic)
    ).scalar()
    revision = Revision(
        topic=answer.topic,
        number=(last or 0) + 1,
        title=answer.title.strip(),
        web=tidy(answer.web),
        sms=tidy(answer.sms),
        never_say=[phrase.strip() for phrase in answer.never_say],
        related=[topic.strip() for topic in answer.related],
        review_by=answer.review_by,
        author=author,
        note=note.strip(),
        sources=_source_rows(answer),
        phrasings=[
            PhrasingRow(position=position, text=text.strip())
            for position, text in enumerate(answer.phrasings)
        ],
    )
    session.add(revision)
    session.flush()
    return revision


def _source_rows(answer: AnswerFile) -> list[SourceRow]:
    return [
        SourceRow(
            position=position,
            kind=source.kind,
            title=source.title.strip(),
            section=source.section.strip() or None,
            address=source.address.strip() or None,
        )
        for position, source in enumerate(answer.sources)
    ]


def _add_approval(session: Session, revision: Revision, reviewer: str, approved_on: object) -> None:
    session.add(
        Approval(revision_id=revision.id, reviewer=reviewer.strip(), approved_on=approved_on)
    )
    session.flush()


def _record(
    session: Session, revision: Revision, *, actor: str, action: str, details: dict[str, object]
) -> None:
    session.add(
        AuditRow(
            actor=actor,
            action=action,
            topic=revision.topic,
            revision_id=revision.id,
            details=details,
        )
    )


def _is_live(session: Session, revision: Revision) -> bool:
    live = select(Answer.live_revision_id).where(Answer.topic == revision.topic)
    return bool(session.execute(live).scalar() == revision.id)


def _is_approved(session: Session, revision: Revision) -> bool:
    approval = select(Approval.id).where(Approval.revision_id == revision.id).limit(1)
    return session.execute(approval).first() is not None


def _name(name: str, *, role: str) -> str:
    if not name.strip():
        raise NameMissing(role=role)
    return name.strip()
