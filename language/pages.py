"""A long text as several pages, of which a person asks for one after the other."""

from __future__ import annotations

import itertools

from language.breaks import Place, breaks
from language.sms_length import measure


def pages(text: str, *, units: int) -> tuple[str, ...]:
    """The text in as few pages as hold it, each a row of whole sentences and about as long.

    `units` is what a page may take, counted as carriers count; a sentence that is longer makes a
    page by itself. No page for an empty text.
    """
    sentences = _sentences(text.strip())
    fewest = _filled(sentences, units)
    for limit in range(units // 2, units, 10):
        even = _filled(sentences, limit)
        if len(even) <= len(fewest):
            return even
    return fewest


def _sentences(text: str) -> list[str]:
    """The sentences, each with the white space before it."""
    ends = [each.end for each in breaks(text) if each.place is Place.SENTENCE]
    places = [0, *ends, len(text)]
    return [text[start:end] for start, end in itertools.pairwise(places) if start < end]


def _filled(sentences: list[str], units: int) -> tuple[str, ...]:
    made: list[str] = []
    for sentence in sentences:
        longer = made[-1] + sentence if made else sentence
        if made and measure(longer).units <= units:
            made[-1] = longer
        else:
            made.append(sentence.strip())
    return tuple(made)
