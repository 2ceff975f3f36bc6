"""Messages come once, in order, and are there again after a reload, a restart or an erasure."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from bot.channels.web.description import suggestions
from tests.assistant import Assistant, Visitor, read_events, text_of, wait_until

pytestmark = pytest.mark.slow

CRISIS = "i want to kill myself"
QUESTION = "what are the side effects of ketamine?"


def test_history_is_what_was_shown(visitor: Visitor) -> None:
    """Ids, texts, sources and order of the history are those of the replies; help lines too."""
    said = [
        visitor.say(text, message_id=f"m{number}")
        for number, text in enumerate(["hello", QUESTION, "can you overdose on ketamine?", CRISIS])
    ]
    history = visitor.history()
    replies = [row for row in history if row["from"] == "assistant"]
    assert [row["id"] for row in replies] == [r["id"] for turn in said for r in turn]
    assert [row["text"] for row in replies] == [r["text"] for turn in said for r in turn]
    assert [row["id"] for row in history] == sorted(row["id"] for row in history)
    people = [row["message_id"] for row in history if row["from"] == "person"]
    assert people == ["m0", "m1", "m2", "m3"]
    answered = next(row for row in replies if row["outcome"] == "answered")
    assert answered["sources"]
    assert answered["revision"]
    assert answered["notice"]
    assert answered["feedback"] is True
    assert not any("score" in row for row in [*history, *replies])
    assert replies[-1]["feedback"] is False


def test_only_what_is_new(visitor: Visitor, http: httpx.Client) -> None:
    """`after` leaves out what a client has; a wrong one is refused and not read as "all"."""
    first = visitor.say("hello")
    second = visitor.say("thanks")
    found = http.get(
        "/web/messages", params={"after": first[-1]["id"]}, headers=visitor.headers
    ).json()
    assert [row["from"] for row in found["messages"]] == ["person", "assistant"]
    assert found["messages"][-1]["id"] == second[-1]["id"]
    assert found["safety_mode"] is False
    wrong = http.get("/web/messages", params={"after": "latest"}, headers=visitor.headers)
    assert (wrong.status_code, wrong.json()["field"]) == (400, "after")


def test_repeats_at_once_are_one_message(visitor: Visitor) -> None:
    """Ten deliveries of one message, together: one message, one set of replies."""
    with ThreadPoolExecutor(10) as pool:
        found = list(pool.map(lambda _: visitor.say(QUESTION, message_id="once"), range(10)))
    assert len({json.dumps(replies) for replies in found}) <= 10
    assert len({replies[0]["id"] for replies in found}) == 1
    assert len(visitor.history()) == 2


def test_other_words_under_a_used_id_are_read(visitor: Visitor, server: Assistant) -> None:
    """A crisis that comes under the id of an earlier message is answered and recorded."""
    visitor.say("hello", message_id="same")
    before = len(server.escalations())
    replies = visitor.say(CRISIS, message_id="same")
    assert replies[0]["outcome"] == "crisis"
    assert len(server.escalations()) == before + 1
    assert visitor.say(CRISIS, message_id="same")[0]["id"] == replies[0]["id"]


def test_button_says_its_text(visitor: Visitor, http: httpx.Client) -> None:
    """A button of a check-in does what typing its label does, from the history too."""
    visitor.say("everybody would be better off without me")
    last = visitor.history()[-1]
    button = next(choice for choice in last["choices"] if choice["text"] == "Back to my question")
    answer = http.post(
        "/web/messages", json={"message_id": "b", "choice": button["payload"]},
        headers=visitor.headers,
    )  # fmt: skip
    assert answer.status_code == 200
    said = [row["text"] for row in visitor.history() if row["from"] == "person"]
    assert said[-1] == "Back to my question"
    state = http.get("/web/messages", headers=visitor.headers).json()
    assert state["safety_mode"] is False


def test_events_bring_what_another_tab_does(visitor: Visitor) -> None:
    """A stream begins with what is missing, and brings messages and safety mode as they come."""
    seen = visitor.say("hello")[-1]["id"]
    found: list[tuple[str, dict[str, Any]]] = []
    with ThreadPoolExecutor(1) as pool, visitor.events(params={"after": seen}) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        pool.submit(visitor.say, CRISIS)
        for event in read_events(answer.iter_lines()):
            found.append(event)
            if event == ("state", {"safety_mode": True}):
                break
    assert found[0] == ("state", {"safety_mode": False})
    said = [data for kind, data in found if kind == "message"]
    assert said[0]["text"] == CRISIS
    assert said[1]["outcome"] == "crisis"


def test_too_many_streams_are_refused(visitor: Visitor, http: httpx.Client) -> None:
    """A fifth stream of one conversation must poll."""
    open_streams = [visitor.events() for _ in range(4)]
    for each in open_streams:
        each.__enter__()
    try:
        fifth = http.get("/web/events", headers=visitor.headers)
        assert fifth.status_code == 429
        assert "988" in fifth.json()["help"]
    finally:
        for each in open_streams:
            each.__exit__(None, None, None)


def test_region_changes_help_at_once(visitor: Visitor, http: httpx.Client) -> None:
    """The chosen region's lines stand in the help, in crisis replies and in refusals."""
    answer = http.post("/web/region", json={"region": "GB"}, headers=visitor.headers).json()
    assert answer["help"]["emergency"]["label"] == "999"
    assert "116 123" in text_of(visitor.say(CRISIS))
    refused = http.post("/web/region", json={"region": "XX"}, headers=visitor.headers)
    assert refused.status_code == 400
    assert "116 123" in refused.json()["help"]


def test_transcript_is_a_file_with_everything(visitor: Visitor, http: httpx.Client) -> None:
    """Every message and source, and where help is; nothing but text."""
    replies = visitor.say(QUESTION)
    page = http.get("/web/transcript", headers=visitor.headers)
    assert page.headers["content-type"].startswith("text/plain")
    assert "attachment" in page.headers["content-disposition"]
    assert QUESTION in page.text
    assert replies[0]["sources"][0]["title"] in page.text
    assert "988" in page.text
    assert "**" not in page.text


def test_erasing_clears_the_chat_and_keeps_the_record(
    visitor: Visitor, http: httpx.Client, server: Assistant
) -> None:
    """History, tracker and ratings go; the safety record and safety mode stay, as the text says."""
    rated = visitor.say(QUESTION)[-1]["id"]
    http.post("/web/feedback", json={"reply_id": rated, "helpful": True}, headers=visitor.headers)
    visitor.say(CRISIS)

    def read() -> httpx.Response:
        return http.get("/web/messages", headers=visitor.headers)

    records = len(server.escalations())
    answer = http.request("DELETE", "/web/conversation", headers=visitor.headers)
    assert "safety record" in answer.json()["text"]
    wait_until(lambda: read().status_code == 200, limit=5)  # a busy database rests for a second
    assert visitor.history() == []
    wait_until(lambda: len(server.escalations()) == records, limit=5)
    assert http.get("/web/messages", headers=visitor.headers).json()["safety_mode"] is True
    conversation = server.escalations()[-1][2]
    for table in ("tracker_events", "web_messages", "feedback"):
        query = f"SELECT count(*) FROM {table} WHERE conversation_id = '{conversation}'"
        assert server.rows(query) == [(0,)], table


@pytest.mark.parametrize("question", suggestions())
def test_suggestions_are_answered(visitor: Visitor, question: str) -> None:
    """What the widget offers to ask has an answer."""
    assert visitor.say(question)[0]["outcome"] == "answered"
