"""What visitors can be told right now: the live revision of every topic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.errors import TopicUnknown
from knowledge.files import AnswerFile, Source
from knowledge.models import Answer, Approval, KnowledgeVersion, Revision


@dataclass(frozen=True, kw_only=True)
class LiveAnswer:
    """One live revision; reviewer and reviewed_on are None until somebody approved it."""

    topic: str
    revision_id: int
    number: int
    title: str
    web: str
    sms: str
    phrasings: tuple[str, ...]
    sources: tuple[Source, ...]
    related: tuple[str, ...]
    never_say: tuple[str, ...] = ()
    review_by: date | None = None
    reviewer: str | None = None
    reviewed_on: date | None = None


def live_answers(session: Session) -> list[LiveAnswer]:
    """All live answers, by topic."""
    statement = (
        select(Revision)
        .join(Answer, Answer.live_revision_id == Revision.id)
        .order_by(Revision.topic)
    )
    revisions = session.execute(statement).scalars().all()
    approvals = _latest_approvals(session, (revision.id for revision in revisions))
    return [_as_live(revision, approvals.get(revision.id)) for revision in revisions]


def live_version(session: Session) -> int:
    """A number that grows whenever the live answers change; 0 before the first one."""
    version = session.execute(select(KnowledgeVersion.version)).scalar_one_or_none()
    return int(version or 0)


def _latest_approvals(session: Session, revision_ids: Iterable[int]) -> Mapping[int, Approval]:
    wanted = Approval.revision_id.in_(list(revision_ids))
    rows = session.execute(select(Approval).where(wanted).order_by(Approval.id)).scalars()
    return {approval.revision_id: approval for approval in rows}


def _as_live(revision: Revision, approval: Approval | None) -> LiveAnswer:
    answer = revision_file(revision)
    return LiveAnswer(
        topic=answer.topic,
        revision_id=revision.id,
        number=revision.number,
        title=answer.title,
        web=answer.web,
        sms=answer.sms,
        phrasings=answer.phrasings,
        sources=answer.sources,
        related=answer.related,
        never_say=answer.never_say,
        review_by=answer.review_by,
        reviewer=approval.reviewer if approval else None,
        reviewed_on=approval.approved_on if approval else None,
    )


def revision_file(revision: Revision) -> AnswerFile:
    """The revision as the answer that a file would hold, without its reviewer."""
    return AnswerFile(
        topic=revision.topic,
        title=revision.title,
        review_by=revision.review_by,
        related=tuple(revision.related),
        sources=tuple(
            Source(kind=row.kind, title=row.title, section=row.section or "",
                   address=row.address or "")
            for row in revision.sources
        ),
        never_say=tuple(revision.never_say),
        phrasings=tuple(row.text for row in revision.phrasings),
        web=revision.web,
        sms=revision.sms,
        file=f"{revision.topic}.md",
    )  # fmt: skip


def live_file(live: LiveAnswer) -> AnswerFile:
    """The live answer as the file that exports it."""
    return AnswerFile(
        topic=live.topic,
        title=live.title,
        review_by=live.review_by,
        reviewer=live.reviewer or "",
        reviewed_on=live.reviewed_on,
        related=live.related,
        sources=live.sources,
        never_say=live.never_say,
        phrasings=live.phrasings,
        web=live.web,
        sms=live.sms,
        file=f"{live.topic}.md",
    )


def newest_revision(session: Session, topic: str) -> int:
    """Id of the topic's newest revision; TopicUnknown when there is none."""
    statement = select(Revision.id).where(Revision.topic == topic).order_by(Revision.number.desc())
    found = session.execute(statement.limit(1)).scalar_one_or_none()
    if found is None:
        raise TopicUnknown(topic=topic)
    return int(found)
