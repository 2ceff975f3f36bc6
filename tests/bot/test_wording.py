"""Durations in words, and the notice that stands before the first message."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.channels.web.notice import notice_of
from bot.channels.wording import Wording, kept_placeholders
from clinic.facts import read_facts
from clinic.retention import Retention
from clinic.settings import PROJECT_ROOT
from safety.hotlines import shared_regions
from safety.texts import shared_texts

SAID = {
    "en": (
        "automated", "not a person", "people wrote", "in english",
        "understands and answers spanish too", "nobody watches", "can't call anyone",
        "not for emergencies", "call 911", "988",
        "18 and older", "for everyone", "without an answer is saved", "names and numbers",
        "suggests danger, clinic staff may read", "encrypted",
        "erased 30 days after your last message", "when you erase it",
        "safety record is kept for 6 years",
    ),
    "es": (
        "automático", "no una persona", "escribieron personas", "en inglés",
        "entiende y responde en español", "nadie vigila", "no puede llamar a nadie",
        "no es para emergencias", "al 911", "988",
        "18 años o más", "para todas las personas", "sin respuesta se guarda",
        "nombres ni números", "sugiere peligro, el personal de la clínica puede leerlo", "cifrado",
        "30 días después de tu último mensaje", "cuando lo borres",
        "registro de seguridad se guarda 6 años",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("days", "language", "said"),
    [
        (30, "en", "30 days"),
        (1, "en", "1 day"),
        (365, "en", "1 year"),
        (6 * 365, "en", "6 years"),
        (6 * 365, "es", "6 años"),
        (365, "es", "1 año"),
        (1, "es", "1 día"),
        (400, "es", "400 días"),
        (6 * 365, "fr", "6 years"),
    ],
)
def test_a_duration_is_said_in_words(days: int, language: str, said: str) -> None:
    """Whole years as years, everything else as days; English where we lack the language."""
    kept = Retention(escalations=timedelta(days=days))
    assert kept_placeholders(kept, language)["kept_record"] == said


@pytest.mark.parametrize("language", SAID)
def test_the_notice_is_short_and_says_all(language: str) -> None:
    """Six points that fit on a phone, with nothing left out that a visitor must know."""
    clinic = read_facts(PROJECT_ROOT / "clinic.yml")
    wording = Wording(texts=shared_texts(), regions=shared_regions(), clinic=clinic)
    points = notice_of(wording, language)["points"]
    assert len(points) <= 6
    assert sum(map(len, points)) <= 760
    whole = " ".join(points).lower()
    assert not [each for each in SAID[language] if each not in whole]
