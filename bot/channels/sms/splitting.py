"""One text as several messages, cut where it hurts least."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from language.breaks import Break, Place, breaks
from language.sms_length import measure

_WORST_LAST = (Place.SENTENCE, Place.CLAUSE, Place.WORD)
_JOINS = "\u200d"


def split(
    text: str, *, segments: int = 2, most: int = 3, rest: str = "", endings: Sequence[str] = ()
) -> tuple[str, ...]:
    """At most `most` messages of at most `segments` segments, numbered "(1/2) " when more than one.

    They are cut at the ends of sentences, where that needs too many messages at clauses, and then
    between words. An address or a phone number is never cut; nor is a word, unless it fills a
    message by itself. What does not fit is dropped from a sentence end on (of a clause or a word,
    where one sentence is too long), and `rest` says where to read on. `endings` are said after all
    of it whatever is dropped, each in one piece and on a line of its own. No message for an empty
    text.
    """
    page = _Page(segments=segments, most=most)
    whole = _laid_out(text, endings, page)
    if not whole.text:
        return ()
    if measure(whole.text).segments <= segments:
        return (whole.text,)
    pieces = page.best(whole) or _cut_short(text, rest, endings, page)
    if len(pieces) == 1:
        return pieces
    return tuple(f"({n}/{len(pieces)}) {piece}" for n, piece in enumerate(pieces, 1))


@dataclass(frozen=True)
class _Laid:
    """A text and the places where it may be cut."""

    text: str
    breaks: tuple[Break, ...]


@dataclass(frozen=True, kw_only=True)
class _Page:
    """The room of the messages."""

    segments: int
    most: int

    def holds(self, piece: str) -> bool:
        """Whether the piece fits in one message, with its number before it."""
        number = f"({self.most}/{self.most}) " if self.most > 1 else ""
        return measure(number + piece).segments <= self.segments

    def best(self, laid: _Laid) -> tuple[str, ...]:
        """The pieces, cut at the best places that still make few enough; none when none do."""
        for place in _WORST_LAST:
            if pieces := self.pieces(laid, place):
                return pieces
        return ()

    def pieces(self, laid: _Laid, place: Place) -> tuple[str, ...]:
        """The pieces, none when they are too many, with as many cuts as can be at that place."""
        found: list[str] = []
        start = 0
        while start < len(laid.text):
            if len(found) == self.most:
                return ()
            end, following = self._cut(laid, start, place)
            found.append(laid.text[start:end])
            start = following
        return tuple(found)

    def _cut(self, laid: _Laid, start: int, place: Place) -> tuple[int, int]:
        limit = self._reach(laid.text, start)
        if limit == len(laid.text):
            return limit, limit
        within = [each for each in laid.breaks if start < each.end <= limit]
        for least in (place, Place.CLAUSE, Place.WORD):
            if good := [each for each in within if each.place >= least]:
                return good[-1].end, good[-1].start
        end = _between_characters(laid.text, start, limit)
        return end, end

    def _reach(self, text: str, start: int) -> int:
        """Where the longest piece from `start` on ends that still fits."""
        longest = min(len(text) - start, self.segments * 160)
        fits = _last(longest, lambda length: self.holds(text[start : start + length]))
        return start + max(1, fits)


def _laid_out(text: str, units: Sequence[str], page: _Page) -> _Laid:
    """The text, and the units after it, which are not cut unless they fill a message."""
    whole = text.strip()
    places = list(breaks(whole))
    for unit in map(str.strip, units):
        if not unit:
            continue
        if whole:
            places.append(Break(len(whole), len(whole) + 1, Place.SENTENCE))
            whole += "\n"
        if not page.holds(unit):
            at = len(whole)
            places += [Break(at + each.end, at + each.start, each.place) for each in breaks(unit)]
        whole += unit
    return _Laid(whole, tuple(places))


def _cut_short(text: str, rest: str, endings: Sequence[str], page: _Page) -> tuple[str, ...]:
    """As much of the text as fits with the rest and the endings after it."""
    everything = "\n".join((text, *endings)).strip()
    return (
        _beginning(text.strip(), (rest, *endings), page)
        or page.best(_laid_out("", endings, page))
        or _beginning(everything, (rest,), page)
        or _beginning(everything, (), page)
    )


def _beginning(text: str, units: Sequence[str], page: _Page) -> tuple[str, ...]:
    """The longest beginning that leaves room for the units; none when there is no room at all."""
    places = list(breaks(text))
    for place in _WORST_LAST:
        ends = [each.end for each in places if each.place >= place]
        if pieces := _longest(text, ends, units, page, place):
            return pieces
    return _longest(text, range(1, len(text)), units, page, Place.WORD)


def _longest(
    text: str, ends: Sequence[int], units: Sequence[str], page: _Page, place: Place
) -> tuple[str, ...]:
    def pieces(count: int) -> tuple[str, ...]:
        return page.pieces(_laid_out(text[: ends[count - 1]], units, page), place)

    count = _last(len(ends), lambda count: bool(pieces(count)))
    return pieces(count) if count else ()


def _last(highest: int, holds: Callable[[int], bool]) -> int:
    """The greatest number up to `highest` for which it holds, given that it does for all smaller
    ones; 0 for none."""
    return bisect_right(range(1, highest + 1), False, key=lambda n: not holds(n))


def _between_characters(text: str, start: int, limit: int) -> int:
    """A place not behind `limit` that parts no letter from its accent and no joined picture."""
    end = limit
    while end > start + 1 and (
        unicodedata.category(text[end]) in ("Mn", "Me", "Mc")
        or _JOINS in (text[end], text[end - 1])
    ):
        end -= 1
    return end if end > start + 1 else limit
