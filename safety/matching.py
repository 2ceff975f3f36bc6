"""Runs many token patterns over a text, each only where it can match at all.

spaCy's Matcher tries every pattern at every token. Most patterns need words that a text lacks, so
an index finds those of whose most telling element a word stands in the text; each is tried only
when a word of every required element is there, and in a long text only around the rarest of them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from spacy.matcher import Matcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from safety.patterns import TokenPattern

Span = tuple[int, int]

_SHORT = 60
"""Words of a text that is read whole."""
_MANY = 9
"""What an element that may repeat without end counts as, in words."""


@dataclass(frozen=True)
class Pattern:
    """One compiled pattern."""

    tokens: tuple[TokenPattern, ...]
    vocab: Vocab
    required: tuple[frozenset[str], ...]
    """Of each of these sets at least one word must stand in the text."""
    longest: int
    """Most words that a match spans."""

    @cached_property
    def matcher(self) -> Matcher:
        """Made when first needed: most patterns never are, and all of them take seconds."""
        matcher = Matcher(self.vocab)
        matcher.add("pattern", [list(self.tokens)])
        return matcher

    @classmethod
    def of(cls, tokens: Sequence[TokenPattern], vocab: Vocab) -> Pattern:
        """Note what the token pattern needs before it can match."""
        required = tuple(
            words for token in tokens if not _optional(token) and (words := _words(token))
        )
        return cls(tuple(tokens), vocab, required, sum(_most(token) for token in tokens))

    def spans(self, text: Text) -> Iterator[Span]:
        """Every match, as word positions of the text."""
        for start, end in self._windows(text):
            for _, first, last in self.matcher(text.doc(start, end)):
                yield start + first, start + last

    def spans_near(self, text: Text, span: Span) -> Iterator[Span]:
        """Every match that can overlap the span."""
        if not all(text.has_any(words) for words in self.required):
            return
        start, end = text.clipped(span[0] - self.longest, span[1] + self.longest)
        for _, first, last in self.matcher(text.doc(start, end)):
            yield start + first, start + last

    def _windows(self, text: Text) -> Iterable[Span]:
        if not all(text.has_any(words) for words in self.required):
            return ()
        if len(text.words) <= _SHORT or not self.required:
            return ((0, len(text.words)),)
        return text.around(self._rarest(text), self.longest)

    def _rarest(self, text: Text) -> list[int]:
        return min((text.places(words) for words in self.required), key=len)


class PatternIndex:
    """Which patterns a text can match at all, by the words in it."""

    def __init__(self, patterns: Mapping[str, Sequence[Pattern]]) -> None:
        owned = [(name, pattern) for name, group in patterns.items() for pattern in group]
        often = Counter(word for _, each in owned for words in each.required for word in words)
        self._by_word: defaultdict[str, list[tuple[str, Pattern]]] = defaultdict(list)
        self._always = [pair for pair in owned if not pair[1].required]
        for pair in owned:
            for word in _telling(pair[1].required, often):
                self._by_word[word].append(pair)

    def candidates(self, text: Text) -> Iterator[tuple[str, Pattern]]:
        """Owner's name and pattern; every pattern that matches the text is among them."""
        yield from self._always
        seen: set[int] = set()
        for word in text.vocabulary & self._by_word.keys():
            for pair in self._by_word[word]:
                if id(pair) not in seen:
                    seen.add(id(pair))
                    yield pair


def _telling(required: Sequence[frozenset[str]], often: Mapping[str, int]) -> frozenset[str]:
    """The required element whose words few patterns ask for: seldom in a text, too."""
    return min(required, key=lambda words: sum(often[word] for word in words), default=frozenset())


class Text:
    """The words of one normal form, with where each stands."""

    def __init__(self, words: Sequence[str], vocab: Vocab) -> None:
        self.words = list(words)
        self._vocab = vocab
        self._places: defaultdict[str, list[int]] = defaultdict(list)
        for place, word in enumerate(self.words):
            self._places[word].append(place)
        self.vocabulary = frozenset(self._places)
        """Every different word."""
        self._docs: dict[Span, Doc] = {}

    def has_any(self, words: frozenset[str]) -> bool:
        """True when at least one of the words stands in the text."""
        return not words.isdisjoint(self.vocabulary)

    def places(self, words: frozenset[str]) -> list[int]:
        """Where any of the words stand, in order."""
        return sorted(place for word in words & self.vocabulary for place in self._places[word])

    def clipped(self, start: int, end: int) -> Span:
        """The part of a span that lies in the text."""
        return max(0, start), min(len(self.words), end)

    def around(self, places: Iterable[int], reach: int) -> list[Span]:
        """Spans that reach this far to both sides of the places, joined where they touch."""
        joined: list[Span] = []
        for place in places:
            start, end = self.clipped(place - reach, place + reach + 1)
            if joined and start <= joined[-1][1]:
                joined[-1] = (joined[-1][0], end)
            else:
                joined.append((start, end))
        return joined

    def doc(self, start: int, end: int) -> Doc:
        """The words of a span for spaCy; made once for each span."""
        span = (start, end)
        if span not in self._docs:
            self._docs[span] = Doc(self._vocab, words=self.words[start:end])
        return self._docs[span]


def _optional(token: TokenPattern) -> bool:
    return str(token.get("OP", "")).startswith(("?", "*", "{0", "!"))


def _words(token: TokenPattern) -> frozenset[str]:
    lower = token.get("LOWER")
    if isinstance(lower, str):
        return frozenset({lower})
    if isinstance(lower, dict) and "IN" in lower:
        return frozenset(lower["IN"])
    return frozenset()


def _most(token: TokenPattern) -> int:
    operator = str(token.get("OP", ""))
    if operator.startswith("{"):
        return int(operator.rstrip("}").rpartition(",")[2])
    return _MANY if operator == "+" else 1
