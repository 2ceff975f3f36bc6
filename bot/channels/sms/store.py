"""Every text of a person once: who is answering it, and what was answered, restarts included."""

from __future__ import annotations

import json
import logging
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from cryptography.fernet import InvalidToken, MultiFernet
from sqlalchemy import select, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from bot.channels.sms.provider import InboundText, Keyword
from bot.tables import sms_texts
from clinic.database import Database, insert_statement
from clinic.errors import DatabaseAway

logger = logging.getLogger(__name__)

CLAIM = 30.0
"""Seconds that a process may take to answer; after them another one does, or the same restarted."""
_MOST_REMEMBERED = 5_000
_RECENT = 6
"""Answers that a tapback may quote."""


class BeingAnswered(Exception):
    """Another process has this text in hand."""


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What a text was answered with."""

    texts: tuple[str, ...]
    safety: bool = False
    sent: bool = False
    """True when the texts went out on their own, and not in the answer to the webhook."""
    conversation_id: str = ""


class TextStore:
    """Claims, answers and remembers. Words are encrypted; the number goes with the answer."""

    def __init__(self, database: Database, cipher: MultiFernet) -> None:
        self._database = database
        self._cipher = cipher
        self._recent: OrderedDict[str, Answered] = OrderedDict()
        self._unsaved: dict[str, tuple[str, float]] = {}

    async def claim(
        self, text: InboundText, conversation_id: str, now: datetime
    ) -> Answered | None:
        """What the text was answered with before; None when it is ours to answer now.

        Raises BeingAnswered. Without a database only this process's memory is asked.
        """
        if text.id in self._recent:
            return self._recent[text.id]
        row = {
            "id": text.id,
            "conversation_id": conversation_id,
            "timestamp": now.timestamp(),
            "claimed_until": now.timestamp() + CLAIM,
            "answered": False,
            "data": self._sealed(asdict(text)),
        }
        try:
            known = await self._database.write(lambda session: _claim(session, row), urgent=True)
        except DatabaseAway:
            return None
        return self._answer_in(known) if known is not None else None

    async def keep(
        self, text: InboundText, conversation_id: str, answered: Answered, now: datetime
    ) -> None:
        """Remember an answer for when the text is delivered again. Never raises."""
        self._recent[text.id] = answered
        self._recent.move_to_end(text.id)
        if len(self._recent) > _MOST_REMEMBERED:
            oldest, _ = self._recent.popitem(last=False)
            self._unsaved.pop(oldest, None)
        self._unsaved[text.id] = (conversation_id, now.timestamp())
        await self._save(text.id)

    async def flush(self) -> None:
        """Offer what the database has not taken yet to it."""
        for text_id in list(self._unsaved):
            await self._save(text_id)

    async def abandoned(self, since: datetime) -> list[InboundText]:
        """Texts that nobody has answered, whose claim ran out before `since`; now ours."""
        try:
            rows = await self._database.write(
                lambda session: _take_over(session, since.timestamp())
            )
        except DatabaseAway:
            return []
        found = [self._text_in(row) for row in rows]
        return [text for text in found if text is not None]

    async def recent(self, conversation_id: str) -> tuple[str, ...] | None:
        """Our last texts of a conversation; None when the database is away."""
        try:
            rows = await self._database.read(lambda session: _recent(session, conversation_id))
        except DatabaseAway:
            return None
        return tuple(said for row in rows for said in self._answer_in(row).texts)

    async def knows(self, text_id: str) -> bool:
        """Whether the text was answered before. DatabaseAway gets out."""
        row = await self._database.read(lambda session: _row(session, text_id))
        return row is not None and bool(row.answered)

    async def _save(self, text_id: str) -> None:
        answered = self._recent[text_id]
        conversation_id, timestamp = self._unsaved[text_id]
        row = {
            "id": text_id,
            "conversation_id": conversation_id,
            "timestamp": timestamp,
            "claimed_until": timestamp,
            "answered": True,
            "data": self._sealed(asdict(answered)),
        }
        try:
            await self._database.write(lambda session: _save(session, row))
        except DatabaseAway:
            return
        self._unsaved.pop(text_id, None)

    def _sealed(self, values: object) -> str:
        return self._cipher.encrypt(json.dumps(values).encode()).decode()

    def _opened(self, data: str) -> dict[str, object]:
        opened: dict[str, object] = json.loads(self._cipher.decrypt(data.encode()))
        return opened

    def _answer_in(self, row: Row) -> Answered:
        try:
            values = self._opened(row.data)
        except InvalidToken:
            logger.error("a stored text cannot be read: check KAP_TEXT_KEYS")
            return Answered(texts=())
        texts = values["texts"]
        return Answered(
            texts=tuple(map(str, texts)) if isinstance(texts, list) else (),
            safety=bool(values["safety"]),
            sent=bool(values["sent"]),
            conversation_id=row.conversation_id,
        )

    def _text_in(self, row: Row) -> InboundText | None:
        try:
            values = self._opened(row.data)
        except InvalidToken:
            logger.error("a stored text cannot be read: check KAP_TEXT_KEYS")
            return None
        media, keyword = values["media"], values["keyword"]
        return InboundText(
            id=str(values["id"]),
            sender=str(values["sender"]),
            recipient=str(values["recipient"]),
            body=str(values["body"]),
            media=tuple(map(str, media)) if isinstance(media, list) else (),
            keyword=Keyword(str(keyword)) if keyword else None,
        )


def _claim(session: Session, row: dict[str, object]) -> Row | None:
    """None when the row is new or its claim ran out, and ours now; else the answered row."""
    added = insert_statement(session, sms_texts).values(**row).on_conflict_do_nothing()
    if session.execute(added).rowcount:
        return None
    taken = session.execute(
        update(sms_texts)
        .where(sms_texts.c.id == row["id"], sms_texts.c.answered.is_(False))
        .where(sms_texts.c.claimed_until < row["timestamp"])
        .values(claimed_until=row["claimed_until"])
    )
    if taken.rowcount:
        return None
    known = _row(session, str(row["id"]))
    if known is None or not known.answered:
        raise BeingAnswered
    return known


def _row(session: Session, text_id: str) -> Row | None:
    row: Row | None = session.execute(select(sms_texts).where(sms_texts.c.id == text_id)).first()
    return row


def _take_over(session: Session, timestamp: float) -> list[Row]:
    left = (sms_texts.c.answered.is_(False), sms_texts.c.claimed_until < timestamp)
    rows = list(session.execute(select(sms_texts).where(*left).order_by(sms_texts.c.timestamp)))
    return [
        row
        for row in rows
        if session.execute(
            update(sms_texts)
            .where(sms_texts.c.id == row.id, *left)
            .values(claimed_until=time.time() + CLAIM)
        ).rowcount
    ]


def _recent(session: Session, conversation_id: str) -> Sequence[Row]:
    query = (
        select(sms_texts)
        .where(sms_texts.c.conversation_id == conversation_id, sms_texts.c.answered.is_(True))
        .order_by(sms_texts.c.timestamp.desc())
        .limit(_RECENT)
    )
    return session.execute(query).all()


def _save(session: Session, row: dict[str, object]) -> None:
    insert = insert_statement(session, sms_texts).values(**row)
    session.execute(
        insert.on_conflict_do_update(
            index_elements=["id"],
            set_={key: row[key] for key in ("claimed_until", "answered", "data")},
        )
    )
