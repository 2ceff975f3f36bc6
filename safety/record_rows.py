"""What one crisis message writes, in one transaction: state, escalation, alert and count."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from clinic.database import insert_statement
from safety.alert import PROBE_PREFIX, Alert, AlertKind, Queue, new_alert
from safety.assessment import Category, Tier
from safety.models import escalations, referral_counts, safety_states
from safety.outbox import open_alert


def write_rows(session: Session, rows: Mapping[str, Any]) -> None:
    """Write what `rows` has of `state`, `escalation` and `undelivered`; what was seen before, or
    is older, is dropped."""
    if rows.get("escalation"):
        add_escalation(session, rows["escalation"])
    if rows.get("state"):
        _save_state(session, rows["state"])
    if rows.get("undelivered"):
        open_alert(session, _undelivered(rows["undelivered"]))


def add_escalation(session: Session, row: Mapping[str, Any]) -> bool:
    """Add an escalation with its alert and its count; False, and nothing, when it was there."""
    values = {**row, "created_at": datetime.fromisoformat(row["created_at"])}
    insert = insert_statement(session, escalations).values(**values).on_conflict_do_nothing()
    if not session.execute(insert).rowcount:
        return False
    if Tier.from_label(row["tier"]) >= Tier.URGENT:
        open_alert(session, _alert_for(values))
    if not row["conversation_id"].startswith(PROBE_PREFIX):
        _count(session, values)
    return True


def _alert_for(escalation: Mapping[str, Any]) -> Alert:
    queue = Queue.CLINICAL
    if escalation["conversation_id"].startswith(PROBE_PREFIX):
        queue = Queue.PROBE
    elif escalation["category"] == Category.MISCONDUCT.value:
        queue = Queue.MISCONDUCT
    return Alert(
        id=escalation["id"],
        kind=AlertKind.CRISIS,
        queue=queue,
        tier=Tier.from_label(escalation["tier"]),
        conversation_id=escalation["conversation_id"],
        created_at=escalation["created_at"],
        due_at=escalation["created_at"],
    )


def _undelivered(row: Mapping[str, Any]) -> Alert:
    return new_alert(
        AlertKind.UNDELIVERED,
        name=f"{row['conversation_id']} {row['message_id']}",
        now=datetime.fromisoformat(row["at"]),
        conversation_id=row["conversation_id"],
    )


def _count(session: Session, escalation: Mapping[str, Any]) -> None:
    insert = insert_statement(session, referral_counts).values(
        year=escalation["created_at"].year,
        tier=escalation["tier"],
        category=escalation["category"],
        channel=escalation["channel"],
        count=1,
    )
    session.execute(
        insert.on_conflict_do_update(
            index_elements=["year", "tier", "category", "channel"],
            set_={"count": referral_counts.c.count + 1},
        )
    )


def _save_state(session: Session, row: Mapping[str, Any]) -> None:
    """Keep the state unless a later one stands there. Versions decide, because clocks jump."""
    values = {**row, "updated_at": datetime.fromisoformat(row["updated_at"])}
    insert = insert_statement(session, safety_states).values(**values)
    session.execute(
        insert.on_conflict_do_update(
            index_elements=["conversation_id"],
            set_={key: values[key] for key in ("updated_at", "tier", "state", "version")},
            where=safety_states.c.version <= values["version"],
        )
    )
