"""Which conversation a phone number has, and whether its owner wants texts.

The number itself is not stored. While the database is away, this process remembers.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from bot.channels.pseudonym import NumberPseudonyms
from bot.tables import sms_consents, sms_threads
from clinic.database import Database, insert_statement
from clinic.errors import DatabaseAway

PREFIX = "sms-"
_MOST_REMEMBERED = 20_000


@dataclass(frozen=True, kw_only=True)
class Thread:
    """One number's conversation."""

    conversation_id: str
    is_new: bool = False
    """True at the first text, and at the first one after the conversation was erased."""
    opted_out: bool = False


@dataclass(frozen=True)
class _Consent:
    pseudonym: str
    timestamp: float
    opted_out: bool
    source: str


class Threads:
    """Finds threads and keeps consent. Never raises."""

    def __init__(self, database: Database, pseudonyms: NumberPseudonyms) -> None:
        self._database = database
        self._pseudonyms = pseudonyms
        self._known: OrderedDict[str, Thread] = OrderedDict()
        self._unsaved: list[_Consent] = []
        self._unwritten: dict[tuple[str, ...], tuple[str, float]] = {}

    async def of(self, number: str, now: datetime) -> Thread:
        """The number's thread. A pseudonym under an older key finds it too, and is renewed."""
        names = self._pseudonyms.of(number)
        try:
            thread = await self._database.read(lambda session: _read(session, names), urgent=True)
        except DatabaseAway:
            new = Thread(conversation_id=PREFIX + names[0], is_new=True)
            thread = self._known.get(names[0], new)
        else:
            if names in self._unwritten:
                thread = replace(thread, is_new=False)
            await self._keep(names, thread.conversation_id, now)
        for waiting in self._unsaved:
            if waiting.pseudonym in names:
                thread = replace(thread, opted_out=waiting.opted_out)
        self._remember(names[0], thread)
        return thread

    async def opt(self, number: str, *, out: bool, source: str, now: datetime) -> None:
        """Write down that the number's owner said stop or start; honoured from now on."""
        name = self._pseudonyms.of(number)[0]
        if name in self._known:
            self._known[name] = replace(self._known[name], opted_out=out)
        self._unsaved.append(_Consent(name, now.timestamp(), out, source))
        await self.flush()

    async def flush(self) -> None:
        """Offer what the database has not taken yet to it, in order."""
        if self._unwritten:
            await self._write_threads(list(self._unwritten))
        waiting = list(self._unsaved)
        if not waiting:
            return
        try:
            await self._database.write(lambda session: _write(session, waiting), urgent=True)
        except DatabaseAway:
            return
        self._unsaved = [each for each in self._unsaved if each not in waiting]

    async def _keep(self, names: tuple[str, ...], conversation_id: str, now: datetime) -> None:
        self._unwritten[names] = (conversation_id, now.timestamp())
        if len(self._unwritten) > _MOST_REMEMBERED:
            self._unwritten.pop(next(iter(self._unwritten)))
        await self._write_threads([names])

    async def _write_threads(self, waiting: Sequence[tuple[str, ...]]) -> None:
        rows = [(names, *self._unwritten[names]) for names in waiting]
        try:
            await self._database.write(lambda session: _write_threads(session, rows))
        except DatabaseAway:
            return
        for names, *row in rows:
            if self._unwritten.get(names) == tuple(row):
                del self._unwritten[names]

    def _remember(self, name: str, thread: Thread) -> None:
        self._known[name] = replace(thread, is_new=False)
        self._known.move_to_end(name)
        if len(self._known) > _MOST_REMEMBERED:
            self._known.popitem(last=False)


def conversation_of(session: Session, names: Sequence[str]) -> str | None:
    """The conversation of a number with these pseudonyms; None when it has none."""
    known = session.execute(
        select(sms_threads.c.pseudonym, sms_threads.c.conversation_id).where(
            sms_threads.c.pseudonym.in_(names)
        )
    )
    found = {row.pseudonym: row.conversation_id for row in known}
    return next((found[name] for name in names if name in found), None)


def write_consent(session: Session, name: str, *, out: bool, source: str, timestamp: float) -> None:
    """Write down that a number's owner said stop or start."""
    session.execute(
        insert(sms_consents).values(
            pseudonym=name, timestamp=timestamp, opted_out=out, source=source
        )
    )


def _read(session: Session, names: Sequence[str]) -> Thread:
    known = conversation_of(session, names)
    consent = _consent(session, names)
    return Thread(
        conversation_id=known or PREFIX + names[0],
        is_new=known is None,
        opted_out=bool(consent and consent.opted_out),
    )


def _consent(session: Session, names: Sequence[str]) -> Row | None:
    row: Row | None = session.execute(
        select(sms_consents)
        .where(sms_consents.c.pseudonym.in_(names))
        .order_by(sms_consents.c.timestamp.desc(), sms_consents.c.id.desc())
        .limit(1)
    ).first()
    return row


def _write_threads(session: Session, rows: Sequence[tuple[tuple[str, ...], str, float]]) -> None:
    for names, conversation_id, timestamp in rows:
        _write_thread(session, names, conversation_id, timestamp)


def _write_thread(
    session: Session, names: Sequence[str], conversation_id: str, timestamp: float
) -> None:
    """Under the newest pseudonym, so that older keys can go one day."""
    row = {"pseudonym": names[0], "conversation_id": conversation_id, "timestamp": timestamp}
    session.execute(
        insert_statement(session, sms_threads)
        .values(**row)
        .on_conflict_do_update(index_elements=["pseudonym"], set_={"timestamp": timestamp})
    )
    consent = _consent(session, names)
    if consent is not None and consent.pseudonym != names[0]:
        write_consent(
            session, names[0], out=consent.opted_out, source=consent.source,
            timestamp=consent.timestamp,
        )  # fmt: skip


def _write(session: Session, waiting: Sequence[_Consent]) -> None:
    for each in waiting:
        write_consent(
            session,
            each.pseudonym,
            out=each.opted_out,
            source=each.source,
            timestamp=each.timestamp,
        )
