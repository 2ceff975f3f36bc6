"""Misspellings: the word of a lexicon that an unknown word most likely stands for."""

import re
from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations, pairwise
from string import ascii_lowercase

from language.words import cost, sure_words

_LONG = 8  # from this length on two slips are forgiven
_SHORTEST, _LONGEST = 4, 30
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def distance(one: str, other: str, *, most: int) -> int:
    """Edits between two words; swapping neighbours is one edit; `most + 1` stands for more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    previous: list[int] = []
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, start=1):
        previous, before, row = before, row, [i]
        for j, right in enumerate(other, start=1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and right == one[i - 2]:
                best = min(best, previous[j - 2] + 1)
            row.append(best)
        if min(row) > most + 1:
            return most + 1
    return min(row[-1], most + 1)


def _deletions(word: str, most: int) -> set[str]:
    """The word and what is left of it without up to `most` letters."""
    places = range(len(word))
    return {
        "".join(letter for place, letter in enumerate(word) if place not in gone)
        for count in range(most + 1)
        for gone in combinations(places, count)
    }


def _is_slip(short: str, word: str) -> bool:
    """Whether three letters are a longer word with a doubled letter typed once, or a swap."""
    if len(word) == len(short) + 1:
        return any(word == short[:i] + short[i - 1] + short[i:] for i in range(1, len(short) + 1))
    return len(word) == len(short) and word[0] == short[0] and sorted(word) == sorted(short)


def _neighbors() -> frozenset[str]:
    """Pairs of letters that lie side by side on a keyboard, or are both vowels."""
    beside = {row[i : i + 2] for row in _ROWS for i in range(len(row) - 1)}
    below = {
        a + b
        for up, down in pairwise(_ROWS)
        for i in (0, 1)
        for a, b in zip(up[i:], down, strict=False)
    }
    vowels = {a + b for a, b in combinations("aeiouy", 2)}
    pairs = beside | below | vowels
    return frozenset(pairs | {pair[::-1] for pair in pairs})


_NEIGHBORS = _neighbors()


def _is_likely(word: str, found: str) -> bool:
    """Whether a single slip in a short word is a probable one."""
    if len(word) != len(found):
        return True
    differing = [a + b for a, b in zip(word, found, strict=True) if a != b]
    return len(differing) == 2 or _NEIGHBORS.issuperset(differing)


def _has_nearer(word: str) -> bool:
    """Whether a known word, perhaps outside the lexicon, is one slip away."""
    cuts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    known = sure_words()
    return any(
        start + end[1:] in known
        or start + end[1:2] + end[:1] + end[2:] in known
        or any(
            start + letter + rest in known for letter in ascii_lowercase for rest in (end, end[1:])
        )
        for start, end in cuts
    )


class Speller:
    """Finds the words of one lexicon near a misspelt one, by way of an index of deletions."""

    def __init__(self, lexicon: Iterable[str]) -> None:
        self._words = frozenset(word for word in lexicon if word.isascii() and word.isalpha())
        self._index: dict[str, list[str]] = defaultdict(list)
        self._by_length: dict[int, list[str]] = defaultdict(list)
        for word in sorted(self._words):
            self._by_length[len(word)].append(word)
            for rest in _deletions(word, 2 if len(word) >= _LONG - 2 else 1):
                self._index[rest].append(word)

    def closest(self, word: str) -> str | None:
        """The word of the lexicon meant by `word`: one slip away, or two from 8 letters on."""
        if len(word) > _LONGEST:
            return None
        if len(word) < _SHORTEST:
            near = [found for found in self._near(word, 1) if _is_slip(word, found)]
            return min(near, key=cost, default=None) if len(word) == _SHORTEST - 1 else None
        ranked: list[tuple[float, float, str]] = [
            (slips, cost(found), found)
            for found in self._near(word, 2 if len(word) >= _LONG else 1)
            if (slips := self._slips(word, found))
        ]
        if not ranked or (min(ranked)[0] > 1.5 and _has_nearer(word)):
            return None
        return min(ranked)[2]

    def _near(self, word: str, most: int) -> set[str]:
        return {
            found
            for rest in _deletions(word, most)
            for found in self._index.get(rest, ())
            if len(found) >= _SHORTEST - 1
        }

    @staticmethod
    def _slips(word: str, found: str) -> float:
        """How far apart, 0 for too far; a first letter is seldom the wrong one."""
        most = 2 if len(word) >= _LONG else 1
        slips = distance(word, found, most=most)
        same_start = word[0] == found[0] or word[:2] == found[1::-1]
        if slips > most or (not same_start and (slips > 1 or len(word) < 6)):
            return 0
        if len(word) < 6 and not _is_likely(word, found):
            return 0
        swapped = len(word) == len(found) and sorted(word) == sorted(found)
        doubled = len(word) != len(found) and set(word) == set(found)
        return slips - (0.25 if swapped or doubled else 0) + (0 if same_start else 0.25)

    def unmask(self, pattern: str) -> str | None:
        """The commonest word of the lexicon that `pattern` fits; "?" stands for one letter."""
        if pattern.count("?") > max(1, len(pattern) // 3) or len(pattern) < 3:
            return None
        fits = re.compile(pattern.replace("?", "[a-z]"))
        found = [word for word in self._by_length.get(len(pattern), ()) if fits.fullmatch(word)]
        return min(found, key=cost, default=None)
