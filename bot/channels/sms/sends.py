"""Texts that go out on their own: kept until the provider has them, tried again, followed up."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.fernet import InvalidToken, MultiFernet
from sqlalchemy import select, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from bot.channels.sms.provider import DeliveryStatus, Provider, SendLater, SendRefused
from bot.channels.sms.threads import Threads
from bot.tables import sms_sends
from clinic.database import Database, insert_statement
from clinic.errors import DatabaseAway
from safety.escalations import EscalationLog

logger = logging.getLogger(__name__)

_LEASE = 60.0
_FIRST_WAIT = 2.0
_LONGEST_WAIT = 900.0
_MOST_ATTEMPTS = 12
_AT_ONCE = 50


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One text to send. `id` is the same for every attempt."""

    id: str
    conversation_id: str
    number: str
    text: str
    safety: bool
    """Staff are told when it does not arrive."""


def letters(
    name: str, *, conversation_id: str, number: str, texts: Sequence[str], safety: bool
) -> tuple[Letter, ...]:
    """The texts of one turn. The same `name` gives the same ids."""
    return tuple(
        Letter(
            id=hashlib.sha256(f"{name} {place}".encode()).hexdigest()[:32],
            conversation_id=conversation_id,
            number=number,
            text=text,
            safety=safety,
        )
        for place, text in enumerate(texts)
    )


class Sends:
    """Queues and sends. At least once: a process that dies after sending sends the id again."""

    def __init__(
        self,
        *,
        database: Database,
        cipher: MultiFernet,
        provider: Provider,
        threads: Threads,
        log: EscalationLog,
    ) -> None:
        self._database = database
        self._cipher = cipher
        self._provider = provider
        self._threads = threads
        self._log = log
        self._waiting: list[Letter] = []
        """What the database has not taken."""

    async def queue(self, added: Sequence[Letter], now: datetime) -> None:
        """Keep letters until they are sent. Never raises."""
        rows = [self._row(letter, now.timestamp(), place) for place, letter in enumerate(added)]
        try:
            await self._database.write(lambda session: _add(session, rows), urgent=True)
        except DatabaseAway:
            self._waiting.extend(added)

    async def run_once(self, now: datetime) -> int:
        """Send what is due, oldest first; number of letters that the provider took."""
        waiting, self._waiting = self._waiting, []
        await self.queue(waiting, now)
        try:
            rows = await self._database.write(lambda session: _claim(session, now.timestamp()))
        except DatabaseAway:
            return 0
        taken = 0
        for row in rows:
            taken += await self._send(row, now)
        return taken

    async def note_status(self, status: DeliveryStatus, now: datetime) -> None:
        """What became of a letter. DatabaseAway gets out, so that the provider tells us again."""
        row = await self._database.read(lambda session: _find(session, status.send_id))
        if row is None:
            return
        if status.has_failed:
            await self._fail(row, status.error_code, now)
        elif status.status == "delivered":
            await self._set(row.id, state="delivered")

    async def _send(self, row: Row, now: datetime) -> bool:
        try:
            values = json.loads(self._cipher.decrypt(row.data.encode()))
            await self._provider.send(values["number"], values["text"], send_id=row.id)
        except SendLater as later:
            await self._wait(row, later.after, now)
            return False
        except SendRefused as refused:
            if refused.opted_out:
                await self._threads.opt(values["number"], out=True, source="carrier", now=now)
            await self._fail(row, refused.code, now)
            return False
        except InvalidToken:
            logger.error("a waiting text cannot be read: check KAP_TEXT_KEYS")
            await self._fail(row, 0, now)
            return False
        await self._set(row.id, state="sent", data=None)
        return True

    async def _wait(self, row: Row, after: float, now: datetime) -> None:
        if row.attempts >= _MOST_ATTEMPTS:
            await self._fail(row, 0, now)
            return
        pause = min(max(after, _FIRST_WAIT * 2**row.attempts), _LONGEST_WAIT)
        await self._set(row.id, due_at=now.timestamp() + pause)

    async def _fail(self, row: Row, code: int, now: datetime) -> None:
        logger.error("a text was not delivered (code %d)", code)
        if row.safety and row.state != "failed":
            await self._log.report_undelivered(row.conversation_id, row.id)
        await self._set(row.id, state="failed", error_code=code, data=None)

    async def _set(self, send_id: str, **values: object) -> None:
        try:
            await self._database.write(
                lambda session: session.execute(
                    update(sms_sends).where(sms_sends.c.id == send_id).values(**values)
                ),
                urgent=True,
            )
        except DatabaseAway:
            logger.error("what became of a text was not written down")

    def _row(self, letter: Letter, timestamp: float, place: int) -> dict[str, object]:
        words = json.dumps({"number": letter.number, "text": letter.text})
        return {
            "id": letter.id,
            "conversation_id": letter.conversation_id,
            "timestamp": timestamp + place / 1000,
            "due_at": timestamp,
            "attempts": 0,
            "state": "waiting",
            "safety": letter.safety,
            "error_code": 0,
            "data": self._cipher.encrypt(words.encode()).decode(),
        }


def _add(session: Session, rows: list[dict[str, object]]) -> None:
    if rows:
        session.execute(insert_statement(session, sms_sends).on_conflict_do_nothing(), rows)


def _claim(session: Session, timestamp: float) -> list[Row]:
    due = (sms_sends.c.state == "waiting", sms_sends.c.due_at <= timestamp)
    rows = session.execute(
        select(sms_sends).where(*due).order_by(sms_sends.c.timestamp).limit(_AT_ONCE)
    ).all()
    return [
        row
        for row in rows
        if session.execute(
            update(sms_sends)
            .where(sms_sends.c.id == row.id, *due)
            .values(due_at=timestamp + _LEASE, attempts=row.attempts + 1)
        ).rowcount
    ]


def _find(session: Session, send_id: str) -> Row | None:
    row: Row | None = session.execute(select(sms_sends).where(sms_sends.c.id == send_id)).first()
    return row
