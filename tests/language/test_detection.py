"""Spanish and other languages are told from English, misspelt English included."""

from __future__ import annotations

import pytest

from language.detection import detect_language


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cuanto cuesta?", "es"),
        ("que es la ketamina", "es"),
        ("mi esposa empieza la próxima semana, tengo miedo", "es"),
        ("gracias", "es"),
        ("ist ketamin gefährlich?", "de"),
        ("привет, как дела", "ru"),
        ("你好，氯胺酮是什么", "zh"),
        ("what is bdnf", "en"),
        ("wat r teh side efects", "en"),
        ("ketamine", "en"),
        ("ok", "en"),
        ("", "en"),
        ("12345 ???", "en"),
        ("\N{SLIGHTLY SMILING FACE}", "en"),
        ("glutamate", "en"),
        ("nmda receptor antagonist", "en"),
        ("how do i say hola como estas", "en"),
    ],
)
def test_language(text: str, expected: str) -> None:
    """Doubt counts as English, which is answered."""
    assert detect_language(text) == expected
