"""Every word a person sends is read for a crisis, whatever becomes of the request."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.assistant import Assistant, Visitor, text_of

pytestmark = pytest.mark.slow

CRISIS = "i want to kill myself"
CALL = {
    "request_id": "r1", "name": "Ann Example", "phone": "212-555-0147", "safe_to_call": True,
    "voicemail": False, "consent": True,
}  # fmt: skip


def _records(server: Assistant) -> int:
    return len(server.escalations())


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/web/messages", {"text": CRISIS}),
        ("/web/messages", {"text": 5, "note": CRISIS}),
        ("/web/messages", [CRISIS]),
        ("/web/messages", CRISIS),
        ("/web/sessions", {"region": CRISIS}),
        ("/web/sessions", {"language": 1, "why": {"deep": [CRISIS]}}),
        ("/web/feedback", {"reason": CRISIS}),
        ("/web/callbacks", {"note": CRISIS}),
        ("/web/region", {"note": CRISIS}),
    ],
)
def test_refused_words_are_read(
    http: httpx.Client, server: Assistant, path: str, body: Any
) -> None:
    """Without a session, or with a body of the wrong shape: refused, answered, recorded."""
    if path == "/web/sessions" and "region" in body:
        body = {"region": "XX", "said": CRISIS}
    token = {"Authorization": "Bearer made-up"}
    unique = f"{len(server.escalations())} times over, "
    body = _told(body, unique + CRISIS)
    before = _records(server)
    answer = http.post(path, json=body, headers=token)
    assert 400 <= answer.status_code < 500
    assert "988" in answer.json()["help"]
    assert "988" in text_of(answer.json()["replies"])
    assert _records(server) == before + 1


def _told(value: Any, text: str) -> Any:
    if isinstance(value, str):
        return text if value == CRISIS else value
    if isinstance(value, list):
        return [_told(each, text) for each in value]
    if isinstance(value, dict):
        return {key: _told(each, text) for key, each in value.items()}
    return value


def test_foreign_page_and_oversized_body_are_read(
    visitor: Visitor, http: httpx.Client, server: Assistant
) -> None:
    """A page that may not call, and a body beyond the limit, hide no crisis."""
    before = _records(server)
    headers = {**visitor.headers, "Origin": "https://elsewhere.example"}
    answer = http.post("/web/messages", json={"text": CRISIS}, headers=headers)
    assert answer.status_code == 403
    assert text_of(answer.json()["replies"])
    assert "access-control-allow-origin" not in answer.headers
    other = server.visitor()
    long = f"{CRISIS}. " + "it rained. " * 12_000
    answer = http.post("/web/messages", json={"text": long}, headers=other.headers)
    assert (answer.status_code, answer.json()["error"]) == (413, "too_large")
    assert "988" in text_of(answer.json()["replies"])
    assert _records(server) == before + 2


def test_rating_with_a_crisis(visitor: Visitor, http: httpx.Client, server: Assistant) -> None:
    """The reason is answered like a message, stays in the history, and starts safety mode."""
    reply = visitor.say("what is bdnf?")[0]
    before = _records(server)
    body = {"reply_id": reply["id"], "helpful": False, "reason": CRISIS}
    answer = http.post("/web/feedback", json=body, headers=visitor.headers).json()
    assert "988" in text_of(answer["replies"])
    assert _records(server) == before + 1
    history = http.get("/web/messages", headers=visitor.headers).json()
    assert history["safety_mode"] is True
    assert history["messages"][-1]["outcome"] == "crisis"
    assert CRISIS not in [row["text"] for row in history["messages"]]


@pytest.mark.parametrize("field", ["name", "best_time", "note", "email", "phone"])
def test_call_back_fields_are_read(
    visitor: Visitor, http: httpx.Client, server: Assistant, field: str
) -> None:
    """A crisis in any field is answered, whether or not the request can be stored."""
    before = _records(server)
    answer = http.post("/web/callbacks", json={**CALL, field: CRISIS}, headers=visitor.headers)
    assert answer.status_code == (400 if field in ("email", "phone") else 201)
    assert "988" in text_of(answer.json()["replies"])
    assert _records(server) == before + 1


def test_words_of_nobody_open_one_alert(http: httpx.Client, server: Assistant) -> None:
    """Crisis words without a session, twice from one client: two records, one alert to staff."""
    for number in range(2):
        http.post("/web/messages", json={"text": f"number {number}: {CRISIS}"})
    stray = "conversation_id LIKE 'stray-%'"
    assert server.rows(
        f"SELECT count(DISTINCT conversation_id) FROM escalations WHERE {stray}"
    ) == [(1,)]
    assert server.rows(f"SELECT count(*) FROM alerts WHERE {stray}") == [(1,)]
