"""A turn always ends in a reply, commands are no commands, and payloads are checked."""

from __future__ import annotations

import pytest

from bot.channels.messages import OUTCOMES, PayloadWrong, read_payload
from bot.channels.sessions import SessionInvalid, Sessions
from clinic.secret import Secret

GOOD = {"outcome": "answered", "web": "A text.", "sms": "Short.", "topic": "x"}


def test_payload_is_read_in_the_channels_form() -> None:
    """The web form for the web, the SMS form for SMS."""
    assert read_payload({"custom": GOOD}, form="web").text == "A text."
    assert read_payload({"custom": GOOD}, form="sms").text == "Short."


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"text": "a plain text"},
        {"custom": "text"},
        {"custom": {**GOOD, "outcome": "made up"}},
        {"custom": {**GOOD, "web": ""}},
        {"custom": {**GOOD, "web": None}},
        {"custom": {**GOOD, "sources": [{"title": "x", "page": 3}]}},
        {"custom": {**GOOD, "choices": ["yes"]}},
    ],
)
def test_broken_payload_is_refused(message: dict[str, object]) -> None:
    """What cannot be shown is never shown in part."""
    with pytest.raises(PayloadWrong):
        read_payload(message, form="web")


def test_outcomes_are_the_documented_ones() -> None:
    """The outcomes that batch commands promise."""
    assert {
        "answered", "clarify", "advice", "clinic", "abstained", "crisis", "other",
    } == OUTCOMES  # fmt: skip


def test_sessions_are_signed_and_different() -> None:
    """A token opens its own conversation; a forged one, or one of another key, opens none."""
    sessions = Sessions(Secret("k" * 40))
    first, second = sessions.issue(), sessions.issue()
    assert sessions.conversation_id(first) != sessions.conversation_id(second)
    for token in (None, "", "x", first[:-2], Sessions(Secret("j" * 40)).issue()):
        with pytest.raises(SessionInvalid):
            sessions.conversation_id(token)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("what is bdnf", "what is bdnf"),
        ("/restart", "restart"),
        ("//greet", "greet"),
        (" / greet", "greet"),
        ('/greet{"a": "b"} i want help', "greet  i want help"),
        ("/", "?"),
        ("/{}", "?"),
        ("and/or", "and/or"),
    ],
)
def test_commands_become_words(text: str, expected: str) -> None:
    """Rasa never sees a leading slash."""
    from bot import without_tensorflow

    without_tensorflow.install()
    from bot.channels.turn import without_commands

    assert without_commands(text) == expected
