"""What actions utter, in the form of each channel."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from actions.payloads import with_choices


def test_choices_stand_once_on_the_web_and_numbered_in_a_text_message() -> None:
    """The web draws buttons of them; a text message has nothing but its words."""
    answers: list[Any] = [SimpleNamespace(title="Side effects"), SimpleNamespace(title="Cost")]
    payload = with_choices({"web": "Do you mean one of these?", "sms": "Do you mean:"}, answers)
    assert payload["web"] == "Do you mean one of these?"
    assert payload["sms"] == "Do you mean: 1) Side effects 2) Cost"
    assert [choice["text"] for choice in payload["choices"]] == ["Side effects", "Cost"]
