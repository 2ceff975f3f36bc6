"""What one conversation has shown so far, exactly as it was shown, in the order of the server.

Rasa's tracker cannot tell: help lines, notices and safety replies are put round its answers. Rows
are encrypted. While the database is away, they wait in memory.
"""

from __future__ import annotations

import json
import logging
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from cryptography.fernet import InvalidToken, MultiFernet
from sqlalchemy import func, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from bot.channels.web.shown import Shown
from bot.tables import web_messages
from clinic.database import Database, insert_statement
from clinic.errors import DatabaseAway

logger = logging.getLogger(__name__)

_MOST_CONVERSATIONS = 500
_MOST_REMEMBERED = 40
"""Messages of each conversation that stay in memory for when the database is away."""
_MOST_NUMBERS = 20_000


class History:
    """Append and read. Only `since` with nothing in memory lets DatabaseAway out."""

    def __init__(self, database: Database, cipher: MultiFernet) -> None:
        self._database = database
        self._cipher = cipher
        self._recent: OrderedDict[str, list[Shown]] = OrderedDict()
        self._unsaved: dict[str, dict[int, Shown]] = {}
        self._newest: OrderedDict[str, int] = OrderedDict()

    async def append(self, conversation_id: str, said: Iterable[Shown]) -> tuple[Shown, ...]:
        """Number the messages and store them; memory keeps what the database does not take."""
        start = max(time.time_ns() // 1000, self._newest.get(conversation_id, 0) + 1)
        shown = tuple(replace(each, number=start + place) for place, each in enumerate(said))
        self._remember(conversation_id, shown)
        self._note(conversation_id, shown[-1].number)
        waiting = {**self._unsaved.get(conversation_id, {}), **{s.number: s for s in shown}}
        self._unsaved[conversation_id] = waiting
        await self._save(conversation_id, waiting)
        return shown

    async def since(self, conversation_id: str, number: int = 0) -> list[Shown]:
        """Messages after `number`, oldest first."""
        try:
            rows = await self._database.read(
                lambda session: _read(session, conversation_id, number)
            )
        except DatabaseAway:
            if conversation_id not in self._recent:
                raise
            return [each for each in self._recent[conversation_id] if each.number > number]
        found = {row.number: self._opened(row) for row in rows}
        found |= {n: s for n, s in self._unsaved.get(conversation_id, {}).items() if n > number}
        shown = [each for _, each in sorted(found.items()) if each is not None]
        if number == 0:
            self._remember(conversation_id, shown, anew=True)
        return shown

    async def turn(self, conversation_id: str, message_id: str) -> list[Shown]:
        """A message that came before and its replies; empty when it is new, or nobody knows."""
        recent = self._recent.get(conversation_id, [])
        known = [each for each in recent if each.message_id == message_id]
        if known:
            return known
        try:
            rows, newest = await self._database.read(
                lambda session: _read_turn(session, conversation_id, message_id)
            )
        except DatabaseAway:
            return []
        self._note(conversation_id, newest)
        return [shown for row in rows if (shown := self._opened(row)) is not None]

    async def find(self, conversation_id: str, number: int) -> Shown | None:
        """One message; None when the conversation has no such one. DatabaseAway gets out."""
        shown = await self.since(conversation_id, number - 1)
        return shown[0] if shown and shown[0].number == number else None

    def drop(self, conversation_id: str) -> None:
        """Forget what memory holds of a conversation that was erased in the database."""
        self._recent.pop(conversation_id, None)
        self._unsaved.pop(conversation_id, None)

    async def flush(self) -> None:
        """Offer what waits to the database again."""
        for conversation_id, waiting in list(self._unsaved.items()):
            await self._save(conversation_id, waiting)

    async def _save(self, conversation_id: str, waiting: dict[int, Shown]) -> None:
        rows = [self._sealed(conversation_id, each) for each in waiting.values()]
        try:
            await self._database.write(lambda session: _write(session, rows))
        except DatabaseAway:
            return
        now = self._unsaved.pop(conversation_id, {})
        left = {number: each for number, each in now.items() if number not in waiting}
        if left:
            self._unsaved[conversation_id] = left

    def _note(self, conversation_id: str, number: int) -> None:
        """Later messages get higher numbers, even when the clock is put back."""
        self._newest[conversation_id] = max(number, self._newest.pop(conversation_id, 0))
        if len(self._newest) > _MOST_NUMBERS:
            self._newest.popitem(last=False)

    def _remember(
        self, conversation_id: str, shown: Iterable[Shown], *, anew: bool = False
    ) -> None:
        earlier = [] if anew else self._recent.get(conversation_id, [])
        self._recent[conversation_id] = [*earlier, *shown][-_MOST_REMEMBERED:]
        self._recent.move_to_end(conversation_id)
        while len(self._recent) > _MOST_CONVERSATIONS:
            oldest, _ = self._recent.popitem(last=False)
            if self._unsaved.pop(oldest, None):
                logger.error("the database is away and memory is full: oldest messages dropped")

    def _sealed(self, conversation_id: str, shown: Shown) -> dict[str, Any]:
        return {
            "conversation_id": conversation_id,
            "number": shown.number,
            "timestamp": shown.at.timestamp(),
            "sender": shown.sender,
            "message_id": shown.message_id,
            "data": self._cipher.encrypt(json.dumps(shown.content).encode()).decode(),
        }

    def _opened(self, row: Row) -> Shown | None:
        try:
            content = json.loads(self._cipher.decrypt(row.data.encode()))
        except InvalidToken:
            logger.error("a stored message cannot be read: check KAP_TEXT_KEYS")
            return None
        return Shown(
            number=row.number,
            sender=row.sender,
            at=datetime.fromtimestamp(row.timestamp, UTC),
            message_id=row.message_id,
            content=content,
        )


def _read(session: Session, conversation_id: str, number: int) -> list[Row]:
    return list(
        session.execute(
            select(web_messages)
            .where(web_messages.c.conversation_id == conversation_id)
            .where(web_messages.c.number > number)
            .order_by(web_messages.c.number)
        )
    )


def _read_turn(session: Session, conversation_id: str, message_id: str) -> tuple[list[Row], int]:
    mine = web_messages.c.conversation_id == conversation_id
    newest = session.execute(select(func.max(web_messages.c.number)).where(mine)).scalar_one()
    rows = session.execute(
        select(web_messages)
        .where(mine, web_messages.c.message_id == message_id)
        .order_by(web_messages.c.number)
    )
    return list(rows), newest or 0


def _write(session: Session, rows: list[dict[str, Any]]) -> None:
    if rows:
        session.execute(insert_statement(session, web_messages).on_conflict_do_nothing(), rows)
