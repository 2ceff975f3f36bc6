"""The action server is down, hangs or talks nonsense: nobody is met with silence."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest

from tests.assistant import Assistant, text_of

pytestmark = pytest.mark.slow

CRISIS = "i want to kill myself"
QUESTION = "what are the side effects of ketamine?"
CRISIS_LIMIT = 2.0
"""Seconds: the promise itself, not a benchmark."""


def _break_actions(assistant: Assistant, how: str) -> None:
    script = str(Path(__file__).parent / "broken_action_server.py")
    command = [sys.executable, script, how, str(assistant.action_port)]
    assistant.start_process("actions", command)
    assistant.start(actions=False)


def _assert_crisis_is_met(assistant: Assistant) -> None:
    visitor = assistant.visitor()
    replies = visitor.say(CRISIS, limit=CRISIS_LIMIT)
    assert "988" in text_of(replies)
    assert "911" in text_of(replies)
    mine = {row[2] for row in assistant.escalations()}
    assert len(assistant.escalations()) == 1, "exactly one record"
    assert len(mine) == 1


def test_action_server_down(assistant: Assistant) -> None:
    """Without an action server a question gets the apology and a crisis gets the hotline."""
    assistant.start(actions=False)
    replies = assistant.visitor().say(QUESTION)
    assert "988" in text_of(replies)
    assert "555-010-0100" in text_of(replies)
    assert "KAP Guide" in text_of(assistant.visitor().say("hello"))
    _assert_crisis_is_met(assistant)


def test_action_server_hangs(assistant: Assistant) -> None:
    """While one person's question hangs, others are served, and a crisis is met at once."""
    _break_actions(assistant, "hang")
    patient = assistant.visitor()
    answers: list[str] = []
    waiting = threading.Thread(target=lambda: answers.append(text_of(patient.say(QUESTION))))
    waiting.start()
    assert "KAP Guide" in text_of(assistant.visitor().say("hello", limit=CRISIS_LIMIT))
    assert "988" in text_of(patient.say(CRISIS, limit=CRISIS_LIMIT))
    waiting.join()
    assert "988" in answers[0]
    assert len(assistant.escalations()) == 1


@pytest.mark.parametrize(
    "how",
    ["error", "garbage-not-json", "garbage-list", "garbage-shapes", "garbage-payload",
     "garbage-empty"],
)  # fmt: skip
def test_action_server_talks_nonsense(assistant: Assistant, how: str) -> None:
    """Nonsense from the action server becomes the apology, and none of it reaches a log."""
    _break_actions(assistant, how)
    secret = "zanzibar-marmalade"
    replies = assistant.visitor().say(f"what are the side effects for {secret}?")
    assert "988" in text_of(replies)
    assert "Traceback" not in text_of(replies)
    _assert_crisis_is_met(assistant)
    assert secret not in assistant.logs()


def test_action_server_dies_and_returns(assistant: Assistant) -> None:
    """Answers come back as soon as the action server does, in the same conversation."""
    assistant.start()
    visitor = assistant.visitor()
    assert visitor.say(QUESTION)[0]["outcome"] == "answered"
    assistant.kill("actions")
    assert "988" in text_of(visitor.say(QUESTION))
    assistant.start_process("actions", [sys.executable, "-m", "actions"])
    assistant.wait_for_actions()
    assert visitor.say(QUESTION)[0]["outcome"] == "answered"
