"""Texts that go out on their own: tried again, given up, followed up, and never doubled."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text as sql

from bot.channels.sms.provider import DeliveryStatus, SendLater, SendRefused
from bot.channels.sms.sends import Letter, Sends, letters
from bot.channels.sms.threads import Threads
from clinic.database import Database
from tests.sms.flow.conftest import NUMBER, Carrier, Texter

QUESTION = "How does ketamine work?"


def _letters(*texts: str, safety: bool = False) -> tuple[Letter, ...]:
    return letters("x", conversation_id="sms-1", number=NUMBER, texts=texts, safety=safety)


def _rows(database: Database, query: str) -> list[tuple[Any, ...]]:
    with database.session() as session:
        return [tuple(row) for row in session.execute(sql(query))]


def _rename(database: Database, table: str, name: str) -> None:
    with database.session() as session:
        session.execute(sql(f"ALTER TABLE {table} RENAME TO {name}"))


async def test_in_order_and_once(
    sends: Sends, carrier: Carrier, clock: datetime, database: Database
) -> None:
    """Texts of a turn go out in order; the same ones queued again change nothing."""
    await sends.queue(_letters("One.", "Two."), clock)
    await sends.queue(_letters("One.", "Two."), clock)
    assert await sends.run_once(clock) == 2
    assert await sends.run_once(clock + timedelta(hours=1)) == 0
    assert [said for _, said, _ in carrier.sent] == ["One.", "Two."]
    assert _rows(database, "SELECT DISTINCT state, data FROM sms_sends") == [("sent", None)]


async def test_a_busy_provider_is_asked_again(
    sends: Sends, carrier: Carrier, clock: datetime
) -> None:
    """Not before it says, under the same id, and then no more."""
    carrier.trouble = [SendLater(30.0), SendLater(1.0)]
    await sends.queue(_letters("One."), clock)
    assert await sends.run_once(clock) == 0
    assert await sends.run_once(clock + timedelta(seconds=20)) == 0
    assert len(carrier.trouble) == 1
    assert await sends.run_once(clock + timedelta(seconds=40)) == 0
    assert await sends.run_once(clock + timedelta(minutes=5)) == 1
    assert len({send_id for _, _, send_id in carrier.sent}) == 1


@pytest.mark.parametrize(("safety", "alerts"), [(True, [("undelivered",)]), (False, [])])
async def test_a_refusal_is_final(
    safety: bool, alerts: list[tuple[str]], sends: Sends, carrier: Carrier, clock: datetime,
    database: Database,
) -> None:  # fmt: skip
    """It is not tried again; staff hear of it where the text was about danger."""
    carrier.trouble = [SendRefused(21211)]
    await sends.queue(_letters("One.", safety=safety), clock)
    await sends.run_once(clock)
    assert await sends.run_once(clock + timedelta(days=1)) == 0
    assert carrier.sent == []
    assert _rows(database, "SELECT kind FROM alerts") == alerts
    assert _rows(database, "SELECT error_code, data FROM sms_sends") == [(21211, None)]


async def test_a_blocked_number_has_said_stop(
    sends: Sends, carrier: Carrier, threads: Threads, clock: datetime
) -> None:
    """What the carrier knows of a stop, we know from then on."""
    carrier.trouble = [SendRefused(21610, opted_out=True)]
    await sends.queue(_letters("One."), clock)
    await sends.run_once(clock)
    assert (await threads.of(NUMBER, clock)).opted_out


async def test_delivery_reports(sends: Sends, clock: datetime, database: Database) -> None:
    """A report that a text about danger failed becomes one alert, however often it comes."""
    [letter] = _letters("One.", safety=True)
    await sends.queue([letter], clock)
    await sends.run_once(clock)
    await sends.note_status(DeliveryStatus(send_id=letter.id, status="delivered"), clock)
    assert _rows(database, "SELECT state FROM sms_sends") == [("delivered",)]
    for _ in range(2):
        failed = DeliveryStatus(send_id=letter.id, status="undelivered", error_code=30003)
        await sends.note_status(failed, clock)
    assert _rows(database, "SELECT state, error_code FROM sms_sends") == [("failed", 30003)]
    assert _rows(database, "SELECT kind FROM alerts") == [("undelivered",)]
    await sends.note_status(DeliveryStatus(send_id="unknown", status="failed"), clock)


async def test_a_crisis_reply_that_did_not_arrive(
    texter: Texter, database: Database, tmp_path: Path
) -> None:
    """Staff hear of it although the database was locked when the report came."""
    text = texter.text("I want to kill myself")
    send_ids = texter.post.send_ids(text, await texter.post.take(text))
    assert send_ids
    other = sqlite3.connect(tmp_path / "kap.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    failed = DeliveryStatus(send_id=send_ids[0], status="undelivered", error_code=30003)
    await texter.post.note_status(failed)
    other.close()
    await texter.post._log.replay()
    assert ("undelivered",) in _rows(database, "SELECT kind FROM alerts")


async def test_a_report_waits_for_the_database(
    texter: Texter, sends: Sends, clock: datetime, database: Database
) -> None:
    """Twilio reports once, so a report that cannot be looked up is kept."""
    [letter] = _letters("One.", safety=True)
    await sends.queue([letter], clock)
    _rename(database, "sms_sends", "away")
    await texter.post.note_status(DeliveryStatus(send_id=letter.id, status="failed"))
    _rename(database, "away", "sms_sends")
    await texter.post.do_chores()
    assert _rows(database, "SELECT kind FROM alerts") == [("undelivered",)]


async def test_a_slow_turn(
    texter: Texter, carrier: Carrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The webhook is answered in time with words that say so; the answer follows on its own."""
    monkeypatch.setattr("bot.channels.sms.post.WEBHOOK_LIMIT", 0.05)
    answer = texter.post._texting.answer

    async def slow(*values: Any, **more: Any) -> Any:
        await asyncio.sleep(0.5)
        return await answer(*values, **more)

    monkeypatch.setattr(texter.post._texting, "answer", slow)
    text = texter.text(QUESTION)
    held = (await texter.post.take(text)).texts
    assert "longer than usual" in held[0]
    assert (await texter.post.take(text)).texts == held
    await asyncio.wait(set(texter.post._later))
    await texter.post.do_chores()
    assert any("not private" in said for _, said, _ in carrier.sent)
    count = len(carrier.sent)
    assert (await texter.post.take(text)).texts == ()
    await texter.post.do_chores()
    assert len(carrier.sent) == count
