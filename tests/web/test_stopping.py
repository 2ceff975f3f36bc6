"""A server that is killed or stopped loses nothing, and says what it lacks."""

from __future__ import annotations

import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.assistant import Assistant, read_events, wait_until

pytestmark = pytest.mark.slow

CRISIS = "i want to kill myself"
QUESTION = "what are the side effects of ketamine?"
COMPLAINTS = ("Task was destroyed", "never retrieved", "never awaited", "Traceback", "Unclosed")


def test_replies_survive_a_kill(breakable: Assistant) -> None:
    """After the server was killed, the same message id brings the same replies, and the history
    is whole."""
    visitor = breakable.have().visitor()
    before = visitor.say(QUESTION, message_id="kept")
    crisis = visitor.say(CRISIS, message_id="crisis")
    records = len(breakable.escalations())
    breakable.kill("bot")
    breakable.have()
    assert visitor.say(QUESTION, message_id="kept") == before
    assert visitor.say(CRISIS, message_id="crisis")[0]["id"] == crisis[0]["id"]
    assert len(breakable.escalations()) == records
    assert len(visitor.history()) == 2 + len(before) + len(crisis)
    assert visitor.say("ok")[0]["id"] > crisis[-1]["id"]


def test_ready_says_what_is_missing(breakable: Assistant) -> None:
    """Ready with everything; not without the action server, while crisis help goes on."""
    assert breakable.have().http.get("/ready").status_code == 200
    breakable.kill("actions")
    time.sleep(0.2)
    answer = breakable.http.get("/ready")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "database": True, "actions": False, "model": True}
    assert breakable.visitor().say(CRISIS)[0]["outcome"] == "crisis"


def test_a_stop_ends_everything(breakable: Assistant) -> None:
    """Told to stop with a stream open and a turn running: the turn gets its answer, which is
    kept, the stream ends, and nothing is left behind."""
    visitor = breakable.have(actions="slow").visitor()
    earlier, asked = len(breakable.logs()), breakable.action_calls()["asked"]
    with ThreadPoolExecutor(1) as pool, visitor.events() as stream:
        turn = pool.submit(visitor.say, QUESTION, message_id="last")
        wait_until(lambda: breakable.action_calls()["asked"] > asked, limit=20)
        breakable.kill("bot", signal.SIGTERM)
        (reply,) = turn.result()
        told = list(read_events(stream.iter_lines()))
    assert reply["outcome"] == "answered"
    assert breakable.ended("bot") == 0
    assert told[0] == ("state", {"safety_mode": False})
    assert [line for line in COMPLAINTS if line in breakable.logs()[earlier:]] == []
    query = "SELECT count(*) FROM web_messages WHERE message_id = 'last'"
    assert breakable.rows(query) == [(2,)]
