"""Texts and bodies that are too long: refused kindly, and read to their end for a crisis."""

from __future__ import annotations

import httpx
import pytest

from bot.channels.web.body import LARGEST_BODY
from tests.assistant import Assistant, Visitor, text_of

pytestmark = pytest.mark.slow

CRISIS = "i want to kill myself"


def _rain(length: int, end: str = "") -> str:
    """So many characters of harmless talk, with these at the end."""
    return ("it rained and i walked home. " * (length // 29 + 1))[: length - len(end)] + end


def test_the_longest_text_is_answered(visitor: Visitor, http: httpx.Client) -> None:
    """The last character that may be typed is taken; one more gets the sentence that says so."""
    most = http.get("/web/config").json()["limits"]["text"]
    (longest,) = visitor.say(_rain(most))
    assert longest["text_id"] != "refused.too_long"
    longer = _rain(most + 1)
    (reply,) = visitor.say(longer)
    assert (reply["outcome"], reply["text_id"]) == ("other", "refused.too_long")
    assert "988" in reply["text"]
    assert [row["text"] for row in visitor.history()][-2:] == [longer, reply["text"]]


def test_a_crisis_at_the_end_of_a_long_text(visitor: Visitor, server: Assistant) -> None:
    """Sixty thousand characters of talk hide nothing: answered like any crisis, and recorded."""
    before = len(server.escalations())
    replies = visitor.say(_rain(60_000, f" {CRISIS}"))
    assert replies[0]["outcome"] == "crisis"
    assert "988" in text_of(replies)
    assert len(server.escalations()) == before + 1


@pytest.mark.parametrize("size", [LARGEST_BODY + 1, 100_000, 900_000])
def test_a_crisis_at_the_end_of_a_body_beyond_the_limit(
    visitor: Visitor, http: httpx.Client, server: Assistant, size: int
) -> None:
    """Refused, and its end is read all the same: answered in the refusal, and recorded."""
    before = len(server.escalations())
    body = {"text": _rain(size, f" {CRISIS}")}
    answer = http.post("/web/messages", json=body, headers=visitor.headers)
    assert (answer.status_code, answer.json()["error"]) == (413, "too_large")
    assert "988" in text_of(answer.json()["replies"])
    assert len(server.escalations()) == before + 1


def test_a_crisis_across_the_limit(visitor: Visitor, http: httpx.Client) -> None:
    """Words that the limit cuts in two are read as one."""
    text = _rain(LARGEST_BODY - 20, f" {CRISIS}") + _rain(100)
    answer = http.post("/web/messages", json={"text": text}, headers=visitor.headers)
    assert answer.status_code == 413
    assert "988" in text_of(answer.json()["replies"])


def test_a_body_that_says_it_is_enormous(visitor: Visitor, http: httpx.Client) -> None:
    """It is cut off, after its beginning was read."""
    head = b'{"text": "i want to kill myself. '

    def parts() -> object:
        yield head
        for _ in range(1_000):
            yield b"it rained and i walked home. " * 100

    headers = {**visitor.headers, "Content-Length": str(len(head) + 2_900_000)}
    try:
        answer = http.post("/web/messages", content=parts(), headers=headers)
    except httpx.WriteError:
        pass  # the answer came before all was sent, and the connection was closed
    else:
        assert (answer.status_code, answer.json()["error"]) == (413, "too_large")
    assert visitor.history()[-1]["outcome"] == "crisis"
