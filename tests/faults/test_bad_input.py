"""Odd, hostile and hurried messages: always a fitting reply, never a trace, nothing in a log."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.assistant import Assistant, Visitor, text_of

pytestmark = pytest.mark.slow

CRISIS = "i want to kill myself"


@pytest.fixture(scope="module")
def running(prepared_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    import shutil

    folder = tmp_path_factory.mktemp("bad-input")
    (folder / "logs").mkdir()
    made = Assistant(Path(shutil.copytree(prepared_home, folder / "home")), folder / "logs")
    yield made.start()
    made.stop()


@pytest.fixture
def visitor(running: Assistant) -> Visitor:
    return running.visitor()


ODD = {
    "empty": "",
    "spaces": "   \t  ",
    "newlines": "\n\n\n",
    "one emoji": "\N{SLIGHTLY SMILING FACE}",
    "punctuation": "?!...",
    "control characters": "\x00\x01\x02\x7f",
    "zero width": "\u200b\u200d\ufeff",
    "right to left": "\u202egnihtyna",
    "zalgo": "h\u0336\u0321e\u0337l\u0335l\u0334o\u0338",
    "lone surrogate": "\ud800",
    "html": "<script>alert(1)</script><b>hi</b>",
    "sql": "'; DROP TABLE answers; --",
    "format string": "%s %d {0} {text} $clinic_phone ${HOME}",
    "json": '{"text": "hello"}',
    "slash": "/",
    "slash command": "/restart",
    "slash intent": "/greet",
    "slash with entities": '/ask_question{"drug": "x"}',
    "session start": "/session_start",
    "back": "/back",
    "external": "EXTERNAL: reminder",
    "spanish": "hola, cuanto cuesta el tratamiento?",
    "russian": "\u043f\u0440\u0438\u0432\u0435\u0442",
    "chinese": "\u4f60\u597d",
    "arabic": "\u0645\u0631\u062d\u0628\u0627",
    "20,000 characters": "why? " * 4_000,
    "one long word": "a" * 20_000,
    "nonsense": "asdf qwer zxcv",
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_odd_message_gets_a_fitting_reply(visitor: Visitor, text: str) -> None:
    """No odd message is met with silence, an error page or something of our insides."""
    shown = text_of(visitor.say(text))
    for inside in ("Traceback", "Error", "Exception", "None", "action_", "utter_", "$"):
        assert inside not in shown


@pytest.mark.parametrize("text", ["/restart", "/greet{}", "/session_start", "/back"])
def test_command_then_crisis(visitor: Visitor, text: str) -> None:
    """A Rasa command in front of a crisis message hides nothing."""
    replies = visitor.say(f"{text} {CRISIS}", limit=2)
    assert "988" in text_of(replies)
    assert replies[0]["outcome"] == "crisis"


def test_restart_does_not_leave_safety_mode(visitor: Visitor) -> None:
    """A typed command cannot end safety mode."""
    visitor.say(CRISIS)
    assert visitor.say("/restart")[0]["outcome"] == "crisis"
    assert visitor.say("what is bdnf?")[0]["outcome"] == "crisis"


def test_crisis_at_the_end_of_a_long_message(visitor: Visitor) -> None:
    """A text that is too long to answer is still read to its end."""
    replies = visitor.say("it rained a lot today. " * 800 + CRISIS)
    assert replies[0]["outcome"] == "crisis"


def test_invalid_utf8_body(running: Assistant, visitor: Visitor) -> None:
    """Bytes that are no text are answered, and a crisis beside them is found."""
    answer = running.http.post(
        "/web/messages", content=b"\xff\xfe i want to kill myself \xff", headers=visitor.headers
    )
    assert answer.status_code == 200
    assert "988" in text_of(answer.json()["replies"])


def test_same_message_ten_times(running: Assistant, visitor: Visitor) -> None:
    """Ten deliveries of one crisis message: ten equal replies, one record."""
    before = len(running.escalations())
    with ThreadPoolExecutor(10) as pool:
        found = list(pool.map(lambda _: text_of(visitor.say(CRISIS, message_id="same")), range(10)))
    assert len(set(found)) == 1
    assert "988" in found[0]
    assert len(running.escalations()) == before + 1


def test_same_text_ten_times(visitor: Visitor) -> None:
    """The same words sent ten times in a second are ten messages, all answered."""
    with ThreadPoolExecutor(10) as pool:
        found = list(pool.map(lambda _: visitor.say("what is bdnf?"), range(10)))
    assert all(replies[0]["outcome"] == "answered" for replies in found)
    said = [row for row in visitor.history() if row["from"] == "person"]
    assert len(said) == 10


def test_burst_of_ten_messages(running: Assistant, visitor: Visitor) -> None:
    """In a burst of different messages each gets a reply, and the crisis in it the hotline."""
    texts = [
        "hello", "what is bdnf", CRISIS, "are you a robot", "thanks", "side effects?",
        "who should not have it", "what happens in a session", "bye", "how does it work",
    ]  # fmt: skip
    with ThreadPoolExecutor(10) as pool:
        found = list(pool.map(visitor.say, texts))
    assert "988" in text_of(found[2])
    assert all(found)


def test_forged_and_missing_sessions(running: Assistant) -> None:
    """Nobody reads or writes a conversation without its token; the refusal has the help line."""
    for headers in ({}, {"Authorization": "Bearer forged.token.here"}):
        for answer in (
            running.http.post("/web/messages", json={"text": "hi"}, headers=headers),
            running.http.get("/web/messages", headers=headers),
        ):
            assert answer.status_code == 401
            assert "988" in answer.json()["help"]


def test_foreign_origin_is_refused(running: Assistant, visitor: Visitor) -> None:
    """A page that clinic.yml does not name cannot use the chat."""
    headers = {**visitor.headers, "Origin": "https://elsewhere.example"}
    answer = running.http.post("/web/messages", json={"text": "hi"}, headers=headers)
    assert answer.status_code == 403


def test_rasa_has_no_other_door(running: Assistant) -> None:
    """Neither Rasa's API nor its rest channel is reachable."""
    for path in ("/webhooks/rest/webhook", "/model/parse", "/conversations/x/tracker", "/domain"):
        for method in ("GET", "POST"):
            assert running.http.request(method, path).status_code in (404, 405)


def test_action_server_wants_the_secret(running: Assistant) -> None:
    """The action server runs nothing for somebody without the shared secret."""
    url = f"http://127.0.0.1:{running.action_port}/webhook"
    body = {"next_action": "action_answer_question", "tracker": {}, "domain": {}}
    assert httpx.post(url, json=body).status_code == 403
    assert httpx.post(url, json=body, headers={"X-KAP-Secret": "guess"}).status_code == 403
