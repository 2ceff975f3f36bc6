"""Pages of a long text: nothing lost, whole sentences, about as long as each other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from language.pages import pages
from language.sms_length import measure

SENTENCES = st.lists(st.integers(2, 90).map(lambda n: "A" + "b" * n + "."), min_size=1, max_size=30)


@given(sentences=SENTENCES, units=st.integers(100, 600))
def test_whole_sentences_within_the_limit(sentences: list[str], units: int) -> None:
    """Every sentence stands once, in order, and no page is over its limit."""
    made = pages(" ".join(sentences), units=units)
    assert " ".join(made) == " ".join(sentences)
    assert all(measure(page).units <= units for page in made)


@given(sentences=SENTENCES)
def test_no_page_more_than_needed(sentences: list[str]) -> None:
    """Even pages are not more pages than filling each one would make."""
    filled = 1
    room = 200
    for sentence in sentences:
        if len(sentence) + (room < 200) > room:
            filled, room = filled + 1, 200
        room -= len(sentence) + (room < 200)
    assert len(pages(" ".join(sentences), units=200)) == filled


def test_even_pages() -> None:
    """A last page of a few words would be worth no message."""
    text = " ".join(["Nine words stand in this sentence, as you see."] * 12)
    lengths = [len(page) for page in pages(text, units=500)]
    assert len(lengths) == 2
    assert max(lengths) - min(lengths) < 60


def test_nothing_and_one_long_sentence() -> None:
    """No text makes no page; a sentence that is too long is not cut here."""
    assert pages(" ", units=100) == ()
    long = "word " * 100 + "end."
    assert pages(long, units=100) == (long,)
