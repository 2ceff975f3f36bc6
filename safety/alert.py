"""The values that alerting speaks in. Pure."""

from __future__ import annotations

import enum
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from safety.assessment import Tier

LONGEST_WAIT = timedelta(hours=1)
"""No alert is ever put off for longer. A later due time shows that a clock jumped."""
PROBE_PREFIX = "probe-"
"""Conversations that the synthetic probe leads; people's ids are made by other prefixes."""


class Queue(enum.StrEnum):
    """Whom an alert is for."""

    CLINICAL = "clinical"
    """The on-call people."""
    MISCONDUCT = "misconduct"
    """Somebody outside the treating team: reports about the clinic's own staff."""
    PROBE = "probe"
    """Nobody: the worker's own test of the chain."""


class AlertKind(enum.StrEnum):
    """Why there is an alert."""

    CRISIS = "crisis"
    UNDELIVERED = "undelivered"
    """A crisis reply could not be handed to the person."""
    BROKEN = "broken"
    """The synthetic probe failed: alerts or replies may not work."""
    CALLBACK = "callback"
    """Somebody left a number or an address and asks for a call."""
    TEST = "test"


class AlertState(enum.StrEnum):
    """How far an alert has come."""

    QUEUED = "queued"
    DELIVERED = "delivered"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


OPEN = (AlertState.QUEUED.value, AlertState.DELIVERED.value)


@dataclass(frozen=True, kw_only=True)
class Alert:
    """One row of the outbox. Holds nothing that a person wrote."""

    id: str
    kind: AlertKind
    queue: Queue
    tier: Tier
    conversation_id: str
    created_at: datetime
    due_at: datetime
    state: AlertState = AlertState.QUEUED
    pages: int = 0
    failures: int = 0
    acknowledged_by: str | None = None

    @property
    def page_id(self) -> str:
        """The same for every attempt to send one page, so that receivers can drop repeats."""
        return f"{self.id[:16]}-{self.pages + 1}"


def new_alert(
    kind: AlertKind,
    *,
    name: str,
    now: datetime,
    conversation_id: str = "",
    queue: Queue = Queue.CLINICAL,
    tier: Tier = Tier.EMERGENCY,
) -> Alert:
    """An alert that no escalation stands behind; the same kind and name give the same id."""
    digest = hashlib.sha256(f"{kind.value}\x00{name}".encode()).hexdigest()
    return Alert(
        id=digest,
        kind=kind,
        queue=queue,
        tier=tier,
        conversation_id=conversation_id,
        created_at=now,
        due_at=now,
    )
