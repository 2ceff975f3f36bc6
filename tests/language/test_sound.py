"""Words written by ear or without vowels, and text typed backwards."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.backwards import read_backwards
from language.sound import as_heard, sounds_like, unlikeness
from language.words import everyday_words

LEXICON = frozenset({"suicide", "ketamine", "disappeared"})


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sooiside", "suicide"), ("kitamine", "ketamine"), ("dissapeerd", "disappeared"),
        ("wuld", "would"), ("erth", "earth"), ("thnkng", "thinking"), ("pmnt", "payment"),
        ("nekst", "next"), ("xqzvk", None),
    ],
)  # fmt: skip
def test_the_word_that_is_meant(typed: str, meant: str | None) -> None:
    """By its consonants as they are heard, then by how little must be changed."""
    assert sounds_like(typed, lexicon=LEXICON) == meant


@pytest.mark.parametrize(
    ("typed", "heard"),
    [
        ("nobdy wuld notise if i dissapeerd", "nobody would notice if i disappeared"),
        ("i wnt t slp fr a lng tm", "i want to sleep for a long time"),
        ("where can i park the car near the klinik", ""),
        ("what does it cost", ""),
        ("", ""),
    ],
)
def test_what_is_heard(typed: str, heard: str) -> None:
    """Only a text with several odd words is read by ear."""
    assert as_heard(typed, lexicon=LEXICON) == heard


@given(st.sampled_from(sorted(everyday_words())), st.sampled_from(sorted(everyday_words())))
def test_unlikeness_is_a_distance(one: str, other: str) -> None:
    """None from a word to itself, some to every other one."""
    assert unlikeness(one, one) == 0
    assert (unlikeness(one, other) == 0) == (one == other)


def test_backwards() -> None:
    """The whole text is turned, and ordinary text never is."""
    assert read_backwards("sdik eht ot ti nialpxe ot woh") == "how to explain it to the kids"
    assert read_backwards("thginot eid ot tnaw i") == "i want to die tonight"
    assert read_backwards("was it a car or a cat i saw") == ""
    assert read_backwards("the esketamine spravato rems program") == ""
