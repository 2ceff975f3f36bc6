from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker

from actions.conversation import Conversation

CHOICES = [{"label": "Side effects", "text": "Side effects"}, {"label": "Cost", "text": "Cost"}]


def _tracker(*turns: tuple[str, dict[str, Any]], text: str) -> Tracker:
    events: list[dict[str, Any]] = []
    for said, payload in turns:
        events += [
            {"event": "user", "text": said},
            {"event": "bot", "data": {"custom": payload}},
        ]
    events.append({"event": "user", "text": text})
    return Tracker("c", {}, {"text": text}, events, False, None, {}, "")


def test_only_messages_that_were_answered_can_be_followed_up() -> None:
    """Thanks and greetings say nothing about what "it" is."""
    found = Conversation.of(
        _tracker(
            ("hi", {"outcome": "other"}),
            ("what is it", {"outcome": "answered", "topics": ["basics"]}),
            ("thanks", {"outcome": "other"}),
            text="and how long",
        )
    )
    assert found.questions == ("what is it",)
    assert found.text == "and how long"
    assert found.last == {"outcome": "other"}
    assert found.last_answer["topics"] == ["basics"]


def test_answers_are_counted() -> None:
    """Offering a topic is not giving it."""
    found = Conversation.of(
        _tracker(
            ("a", {"outcome": "clarify", "topics": ["cost"]}),
            ("b", {"outcome": "answered", "topics": ["cost", "basics"]}),
            ("c", {"outcome": "advice", "topics": ["cost"]}),
            text="d",
        )
    )
    assert (found.times_given("cost"), found.times_given("basics"), found.times_given("x")) == (
        2, 1, 0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "picked"),
    [
        ("1", "Side effects"),
        ("2", "Cost"),
        ("the second one", "Cost"),
        ("number two", "Cost"),
        ("last", "Cost"),
        ("side effects!", "Side effects"),
        ("3", None),
        ("0", None),
        ("second thoughts about cost", None),
        ("neither", None),
    ],
)
def test_a_choice_is_picked_by_number_or_name(text: str, picked: str | None) -> None:
    """What picks nothing is a message like any other."""
    offered = ("a", {"outcome": "clarify", "choices": CHOICES})
    assert Conversation.of(_tracker(offered, text=text)).picked() == picked


def test_nothing_can_be_picked_when_nothing_was_offered() -> None:
    """Digits at another time are no choice."""
    assert Conversation.of(_tracker(("a", {"outcome": "other"}), text="1")).picked() is None
    assert Conversation.of(_tracker(text="1")).picked() is None
