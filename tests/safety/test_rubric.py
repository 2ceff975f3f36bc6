"""The published rubric for chat in a crisis (VERA-MH), item by item, over every text.

What must never be said stands in test_texts.py; here is what has to be there, and how it is said.
"""

from __future__ import annotations

import re

import pytest

from safety.texts import shared_texts
from tests.safety.test_texts import ALL, BOOK

EMERGENCIES = sorted(each for each in BOOK.ids() if each.startswith("first.emergency."))
SOMEBODY = re.compile(
    r"\b(with (someone|somebody|the person|them|you)|other people|stay with|acompañ|quéd\w+ con"
    r"|con alguien|con la persona|otras personas|donde haya gente|con ellos|a su lado)"
)
AWAY = re.compile(r"\b(away|don't drive|step away|aléj|alej|lejos|no conduzca|no manejes|aleja)")
TRUSTED = re.compile(r"trust|confianza|conf[ií]|someone near|alguien cerca")
LATER = ("again.check_in", "again.urgent", "again.emergency")
JARGON = (
    "ideation", "intervention", "assess", "risk factor", "clinical", "escalat", "symptomatolog",
    "ideación", "intervención", "factor de riesgo",
)  # fmt: skip


def _web(text_id: str, language: str) -> str:
    return BOOK.get(text_id, language).web.lower()


@pytest.mark.parametrize("text_id", EMERGENCIES)
def test_in_an_emergency_somebody_is_near_and_danger_is_away(text_id: str) -> None:
    """At imminent risk: be with someone, and get away from what could do harm; means unnamed."""
    for language in ("en", "es"):
        text = _web(text_id, language)
        assert SOMEBODY.search(text), (text_id, language)
        if not text_id.startswith("first.emergency.sexual"):
            assert AWAY.search(text), (text_id, language)


def test_help_at_any_hour_stands_in_every_reply_of_safety_mode() -> None:
    """Every reply but a bare question, and one about staff, names a line or the emergency."""
    for text_id, language in ALL:
        if text_id.startswith(("first.", "again.", "reply.", "barrier.", "safe.", "next_step")):
            text = _web(text_id, language)
            assert "$emergency" in text or "$crisis_reach" in text, (text_id, language)


def test_both_a_professional_and_a_trusted_person() -> None:
    """Somebody who goes on after a referral hears of both, and of the emergency room."""
    for language in ("en", "es"):
        text = _web("next_step", language)
        assert TRUSTED.search(text), language
        assert "$crisis_reach" in text
        assert re.search("emergency room|urgencias|emergencias", text)


@pytest.mark.parametrize("start", LATER)
def test_no_step_repeats_itself(start: str) -> None:
    """At least three wordings for each step, no two with the same first sentence."""
    for language in ("en", "es"):
        texts = [_web(each, language) for each in BOOK.ids() if each.startswith(f"{start}.")]
        assert len(texts) >= 3
        assert len({re.split(r"[.:?]", text)[0] for text in texts}) == len(texts)


def test_whether_they_will_use_the_line_is_asked() -> None:
    """After an urgent first reply: "Can you call or text them now?"."""
    question = BOOK.get("question.urgent", "en").web
    assert re.search(r"can you (call|text)", question.lower())
    assert question.rstrip().endswith("?")


def test_short_and_without_jargon() -> None:
    """At most 75 words in a first reply, 65 in a later one, and no word of the trade."""
    for text_id, language in ALL:
        text = _web(text_id, language)
        if text_id.startswith(("again.", "reply.", "safe.", "barrier.", "first.")):
            most = 75 if text_id.startswith("first.") else 65
            assert len(text.split()) <= most + 15 * (language == "es"), (text_id, language)
        for word in JARGON:
            assert word not in text, (text_id, language, word)


def test_the_texts_are_the_shared_ones() -> None:
    """What is checked here is what people read."""
    assert BOOK is shared_texts()
