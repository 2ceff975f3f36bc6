"""A message that was a crisis stays one, however it is typed."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safety.assessment import Tier
from safety.detector import Detector
from safety.rulebook import shared_rules

RULES = Detector(shared_rules(), None)
MESSAGES = sorted(
    {
        case
        for rule in shared_rules().rules.values()
        if rule.tier >= Tier.URGENT and rule.language == "en"
        for case in rule.must_match
        if case.isascii() and len(case) < 120
    }
)
LOOKALIKES = str.maketrans({"a": "а", "e": "е", "o": "о", "i": "і", "c": "с", "p": "р"})
PLAIN = ("i want to kill myself", "i'm going to end my life tonight", "I want to die")


def _upper(text: str, rng: random.Random) -> str:
    return text.upper()


def _mixed(text: str, rng: random.Random) -> str:
    return "".join(rng.choice((letter.upper(), letter.lower())) for letter in text)


def _spaces(text: str, rng: random.Random) -> str:
    return "".join(rng.choice((" ", "  ", "   ")) if letter == " " else letter for letter in text)


def _ending(text: str, rng: random.Random) -> str:
    return text.rstrip(".!?") + rng.choice(("", ".", "!!!", " ...", "?!", " :("))


def _lookalike(text: str, rng: random.Random) -> str:
    return " ".join(
        word.translate(LOOKALIKES) if rng.random() < 0.5 else word for word in text.split(" ")
    )


def _invisible(text: str, rng: random.Random) -> str:
    place = rng.randrange(len(text))
    return text[:place] + "\u200b" + text[place:]


MUTATIONS = {
    "case": _upper, "mixed case": _mixed, "spacing": _spaces, "punctuation": _ending,
    "look-alikes": _lookalike, "invisible letters": _invisible,
}  # fmt: skip


@pytest.mark.parametrize("how", MUTATIONS)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=st.sampled_from(MESSAGES), seed=st.integers(0, 10_000))
def test_typed_otherwise(how: str, text: str, seed: int) -> None:
    """Case, spacing, punctuation, look-alikes and invisible letters change no finding."""
    mutated = MUTATIONS[how](text, random.Random(seed))
    assert RULES.assess_by_rules(mutated).is_crisis, mutated


@settings(max_examples=150, deadline=None)
@given(text=st.sampled_from(PLAIN), seed=st.integers(0, 10_000))
def test_stretched_letters(text: str, seed: int) -> None:
    """Any word stretched by any of its letters, up to six times."""
    rng = random.Random(seed)
    words = text.split(" ")
    place = rng.randrange(len(words))
    letter = rng.randrange(len(words[place]))
    word = words[place]
    if word[letter].isalpha():
        words[place] = word[:letter] + word[letter] * rng.randint(2, 6) + word[letter + 1 :]
    assert RULES.assess_by_rules(" ".join(words)).is_crisis, words


@pytest.mark.parametrize("text", PLAIN)
@pytest.mark.parametrize("between", [" ", ".", "-", "*", "_"])
def test_every_letter_apart(text: str, between: str) -> None:
    """Letters set apart one by one, words by three spaces."""
    mutated = "   ".join(between.join(word) for word in text.replace("'", "").split(" "))
    assert RULES.assess_by_rules(mutated).is_crisis, mutated


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=300))
def test_any_text_is_assessed(text: str) -> None:
    """Whatever Unicode comes in, an assessment comes out."""
    assert RULES.assess_by_rules(text).tier in Tier
