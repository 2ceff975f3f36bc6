"""The action server is down, hangs or talks nonsense: nobody is met with silence."""

from __future__ import annotations

import threading

import pytest

from tests.assistant import Assistant, Visitor, text_of

pytestmark = pytest.mark.slow

CRISIS = "i want to kill myself"
QUESTION = "what are the side effects of ketamine?"
CRISIS_LIMIT = 2.0
"""Seconds: the promise itself, not a benchmark."""


def _assert_crisis_is_met(assistant: Assistant, visitor: Visitor) -> None:
    before = len(assistant.escalations())
    replies = visitor.say(CRISIS, limit=CRISIS_LIMIT)
    assert "988" in text_of(replies)
    assert "911" in text_of(replies)
    assert len(assistant.escalations()) == before + 1, "exactly one record"


def test_action_server_down(chat_server: Assistant) -> None:
    """Without an action server a question gets the apology and a crisis gets the hotline."""
    chat_server.have(actions="none")
    replies = chat_server.visitor().say(QUESTION)
    assert "988" in text_of(replies)
    assert "555-010-0100" in text_of(replies)
    assert "KAP Guide" in text_of(chat_server.visitor().say("hello"))
    _assert_crisis_is_met(chat_server, chat_server.visitor())


def test_action_server_hangs(chat_server: Assistant) -> None:
    """While one person's question hangs, others are served, and a crisis is met at once."""
    chat_server.have(actions="hang")
    patient, answers = chat_server.visitor(), []
    waiting = threading.Thread(target=lambda: answers.append(text_of(patient.say(QUESTION))))
    waiting.start()
    assert "KAP Guide" in text_of(chat_server.visitor().say("hello", limit=CRISIS_LIMIT))
    _assert_crisis_is_met(chat_server, patient)
    waiting.join()
    assert "988" in answers[0]


@pytest.mark.parametrize(
    "how",
    ["error", "garbage-not-json", "garbage-list", "garbage-shapes", "garbage-payload",
     "garbage-empty"],
)  # fmt: skip
def test_action_server_talks_nonsense(chat_server: Assistant, how: str) -> None:
    """Nonsense from the action server becomes the apology, and none of it reaches a log."""
    secret = "zanzibar-marmalade"
    chat_server.have(actions=how)
    replies = chat_server.visitor().say(f"what are the side effects for {secret}?")
    _assert_crisis_is_met(chat_server, chat_server.visitor())
    assert "988" in text_of(replies)
    assert "Traceback" not in text_of(replies)
    assert secret not in chat_server.logs()


def test_action_server_dies_and_returns(assistant: Assistant) -> None:
    """Answers come back as soon as the action server does, in the same conversation."""
    assistant.start()
    visitor = assistant.visitor()
    assert visitor.say(QUESTION)[0]["outcome"] == "answered"
    assistant.kill("actions")
    assert "988" in text_of(visitor.say(QUESTION))
    assistant.have(actions="real")
    assert visitor.say(QUESTION)[0]["outcome"] == "answered"
