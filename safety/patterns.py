"""The pattern language of the rule files, compiled to spaCy Matcher token patterns.

A pattern is written over the normal form of a text (see `language.normalise`), one element for
each token, separated by spaces:

    word          that word                     a|b|c     any of these words
    @list         any word of a named list      x?  x+    optional, repeated
    ..3           up to three words, not crossing a sentence end
    ..3!a|@list   the same, and none of these words among them
    !a|b          one word that is none of these
    re:suicid.*   one word that fully matches a regular expression
    END  QMARK    a sentence end (also the start and end of the text), a question mark;
                  both may stand among words: and|END
    NUM           a number, in digits or letters
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

TokenPattern = dict[str, Any]
WordLists = Mapping[str, tuple[str, ...]]

SENTENCE_ENDS = (".", "?")
NUMBER = "7"
"""Stands for every number."""
OTHER_WORD = "x"
"""Stands for every word that no pattern names."""
_GAP = re.compile(r"\.\.([1-9])(?:!(.+))?")
_WORD = re.compile(r"[a-z0-9:&$%-]+")
_ENDS = {"END": SENTENCE_ENDS, "QMARK": ("?",)}
_NUMBER: TokenPattern = {"LIKE_NUM": True}


class PatternWrong(ValueError):
    """A pattern that the pattern language cannot read."""


def compile_pattern(pattern: str, words: WordLists) -> list[TokenPattern]:
    """Return the Matcher token pattern; PatternWrong says what to write instead."""
    elements = pattern.split()
    if not elements:
        raise PatternWrong("an empty pattern: write at least one word")
    compiled = [_compile_element(element, words) for element in elements]
    if all(token.get("OP", "").startswith(("?", "{0")) for token in compiled):
        raise PatternWrong(f"every element of {pattern!r} is optional: it would match anything")
    return compiled


def _compile_element(element: str, words: WordLists) -> TokenPattern:
    gap = _GAP.fullmatch(element)
    if gap:
        operator = f"{{0,{gap[1]}}}"
        if gap[2]:
            return {"LOWER": _none_of(gap[2], words), "OP": operator}
        return {"IS_PUNCT": False, "OP": operator}
    if element.startswith(".."):
        raise PatternWrong(f"{element!r}: write a gap as ..1 to ..9")
    body, op = element, ""
    if element[-1] in "?+" and not element.startswith("re:"):
        body, op = element[:-1], element[-1]
    token = dict(_compile_body(body, words))
    if op:
        token["OP"] = op
    return token


def _compile_body(body: str, words: WordLists) -> TokenPattern:
    if body == "NUM":
        return _NUMBER
    if body.startswith("re:"):
        return {"LOWER": {"REGEX": _anchored(body[3:])}}
    if body.startswith("!"):
        return {"LOWER": _none_of(body[1:], words)}
    choices = _alternatives(body, words)
    return {"LOWER": choices[0]} if len(choices) == 1 else {"LOWER": {"IN": choices}}


def _none_of(body: str, words: WordLists) -> dict[str, list[str]]:
    return {"NOT_IN": [*_alternatives(body, words), *SENTENCE_ENDS]}


def _anchored(expression: str) -> str:
    try:
        re.compile(expression)
    except re.error as error:
        raise PatternWrong(f"re:{expression} is not a regular expression: {error}") from error
    return f"^(?:{expression})$"


def _alternatives(body: str, words: WordLists) -> list[str]:
    found: list[str] = []
    for part in body.split("|"):
        if part in _ENDS:
            found.extend(_ENDS[part])
        elif part.startswith("@"):
            if part[1:] not in words:
                raise PatternWrong(f"{part}: there is no word list of that name in words*.yml")
            found.extend(words[part[1:]])
        elif _WORD.fullmatch(part):
            found.append(part)
        else:
            raise PatternWrong(
                f"{part!r} cannot occur in a normal form: write lower-case letters and digits, "
                "without apostrophes, commas or accents"
            )
    return found


def literal_words(patterns: list[TokenPattern]) -> Iterator[str]:
    """The plain words of a compiled pattern: misspellings are repaired towards them."""
    for token in patterns:
        lower = token.get("LOWER")
        if isinstance(lower, str):
            yield lower
        elif isinstance(lower, dict):
            yield from (*lower.get("IN", ()), *lower.get("NOT_IN", ()))


def token_expressions(patterns: list[TokenPattern]) -> Iterator[str]:
    """The regular expressions of a compiled pattern."""
    for token in patterns:
        lower = token.get("LOWER")
        if isinstance(lower, dict) and "REGEX" in lower:
            yield lower["REGEX"]
