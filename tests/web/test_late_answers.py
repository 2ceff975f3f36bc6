"""An answer that is late is announced, and not lost, unless safety mode began."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from tests.assistant import Assistant, Visitor, read_events, wait_until

pytestmark = pytest.mark.slow

QUESTION = "what are the side effects of ketamine?"
ANSWER = "This answer took its time."
CRISIS = "i want to kill myself"


@pytest.fixture
def slow(breakable: Assistant) -> Assistant:
    """A chat server whose action server needs some seconds for each answer."""
    return breakable.have(actions="slow")


def _ask(visitor: Visitor, times: int, pool: ThreadPoolExecutor) -> Future[list[dict[str, Any]]]:
    """Questions one upon the other, which Rasa takes in turn; the reply to the last of them."""
    for number in range(times):
        reply = pool.submit(visitor.say, QUESTION, message_id=f"m{number}")
        time.sleep(0.2)
    return reply


def test_a_late_answer_arrives(slow: Assistant) -> None:
    """First the word of it, then the answer: in the history, by the stream, for the same id."""
    visitor = slow.visitor()
    with ThreadPoolExecutor(4) as pool, visitor.events() as stream:
        held = _ask(visitor, 4, pool).result()[0]
        assert held["text_id"] == "late"
        told = (data for kind, data in read_events(stream.iter_lines()) if kind == "message")
        late = next(data for data in told if data["id"] > held["id"])
    assert (late["text"], late["outcome"], late["in_reply_to"]) == (ANSWER, "answered", "m3")
    history = visitor.history()
    assert history[-1] == late
    assert [row["text"] for row in history if row.get("in_reply_to") == "m3"] == [
        held["text"], ANSWER,
    ]  # fmt: skip
    again = visitor.say(QUESTION, message_id="m3")
    assert [reply["id"] for reply in again] == [held["id"], late["id"]]


def test_safety_mode_drops_a_late_answer(slow: Assistant) -> None:
    """Who has said meanwhile that they want to die reads no answer about side effects."""
    visitor, before = slow.visitor(), slow.action_calls()["answered"]
    with ThreadPoolExecutor(5) as pool:
        held = _ask(visitor, 5, pool).result()[0]
        assert held["text_id"] == "late"
        crisis = visitor.say(CRISIS, message_id="crisis")
        assert crisis[0]["outcome"] == "crisis"
    wait_until(lambda: slow.action_calls()["answered"] == before + 5, limit=20)
    assert visitor.say("ok")[0]["outcome"] == "crisis"
    time.sleep(1)
    said = [row["text"] for row in visitor.history() if row.get("in_reply_to") == "m4"]
    assert said == [held["text"]]
