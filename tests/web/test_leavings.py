"""Ratings and requests for a call: checked, encrypted, told to staff, erased."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from cryptography.fernet import Fernet, MultiFernet

from clinic.database import Database
from clinic.retention import Retention
from safety import outbox
from safety.alert import AlertKind, Queue
from safety.staff_texts import shared_staff_texts
from tests.assistant import Assistant, Visitor
from visitors import callbacks, retention
from visitors.contact import Contact, check_contact
from visitors.errors import DetailWrong, NoSuchCallback
from visitors.feedback import Rating, save_rating

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
CIPHER = MultiFernet([Fernet(Fernet.generate_key())])
ANN = Contact(name="Ann Example", phone="212 555 0147", best_time="noon", safe_to_call=True)


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"name": "Ann", "phone": "212-555-0147"}, ""),
        ({"name": "Ann", "phone": "+44 20 7946 0018"}, ""),
        ({"name": "Ann", "email": "ann@mail.example"}, ""),
        ({"name": " ", "phone": "212-555-0147"}, "name"),
        ({"name": "Ann"}, "phone"),
        ({"name": "Ann", "phone": "12"}, "phone"),
        ({"name": "Ann", "phone": "call me"}, "phone"),
        ({"name": "Ann", "email": "ann@mail"}, "email"),
        ({"name": "Ann", "email": "ann@mail.example\nBcc: all@mail.example"}, "email"),
        ({"name": "A" * 101, "phone": "212-555-0147"}, "name"),
    ],
)
def test_contact_is_checked(given: dict[str, str], wrong: str) -> None:
    """A name, and a number or address that can be used; the wrong part is named."""
    if not wrong:
        checked = check_contact(Contact(**given), region="US")
        assert checked.phone.startswith("+") or checked.email
        return
    with pytest.raises(DetailWrong) as raised:
        check_contact(Contact(**given), region="US")
    assert raised.value.part == wrong


def _add(database: Database, request: str = "r1", queue: Queue = Queue.CLINICAL) -> bool:
    with database.session() as session:
        return callbacks.add_callback(
            session, ANN, conversation_id="web-1", request_id=request, queue=queue,
            cipher=CIPHER, now=NOW,
        )  # fmt: skip


def test_request_is_stored_once_with_its_alert(database: Database) -> None:
    """The same request twice is one; its page holds nothing of the person."""
    assert _add(database)
    assert not _add(database)
    with database.session() as session:
        alert = outbox.claim(session, NOW)
        assert alert is not None
        assert alert.kind is AlertKind.CALLBACK
        title, body = shared_staff_texts().page(alert, "https://chat.example/alerts/x")
        assert "Ann" not in title + body
        card = shared_staff_texts().card(
            alert, channel="", lines={"emergency": "911", "crisis_reach": "call 988"}
        )
        assert any("kap callbacks show" in step for step in card.steps)
        assert outbox.claim(session, NOW) is None


def test_staff_look_and_close(database: Database) -> None:
    """Looking is written down and ends the paging; closing takes it off the list."""
    _add(database)
    with database.session() as session:
        line = callbacks.list_callbacks(session)[0]
        found = callbacks.show_callback(session, line.id[:8], actor="Dana", now=NOW, cipher=CIPHER)
        assert found.contact is not None
        assert found.contact.name == "Ann Example"
        assert outbox.claim(session, NOW) is None
        assert callbacks.close_callback(session, line.id[:8], actor="Dana", now=NOW)
        assert not callbacks.close_callback(session, line.id[:8], actor="Lee", now=NOW)
        assert callbacks.list_callbacks(session) == []
        assert callbacks.list_callbacks(session, everything=True)[0].closed_by == "Dana"
        with pytest.raises(NoSuchCallback):
            callbacks.show_callback(session, "ffffffff", actor="D", now=NOW, cipher=CIPHER)


def test_people_who_reported_staff_are_listed_apart(database: Database) -> None:
    """Their request reaches only who takes reports about staff."""
    _add(database, queue=Queue.MISCONDUCT)
    with database.session() as session:
        assert callbacks.list_callbacks(session) == []
        assert len(callbacks.list_callbacks(session, queue=Queue.MISCONDUCT)) == 1
        alert = outbox.claim(session, NOW)
        assert alert is not None
        assert alert.queue is Queue.MISCONDUCT


def _rating(**changed: Any) -> Rating:
    values: dict[str, Any] = {
        "conversation_id": "web-1", "reply_id": "0" * 16, "channel": "web", "outcome": "answered",
        "topic": "side_effects", "revision": 3, "helpful": True, "reason": "clear",
        "created_at": NOW,
    }  # fmt: skip
    return Rating(**values | changed)


def test_everything_ends(database: Database) -> None:
    """At its time a rating loses words and conversation, and a request for a call goes."""
    _add(database)
    with database.session() as session:
        save_rating(session, _rating(), CIPHER)
        save_rating(session, _rating(helpful=False, reason=""), CIPHER)
        retention.erase_old(session, Retention(), NOW + timedelta(days=31))
        rows = session.execute("SELECT helpful, conversation_id, reason FROM feedback").all()
        assert [tuple(row) for row in rows] == [(0, None, None)]
        assert len(callbacks.list_callbacks(session)) == 1
        retention.erase_old(session, Retention(), NOW + timedelta(days=91))
        assert callbacks.list_callbacks(session, everything=True) == []
        assert session.execute("SELECT count(*) FROM alerts").scalar_one() == 0


def test_forgetting_a_conversation(database: Database) -> None:
    """Its ratings go; its request for a call stays without the link."""
    _add(database)
    with database.session() as session:
        save_rating(session, _rating(), CIPHER)
        retention.forget_conversation(session, "web-1")
        assert session.execute("SELECT count(*) FROM feedback").scalar_one() == 0
        row = session.execute("SELECT conversation_id FROM callbacks").one()
        assert row.conversation_id is None


@pytest.mark.slow
def test_over_http(visitor: Visitor, http: httpx.Client, server: Assistant) -> None:
    """Rated and asked for: stored without a plain word; what is wrong is named."""
    reply = visitor.say("what is bdnf?")[0]
    rating = {"reply_id": reply["id"], "helpful": True, "reason": "marmalade"}
    assert http.post("/web/feedback", json=rating, headers=visitor.headers).status_code == 200
    unknown = {**rating, "reply_id": "0" * 16}
    answer = http.post("/web/feedback", json=unknown, headers=visitor.headers)
    assert (answer.status_code, answer.json()["field"]) == (404, "reply_id")
    call = {
        "request_id": "r9", "name": "Zanzibar", "email": "z@mail.example", "safe_to_call": True,
        "voicemail": True, "consent": True,
    }  # fmt: skip
    for _ in range(2):
        answer = http.post("/web/callbacks", json=call, headers=visitor.headers)
        assert answer.status_code == 201
    answer = http.post("/web/callbacks", json={**call, "consent": False}, headers=visitor.headers)
    assert answer.json()["field"] == "consent"
    for secret in (b"marmalade", b"Zanzibar"):
        assert secret not in server.database_file.read_bytes()
        assert secret.decode() not in server.logs()
