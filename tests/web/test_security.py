"""Forged, swapped, foreign, hostile and too many requests: refused with help, others served."""

from __future__ import annotations

import time

import httpx
import itsdangerous.timed
import pytest

from bot.channels.sessions import LIFETIME, Sessions
from clinic.settings import load_settings
from tests.assistant import Assistant, Visitor, text_of
from tests.web.hostile_clients import dripping, flooding

pytestmark = pytest.mark.slow

CRISIS = "i want to kill myself"
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "{{7*7}} ${7*7} <%= 7*7 %>",
    "[x](javascript:alert(1))",
    "\u202e<svg/onload=alert(1)>",
)
EVERY_SESSION_PATH = (
    ("POST", "/web/messages"), ("GET", "/web/messages"), ("GET", "/web/events"),
    ("POST", "/web/feedback"), ("POST", "/web/callbacks"), ("POST", "/web/region"),
    ("GET", "/web/transcript"), ("DELETE", "/web/conversation"),
)  # fmt: skip


@pytest.fixture
def strict(breakable: Assistant) -> Assistant:
    """An assistant with the allowances that it ships with."""
    return breakable.have()


def _expired(server: Assistant, monkeypatch: pytest.MonkeyPatch) -> str:
    settings = load_settings({"KAP_HOME": str(server.home)})
    long_ago = time.time() - LIFETIME - 60
    with monkeypatch.context() as patched:
        patched.setattr(itsdangerous.timed.time, "time", lambda: long_ago)
        return Sessions(settings.signing_key).issue()


@pytest.mark.parametrize(("method", "path"), EVERY_SESSION_PATH)
def test_no_door_without_a_good_session(
    server: Assistant, monkeypatch: pytest.MonkeyPatch, method: str, path: str
) -> None:
    """Missing, forged and expired tokens open nothing; the refusal says so, with help."""
    good = server.visitor().session
    cut = good[:-4] + ("AAAA" if not good.endswith("AAAA") else "BBBB")
    for token in (None, "x", cut, _expired(server, monkeypatch)):
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        body = {"text": "hello"} if method == "POST" else None
        answer = server.http.request(method, path, json=body, headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (401, "session")
        assert "988" in answer.json()["help"]
        assert answer.headers["cache-control"] == "no-store"


def test_an_expired_session_is_still_known_in_a_crisis(
    server: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its crisis message is refused, answered, and recorded under its own conversation."""
    token = _expired(server, monkeypatch)
    headers = {"Authorization": f"Bearer {token}"}
    answer = server.http.post("/web/messages", json={"text": CRISIS}, headers=headers)
    assert answer.status_code == 401
    assert "988" in text_of(answer.json()["replies"])
    assert server.escalations()[-1][2].startswith("web-")


def test_buttons_of_others_do_nothing(server: Assistant, visitor: Visitor) -> None:
    """A payload that is forged, or signed for another conversation, is refused."""
    visitor.say("my last hope was this and it wore off")
    choices = [choice for row in visitor.history() for choice in row.get("choices", ())]
    payload = choices[0]["payload"]
    other = server.visitor()
    for wrong, whose in ((payload, other), (payload[:-3] + "abc", visitor), ("x", visitor)):
        body = {"message_id": "swap", "choice": wrong}
        answer = server.http.post("/web/messages", json=body, headers=whose.headers)
        assert (answer.status_code, answer.json()["error"]) == (403, "choice")
        assert "988" in answer.json()["help"]


def test_only_named_pages_may_call(http: httpx.Client) -> None:
    """Preflights and calls of foreign pages get no header that lets them read an answer."""
    own = str(http.base_url).rstrip("/")
    asked = {"Access-Control-Request-Method": "POST", "Origin": own}
    answer = http.options("/web/messages", headers=asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == own
    for origin in ("https://elsewhere.example", "null", own + ".elsewhere.example", "http://["):
        for method in ("OPTIONS", "GET"):
            answer = http.request(method, "/web/config", headers={"Origin": origin})
            assert answer.status_code == 403
            assert "access-control-allow-origin" not in answer.headers
            assert "988" in answer.json()["help"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(visitor: Visitor, http: httpx.Client, text: str) -> None:
    """In every field: never HTML, never run, never taken over into a reply."""
    reply = visitor.say(f"what is bdnf? {text}")[0]
    assert text not in reply["text"]
    calls = [
        http.get("/web/messages", headers=visitor.headers),
        http.get("/web/transcript", headers=visitor.headers),
        http.post("/web/messages", json={"message_id": text, "text": "x"}, headers=visitor.headers),
        http.post(
            "/web/feedback", json={"reply_id": text, "helpful": True, "reason": text},
            headers=visitor.headers,
        ),
        http.post(
            "/web/callbacks", headers=visitor.headers,
            json={
                "request_id": "r", "name": text, "email": text, "best_time": text, "note": text,
                "safe_to_call": True, "voicemail": True, "consent": True,
            },
        ),
        http.get("/web/config", params={"language": text, "region": text}),
        http.get("/privacy", params={"language": text}),
        http.get(f"/{text.replace('/', '')}"),
    ]  # fmt: skip
    for answer in calls:
        assert answer.status_code < 500
        assert answer.headers["x-content-type-options"] == "nosniff"
        if "html" in answer.headers["content-type"]:
            assert text not in answer.text


def test_pages_allow_only_themselves(http: httpx.Client) -> None:
    """No page loads anything of another host, and its policy would not let it."""
    for path in ("/", "/safety", "/privacy"):
        answer = http.get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        for part in answer.text.split("<")[1:]:
            if part.startswith(("script", "link", "img", "iframe")):
                assert "//" not in part.split(">")[0]
    demo = http.get("/").text
    assert 'href="tel:911"' in demo
    assert 'href="tel:988"' in demo
    assert "/widget.js?v=" in demo
    version = demo.split("/widget.js?v=")[1].split('"')[0]
    answer = http.get("/widget.js", params={"v": version})
    assert "immutable" in answer.headers["cache-control"]


def test_slow_requests_keep_nobody_waiting(strict: Assistant) -> None:
    """Two hundred connections drip their heads and bodies: others are served, and all end, with
    help, and after what came was read."""
    post = b"POST /web/messages HTTP/1.1\r\nHost: x\r\n"
    body = post + b"Content-Length: 9000\r\n\r\n" + CRISIS.encode()
    with dripping(strict.chat_port, {post: b"X: y\r\n", body: b" "}, each=100) as drips:
        _is_served(strict)
        heads, bodies = drips.answers(post), drips.answers(body)
    assert all(b" 408 " in answer and b"988" in answer for answer in heads)
    assert all(b" 400 " in answer and b"988" in answer for answer in bodies)
    assert all(b'"crisis"' in answer for answer in bodies)


def _is_served(server: Assistant) -> None:
    """Somebody with another address asks a question and is then in danger."""
    base = f"http://127.0.0.1:{server.chat_port}"
    transport = httpx.HTTPTransport(local_address="127.0.0.2")
    with httpx.Client(transport=transport, base_url=base, timeout=20) as http:
        headers = {"Authorization": f"Bearer {http.post('/web/sessions').json()['session']}"}
        for text, outcome in (("what is bdnf?", "answered"), (CRISIS, "crisis")):
            answer = http.post("/web/messages", json={"text": text}, headers=headers)
            replies = answer.json()["replies"]
            assert (answer.status_code, replies[0]["outcome"]) == (200, outcome)
        assert "988" in text_of(replies)


def test_beyond_the_allowance_a_crisis_is_answered(strict: Assistant) -> None:
    """After thirty messages in a minute: refused with help, except for a crisis."""
    visitor = strict.visitor()
    for _ in range(30):
        visitor.say("hello")
    body = {"message_id": "more", "text": "hello again"}
    answer = strict.http.post("/web/messages", json=body, headers=visitor.headers)
    assert (answer.status_code, answer.json()["error"]) == (429, "busy")
    assert int(answer.headers["retry-after"]) >= 1
    assert "988" in answer.json()["help"]
    assert visitor.say(CRISIS)[0]["outcome"] == "crisis"
    assert visitor.history()[-1]["outcome"] == "crisis"


def test_a_flood_drowns_nobody_else(strict: Assistant) -> None:
    """A thousand messages a second from one address: all beyond its allowance are refused, while
    another address chats."""
    headers = strict.visitor().headers
    with flooding(strict.chat_port, headers, wave=1000) as flood:
        _is_served(strict)
    assert flood.sent_in[0] < 2
    first = flood.waves[0]
    assert len(first) == 1000
    assert sum(answer.status == 200 for answer in first) == 30
    refused = [answer for wave in flood.waves for answer in wave if answer.status != 200]
    assert len(refused) == 1000 * len(flood.waves) - 30
    for answer in refused:
        assert (answer.status, answer.body["error"]) == (429, "busy")
        assert "988" in answer.body["help"]
        assert int(answer.headers["retry-after"]) >= 1


def test_logs_hold_no_words(server: Assistant, strict: Assistant) -> None:
    """After all of the above: no message, no address and no token in a log."""
    for each in (server, strict):
        for secret in ("flood", "bdnf", "kill myself", "127.0.0.2", "Bearer", "alert(1)"):
            assert secret not in each.logs()
