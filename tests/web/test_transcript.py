"""The text file that a person keeps."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.channels.messages import Choice, OutboundMessage
from bot.channels.web.shown import said_by_assistant
from bot.channels.web.transcript import transcript
from bot.channels.wording import Wording
from clinic.facts import read_facts
from clinic.settings import PROJECT_ROOT
from safety.hotlines import shared_regions
from safety.texts import shared_texts


def test_choices_are_listed() -> None:
    """A file has no buttons: what could be picked stands below the question."""
    clinic = read_facts(PROJECT_ROOT / "clinic.yml")
    wording = Wording(texts=shared_texts(), regions=shared_regions(), clinic=clinic)
    choices = tuple(Choice(label=label, text=label) for label in ("Side effects", "Cost"))
    asked = OutboundMessage(outcome="clarify", text="One of these?", choices=choices)
    at = datetime(2026, 11, 21, tzinfo=UTC)
    page = transcript([said_by_assistant("m", asked)], wording, language="en", at=at)
    assert "One of these?\n- Side effects\n- Cost\n" in page
