"""Pseudonyms, threads and consent: key rotation, an absent database, and what is stored."""

from __future__ import annotations

import asyncio
from datetime import datetime

from sqlalchemy import select, text

from bot.channels.pseudonym import NumberPseudonyms
from bot.channels.sms.threads import Threads
from bot.tables import sms_consents
from clinic.database import Database
from clinic.secret import Secret

NUMBER = "+14155550100"
OLD, NEW = Secret("o" * 40), Secret("n" * 40)


def _threads(database: Database, *keys: Secret) -> Threads:
    return Threads(database, NumberPseudonyms(keys))


async def test_one_number_has_one_conversation(database: Database, clock: datetime) -> None:
    """The same number finds the same conversation, another number another one."""
    threads = _threads(database, OLD)
    first = await threads.of(NUMBER, clock)
    again = await threads.of(NUMBER, clock)
    other = await threads.of("+14155550101", clock)
    assert first.is_new
    assert not again.is_new
    assert first.conversation_id == again.conversation_id != other.conversation_id


async def test_a_new_key_keeps_open_conversations(database: Database, clock: datetime) -> None:
    """After a rotation the old conversation goes on, even when the old key is gone later."""
    before = await _threads(database, OLD).of(NUMBER, clock)
    rotated = await _threads(database, NEW, OLD).of(NUMBER, clock)
    assert rotated.conversation_id == before.conversation_id
    assert not rotated.is_new
    alone = await _threads(database, NEW).of(NUMBER, clock)
    assert alone.conversation_id == before.conversation_id


async def test_a_new_key_keeps_consent(database: Database, clock: datetime) -> None:
    """Who said stop under the old key has said stop under the new one."""
    await _threads(database, OLD).opt(NUMBER, out=True, source="word", now=clock)
    assert (await _threads(database, NEW, OLD).of(NUMBER, clock)).opted_out
    assert (await _threads(database, NEW).of(NUMBER, clock)).opted_out, "the old key is gone"


async def test_consent_has_time_and_source(database: Database, clock: datetime) -> None:
    """Every stop and start stays written down; the newest one counts."""
    threads = _threads(database, OLD)
    await threads.opt(NUMBER, out=True, source="sentence", now=clock)
    await threads.opt(NUMBER, out=False, source="word", now=clock)
    assert not (await threads.of(NUMBER, clock)).opted_out
    with database.session() as session:
        rows = session.execute(select(sms_consents).order_by(sms_consents.c.id)).all()
    assert [(row.opted_out, row.source) for row in rows] == [(True, "sentence"), (False, "word")]
    assert {row.timestamp for row in rows} == {clock.timestamp()}


async def test_stop_counts_while_the_database_is_away(database: Database, clock: datetime) -> None:
    """What the database does not take is honoured at once and written when it is back."""
    threads = _threads(database, OLD)
    await threads.of(NUMBER, clock)
    with database.engine.connect() as connection:
        connection.execute(text("ALTER TABLE sms_consents RENAME TO away"))
        connection.commit()
    await threads.opt(NUMBER, out=True, source="word", now=clock)
    assert (await threads.of(NUMBER, clock)).opted_out
    with database.engine.connect() as connection:
        connection.execute(text("ALTER TABLE away RENAME TO sms_consents"))
        connection.commit()
    await threads.flush()
    assert (await _threads(database, OLD).of(NUMBER, clock)).opted_out


async def test_a_thread_is_written_later(database: Database, clock: datetime) -> None:
    """Where the database takes no writes, the thread waits, and is new to the person once."""
    threads = _threads(database, OLD)
    with database.engine.connect() as connection:
        connection.execute(
            text(
                "CREATE TRIGGER no BEFORE INSERT ON sms_threads"
                " BEGIN SELECT RAISE(ABORT, 'no'); END"
            )
        )
        connection.commit()
    assert (await threads.of(NUMBER, clock)).is_new
    assert not (await threads.of(NUMBER, clock)).is_new
    with database.engine.connect() as connection:
        connection.execute(text("DROP TRIGGER no"))
        connection.commit()
    await asyncio.sleep(1.1)  # writes rest after two failures
    await threads.flush()
    assert not (await _threads(database, OLD).of(NUMBER, clock)).is_new


async def test_no_number_is_stored(database: Database, clock: datetime) -> None:
    """Neither the number nor its digits stand in the file."""
    threads = _threads(database, OLD)
    await threads.of(NUMBER, clock)
    await threads.opt(NUMBER, out=True, source="word", now=clock)
    with database.engine.connect() as connection:
        dump = "\n".join(
            str(tuple(row))
            for table in ("sms_threads", "sms_consents")
            for row in connection.execute(text(f"SELECT * FROM {table}"))
        )
    assert dump
    assert "5550100" not in dump
