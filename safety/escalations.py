"""The record of a crisis message: written before the reply goes out, and exactly once."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from cryptography.fernet import InvalidToken, MultiFernet
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from clinic.database import Database
from clinic.errors import DatabaseAway
from safety.alert import Alert
from safety.assessment import Assessment, Tier
from safety.casework import newest_alert
from safety.errors import RecordNotWritten
from safety.models import safety_states
from safety.record_rows import add_escalation, write_rows
from safety.spool import Spool
from safety.state import SafetyState

logger = logging.getLogger(__name__)

_MEMORY = 20_000


@dataclass(frozen=True, kw_only=True)
class Escalation:
    """One crisis message, as staff will see it."""

    conversation_id: str
    message_id: str
    channel: str
    assessment: Assessment
    transcript: str
    """What the person wrote; stored encrypted, and not at all for a check-in."""
    created_at: datetime
    contact: str = ""
    """The person's phone number, where the channel knows it; kept as the transcript is."""

    @property
    def id(self) -> str:
        """The same for every attempt to record the same message."""
        name = f"{self.conversation_id}\x00{self.message_id}"
        return hashlib.sha256(name.encode()).hexdigest()


class EscalationLog:
    """Writes escalations and safety states together; the spool file stands in for the database.

    The process remembers what the database did not take, so that safety mode holds while it is
    away; a restart in that time reads it back from the spool file.
    """

    def __init__(self, database: Database, cipher: MultiFernet, spool: Spool) -> None:
        self._database = database
        self._cipher = cipher
        self._spool = spool
        self._remembered: OrderedDict[str, SafetyState] = OrderedDict()
        self._unsaved: set[str] = set()

    async def state_of(self, conversation_id: str) -> SafetyState:
        """Where the conversation stands; what this process remembers when the database is away."""
        if conversation_id in self._unsaved:
            return self._remembered[conversation_id]
        try:
            state = await self._database.read(lambda session: self._read(session, conversation_id))
        except DatabaseAway:
            return self._remembered.get(conversation_id, SafetyState())
        if state.in_safety_mode or conversation_id in self._remembered:
            self._remember(conversation_id, state)
        return state

    async def record(
        self, conversation_id: str, state: SafetyState, escalation: Escalation | None
    ) -> bool:
        """Commit the new state and, with it, the escalation. Never raises.

        Returns False when neither database nor spool took it; the person is answered all the same.
        """
        now = datetime.now(UTC)
        state = replace(state, version=state.version + 1)
        self._remember(conversation_id, state)
        rows = self._rows(conversation_id, state, escalation, now)
        if await self._taken(rows):
            self._unsaved.discard(conversation_id)
            return True
        self._unsaved.add(conversation_id)
        return await self._spooled(rows)

    async def keep(self, conversation_id: str, state: SafetyState) -> None:
        """Save a state outside safety mode: worth a write, not worth a wait or the spool file."""
        state = replace(state, version=state.version + 1)
        rows = self._rows(conversation_id, state, None, datetime.now(UTC))
        try:
            await self._database.write(lambda session: write_rows(session, rows))
        except DatabaseAway:
            logger.info("a conversation's notice times were not saved")

    async def alert_of(self, conversation_id: str) -> Alert | None:
        """The alert that the conversation opened last; None without one, or without a database."""
        try:
            return await self._database.read(lambda session: newest_alert(session, conversation_id))
        except DatabaseAway:
            return None

    async def report_undelivered(self, conversation_id: str, message_id: str) -> None:
        """Alert staff that a crisis reply could not be handed to the person. Never raises."""
        at = datetime.now(UTC).isoformat()
        row = {"conversation_id": conversation_id, "message_id": message_id, "at": at}
        rows = {"undelivered": row}
        if not await self._taken(rows):
            await self._spooled(rows)

    def record_now(self, escalation: Escalation) -> bool:
        """Write one escalation from synchronous code; True when it was new."""
        row = self._row(escalation)
        with self._database.session(writing=True) as session:
            return add_escalation(session, row)

    async def replay(self) -> int:
        """Give the spool's records to the database, oldest first; number of records moved.

        Raises DatabaseAway while the database still refuses them.
        """
        replayed: set[str] = set()

        def write(lines: list[str]) -> None:
            with self._database.session(writing=True) as session:
                for line in lines:
                    rows = json.loads(line)
                    write_rows(session, rows)
                    if rows.get("state"):
                        replayed.add(rows["state"]["conversation_id"])

        try:
            count = await asyncio.to_thread(self._spool.replay, write)
        except SQLAlchemyError as error:
            raise DatabaseAway(type(error).__name__) from None
        self._unsaved -= replayed
        return count

    async def _taken(self, rows: Mapping[str, Any]) -> bool:
        try:
            await self._database.write(lambda session: write_rows(session, rows), urgent=True)
        except DatabaseAway:
            return False
        return True

    async def _spooled(self, rows: Mapping[str, Any]) -> bool:
        try:
            await asyncio.to_thread(self._spool.append, json.dumps(rows))
        except RecordNotWritten:
            logger.critical("safety record not written: database and spool both refused it")
            return False
        return True

    def _remember(self, conversation_id: str, state: SafetyState) -> None:
        self._remembered[conversation_id] = state
        self._remembered.move_to_end(conversation_id)
        while len(self._remembered) > _MEMORY:
            oldest, _ = self._remembered.popitem(last=False)
            self._unsaved.discard(oldest)

    def _read(self, session: Session, conversation_id: str) -> SafetyState:
        row = session.execute(
            select(safety_states.c.state, safety_states.c.version).where(
                safety_states.c.conversation_id == conversation_id
            )
        ).first()
        if row is None:
            return SafetyState()
        try:
            state = SafetyState.from_json(self._cipher.decrypt(row.state.encode()).decode())
        except (InvalidToken, ValueError, TypeError):
            logger.error("a safety state cannot be read: check KAP_TEXT_KEYS")
            state = self._remembered.get(conversation_id, SafetyState())
        return replace(state, version=row.version)

    def _rows(
        self,
        conversation_id: str,
        state: SafetyState,
        escalation: Escalation | None,
        now: datetime,
    ) -> dict[str, Any]:
        return {
            "state": {
                "conversation_id": conversation_id,
                "updated_at": now.isoformat(),
                "tier": state.tier.label,
                "version": state.version,
                "state": self._cipher.encrypt(state.to_json().encode()).decode(),
            },
            "escalation": self._row(escalation) if escalation else None,
        }

    def _row(self, escalation: Escalation) -> dict[str, Any]:
        found = escalation.assessment
        kept = found.tier >= Tier.URGENT
        return {
            "id": escalation.id,
            "created_at": escalation.created_at.isoformat(),
            "channel": escalation.channel,
            "conversation_id": escalation.conversation_id,
            "message_id": escalation.message_id,
            "tier": found.tier.label,
            "category": found.category.value,
            "rules": list(found.rules),
            "score": found.score,
            "transcript": self._sealed(escalation.transcript) if kept else None,
            "contact": self._sealed(escalation.contact) if kept else None,
        }

    def _sealed(self, text: str) -> str | None:
        return self._cipher.encrypt(text.encode()).decode() if text else None
