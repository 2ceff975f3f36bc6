"""Where a text may be broken in two, and how good a place it is."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass


class Place(enum.IntEnum):
    """The greater, the better."""

    WORD = 1
    CLAUSE = 2
    SENTENCE = 3


@dataclass(frozen=True)
class Break:
    """White space that a cut would replace: one part ends at `end`, the next begins at `start`."""

    end: int
    start: int
    place: Place


_SPACE = re.compile(r"[^\S\u00a0\u202f]+")
_PHONE = re.compile(r"(?<!\w)\+?\(?\d{1,4}\)?(?:[ .\-/]?\(?\d{2,4}\)?){1,5}(?!\w)")
_ENDS = re.compile(r"[.!?…]+[)\]\"'”’»]*$")
_CLAUSE_ENDS = re.compile(r"(?:[,;!?…][)\]\"'”’»]*|(?<!\S)[-–—])$")
_WORD = re.compile(r"[(\[\"'“‘«¿¡]*(\S*?)[.…]+[)\]\"'”’»]*$")
_ABBREVIATIONS = frozenset(
    "a.m p.m e.g i.e etc vs cf ca approx dept est ext fig inc ltd nos tel vol u.s u.k m.d ph.d"
    " dr dra drs mr mrs ms mx prof rev sr sra srta jr st ste mt ud uds vd lic"
    " p.ej ej aprox av núm pág pp d.c ee.uu ee uu".split()
)
"""Without their last full stop, which ends no sentence; single letters are never the end either."""
_LISTED = re.compile(r"(?:^|\n)\d{1,2}\.$")
_BEGINS_SMALL = re.compile(r"[(\[\"'“‘«¿¡]*[^\W\d_]")


def breaks(text: str) -> Iterator[Break]:
    """Every place between two words, from the first to the last. Phone numbers have none inside."""
    phones = {place for match in _PHONE.finditer(text) for place in range(*match.span())}
    for space in _SPACE.finditer(text):
        inside = space.start() > 0 and space.end() < len(text)
        if inside and space.start() not in phones:
            yield Break(space.start(), space.end(), _place(text, space))


def _place(text: str, space: re.Match[str]) -> Place:
    if "\n" in space.group():
        return Place.SENTENCE
    before = text[max(0, space.start() - 40) : space.start()]
    if _ENDS.search(before) and not _is_abbreviation(before) and not _goes_on(text, space.end()):
        return Place.SENTENCE
    return Place.CLAUSE if _CLAUSE_ENDS.search(before) else Place.WORD


def _is_abbreviation(before: str) -> bool:
    """Whether the full stop at the end belongs to the word, such as in "Dr." or "1."."""
    match = _WORD.search(before)
    if match is None:
        return False
    word = match.group(1).casefold()
    initial = len(word) == 1 and word.isalpha()
    return initial or word in _ABBREVIATIONS or _LISTED.search(before) is not None


def _goes_on(text: str, start: int) -> bool:
    """Whether the next word begins with a small letter."""
    match = _BEGINS_SMALL.match(text, start)
    return match is not None and match.group()[-1].islower()
