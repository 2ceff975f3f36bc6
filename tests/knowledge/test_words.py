from __future__ import annotations

import pytest

from knowledge.words import plain, sentences, stem


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What's BDNF?!", "whats bdnf"),
        ("What’s  the\ncafé", "whats the cafe"),
        ("mañana, sí", "manana si"),
        ("1-2 hours", "1 2 hours"),
        ("\N{SKULL} ...", ""),
    ],
)
def test_plain_keeps_words_only(text: str, expected: str) -> None:
    """Case, accents, apostrophes and signs make no difference."""
    assert plain(text) == expected


@pytest.mark.parametrize(
    "forms",
    [
        ("session", "sessions"),
        ("therapy", "therapies"),
        ("cost", "costs"),
        ("stop", "stopped", "stopping", "stops"),
        ("take", "takes", "taking"),
        ("notice", "noticed"),
        ("need", "needed", "needs"),
        ("quick", "quickly"),
    ],
)
def test_forms_of_one_word_share_a_stem(forms: tuple[str, ...]) -> None:
    """Common endings do not tell words apart."""
    assert len({stem(form) for form in forms}) == 1


@pytest.mark.parametrize(("one", "other"), [("need", "ne"), ("dose", "do"), ("risk", "rise")])
def test_different_words_keep_different_stems(one: str, other: str) -> None:
    """Short words are not cut down to one another."""
    assert stem(one) != stem(other)


def test_sentences_of_a_web_text_lose_their_marks() -> None:
    """Sentences and list items stand alone, without dashes and bold."""
    text = "**One** here. Two there?\n\n- three\n- four\n\n---"
    assert sentences(text) == ("One here.", "Two there?", "three", "four")
