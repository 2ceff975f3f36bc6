"""What staff do with escalations: look, acknowledge, release. Every look leaves a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.fernet import InvalidToken, MultiFernet
from sqlalchemy import func, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session
from sqlalchemy.sql import Select

from clinic.database import find_by_prefix
from safety import outbox
from safety.alert import OPEN, Alert
from safety.assessment import Tier
from safety.errors import SafetyError
from safety.models import alerts, escalations, referral_counts, safety_events, safety_states
from safety.state import SafetyState


class NoSuchEscalation(SafetyError):
    """No escalation has this id: copy it from `kap escalations list`."""


@dataclass(frozen=True, kw_only=True)
class CaseLine:
    """One escalation in a list, without its words."""

    id: str
    created_at: datetime
    tier: str
    category: str
    channel: str
    conversation_id: str
    rules: tuple[str, ...]
    score: float
    alert: str
    """State of its alert; empty when it opened none."""


@dataclass(frozen=True, kw_only=True)
class CaseEvent:
    """Who did what when."""

    at: datetime
    actor: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class Case:
    """One escalation with its words and its history."""

    line: CaseLine
    transcript: str
    """Empty for a check-in, or where no key opens it."""
    contact: str
    """Phone number of a texter; empty for visitors of the web chat."""
    history: tuple[CaseEvent, ...]


_LINE = (
    escalations.c.id, escalations.c.created_at, escalations.c.tier, escalations.c.category,
    escalations.c.channel, escalations.c.conversation_id, escalations.c.rules,
    escalations.c.score, escalations.c.transcript, escalations.c.contact,
    alerts.c.state.label("alert"),
)  # fmt: skip


def list_cases(session: Session, *, limit: int = 50, open_only: bool = False) -> list[CaseLine]:
    """The newest escalations from tier urgent upwards, without their words."""
    query = (
        _lines()
        .where(escalations.c.tier != Tier.CHECK_IN.label)
        .order_by(escalations.c.created_at.desc())
        .limit(limit)
    )
    if open_only:
        query = query.where(alerts.c.state.in_(OPEN))
    return [_line(row) for row in session.execute(query)]


def show_case(
    session: Session, prefix: str, *, actor: str, now: datetime, cipher: MultiFernet
) -> Case:
    """One escalation with its words; that `actor` looked is written down."""
    row = _find(session, prefix)
    outbox.note(session, row.id, kind="viewed", actor=actor, at=now)
    return Case(
        line=_line(row),
        transcript=_opened(cipher, row.transcript),
        contact=_opened(cipher, row.contact),
        history=history(session, row.id),
    )


def _opened(cipher: MultiFernet, sealed: str | None) -> str:
    try:
        return cipher.decrypt(sealed.encode()).decode() if sealed else ""
    except InvalidToken:
        return ""


def acknowledge_case(session: Session, prefix: str, *, actor: str, now: datetime) -> bool:
    """A person has this escalation in hand; False when its alert was no longer open."""
    row = _find(session, prefix)
    return outbox.acknowledge(session, _alert_behind(session, row), actor=actor, now=now)


def release(
    session: Session, prefix: str, *, actor: str, now: datetime, cipher: MultiFernet
) -> None:
    """Let the conversation out of safety mode and close its alerts. For clinicians only."""
    row = _find(session, prefix)
    state = session.execute(
        select(safety_states.c.version).where(
            safety_states.c.conversation_id == row.conversation_id
        )
    ).scalar_one_or_none()
    if state is not None:
        left = SafetyState(help_pinned=True, version=state + 1)
        session.execute(
            safety_states.update()
            .where(safety_states.c.conversation_id == row.conversation_id)
            .values(
                tier=Tier.NONE.label, version=left.version, updated_at=now,
                state=cipher.encrypt(left.to_json().encode()).decode(),
            )
        )  # fmt: skip
    outbox.note(session, row.id, kind="released", actor=actor, at=now)
    for alert_id in session.execute(
        select(alerts.c.id).where(alerts.c.conversation_id == row.conversation_id)
    ).scalars():
        outbox.close(session, alert_id, actor=actor, now=now)


def history(session: Session, subject: str) -> tuple[CaseEvent, ...]:
    """What became of an escalation or alert, oldest first."""
    rows = session.execute(
        select(safety_events).where(safety_events.c.subject == subject).order_by(safety_events.c.id)
    )
    return tuple(
        CaseEvent(at=outbox.as_utc(row.at), actor=row.actor, kind=row.kind) for row in rows
    )


def newest_alert(session: Session, conversation_id: str) -> Alert | None:
    """The alert that a conversation opened last; None when it opened none."""
    row = session.execute(
        select(alerts)
        .where(alerts.c.conversation_id == conversation_id)
        .order_by(alerts.c.created_at.desc())
        .limit(1)
    ).first()
    return outbox.read_alert(row) if row else None


def referrals(session: Session, year: int) -> Sequence[tuple[str, str, str, int]]:
    """(tier, category, channel, how often a hotline was shown) in a calendar year."""
    rows = session.execute(
        select(
            referral_counts.c.tier,
            referral_counts.c.category,
            referral_counts.c.channel,
            func.sum(referral_counts.c.count),
        )
        .where(referral_counts.c.year == year)
        .group_by(referral_counts.c.tier, referral_counts.c.category, referral_counts.c.channel)
        .order_by(referral_counts.c.tier, referral_counts.c.category)
    )
    return [(tier, category, channel, int(count)) for tier, category, channel, count in rows]


def _lines() -> Select:
    return select(*_LINE).join_from(
        escalations, alerts, alerts.c.id == escalations.c.id, isouter=True
    )


def _find(session: Session, prefix: str) -> Row:
    row = find_by_prefix(session, _lines(), escalations.c.id, prefix)
    if row is None:
        raise NoSuchEscalation(NoSuchEscalation.__doc__)
    return row


def _alert_behind(session: Session, row: Row) -> str:
    """The escalation's own alert, or the open one of its conversation that it joined."""
    if row.alert is not None:
        return str(row.id)
    alert = newest_alert(session, row.conversation_id)
    return alert.id if alert else str(row.id)


def _line(row: Row) -> CaseLine:
    return CaseLine(
        id=row.id,
        created_at=outbox.as_utc(row.created_at),
        tier=row.tier,
        category=row.category,
        channel=row.channel,
        conversation_id=row.conversation_id,
        rules=tuple(row.rules),
        score=row.score,
        alert=row.alert or "",
    )
