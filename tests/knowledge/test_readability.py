from __future__ import annotations

import pytest

from knowledge.readability import grade, syllables


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("the", 1), ("makes", 1), ("called", 1), ("needed", 2), ("little", 2), ("people", 2),
        ("role", 1), ("table", 2), ("medicine", 3), ("ketamine", 3), ("anxiety", 4), ("idea", 3),
        ("science", 2), ("usual", 3), ("patient", 2), ("studies", 2), ("changes", 2), ("IV", 1),
        ("don't", 1), ("180/115", 1),
    ],
)  # fmt: skip
def test_syllables_are_counted_as_spoken(word: str, count: int) -> None:
    """The estimate is right for words that answers use."""
    assert syllables(word) == count


def test_hard_texts_have_a_higher_grade() -> None:
    """Long sentences and long words both ask for more years of school."""
    easy = "You may feel dizzy. It will pass in an hour."
    long = "You may feel dizzy after the shot and that will pass in an hour or so as you rest here."
    hard = "Psychological disorientation habitually diminishes immediately thereafter."
    assert grade(easy) < 3 < grade(long) < 9 < grade(hard)


def test_known_words_and_empty_texts() -> None:
    """Words that readers know count two syllables at most; a text without words has grade 0."""
    text = "Esketamine and antidepressants may help."
    assert grade(text, easy={"esketamine", "antidepressant"}) < grade(text)
    assert grade(" - ") == 0
