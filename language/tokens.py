"""From folded text to tokens: words, numbers, pictures and sentence ends."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

END, QUESTION = ".", "?"
_W = r"[^\x00-/:-@\[-`{-\x7f\s]"  # letters, digits and everything that is not ASCII

_SYMBOL = r"[$@!|*+\#^%~]"  # what may stand for a letter inside a word
_UNITS = "mg|ml|mcg|ug|g|kg|lbs?|am|pm|yo|yrs?|hrs?|mins?|secs?|x"

_PIECE = re.compile(
    rf"""
    (?P<picture>(?<!\S):[a-z][a-z0-9-]*:(?!\S))
  | (?P<number>(?<!{_W})(?:\d+(?:[.,:/]\d+)+(?!\d) | \d+(?=(?:{_UNITS})(?!{_W}))))
  | (?P<initials>(?<!{_W})[a-z](?:\.[a-z])+(?!{_W})(?:\.(?=[^\S\n]*[^\s.?!]))?)
  | (?P<chain>{_W}+(?:\.{_W}+){{2,}})
  | (?P<mixed>[$@](?![\d.,]+\b){_W}+(?:{_SYMBOL}+{_W}+)*[$@|]*
      | {_W}+(?:{_SYMBOL}+{_W}+)+[$@|]* | {_W}+!?[$@|]+)
  | (?P<word>{_W}+)
  | (?P<end>[.!?;\n])
  | (?P<and>&)
    """,
    re.VERBOSE,
)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_WORD = re.compile(rf"{_W}+|!")
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the message.

    `tokens` are its plain reading. `raw` is how it was typed when that may hide a word (`k!ll`),
    else empty. `soft` marks sentence ends that may be none: a line break, an ellipsis.
    """

    tokens: tuple[str, ...]
    raw: str = ""
    soft: bool = False


def _number(text: str) -> tuple[str, ...]:
    if _THOUSANDS.fullmatch(text):
        return (text.replace(",", ""),)
    return tuple(text.split(","))


def _plain(text: str) -> tuple[str, ...]:
    return tuple(END if part == "!" else part for part in _WORD.findall(text))


def _piece(kind: str, text: str) -> Piece:
    if kind == "number":
        return Piece(_number(text))
    if kind == "initials":
        return Piece((text.replace(".", ""),))
    if kind == "chain":
        return Piece(tuple(text.split(".")))
    if kind == "mixed":
        return Piece(_plain(text), raw=text if _LETTER.search(text) else "")
    if kind == "and":
        return Piece(("and",))
    return Piece((text,))


def _end(marks: str) -> Piece:
    if "?" in marks:
        return Piece((QUESTION,))
    dots, breaks = marks.count("."), marks.count("\n")
    soft = dots + breaks == len(marks) and dots != 1 and breaks < 2
    return Piece((END,), soft=soft)


def pieces(text: str) -> list[Piece]:
    """Take folded text apart; runs of sentence ends count as one, and none comes first."""
    found: list[Piece] = []
    marks = ""
    for match in _PIECE.finditer(text):
        kind = match.lastgroup or "word"
        if kind == "end":
            marks += match.group()
            continue
        if marks and (found or "?" in marks):
            found.append(_end(marks))
        marks = ""
        found.append(_piece(kind, match.group()))
    if marks and (found or "?" in marks):
        found.append(_end(marks))
    return found


def joined(tokens: Iterable[str]) -> str:
    """Tokens as one line; sentence ends that follow one another become one."""
    return " ".join(_merged(tokens))


def _merged(tokens: Iterable[str]) -> Iterator[str]:
    last = END
    waiting = ""
    for token in tokens:
        if token in (END, QUESTION):
            waiting = QUESTION if QUESTION in (token, waiting) else END
            continue
        if waiting and not (waiting == END and last == END):
            yield waiting
        waiting, last = "", token
        yield token
    if waiting and not (waiting == END and last == END):
        yield waiting
