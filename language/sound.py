"""Words written by ear or without vowels: the common word that one most likely stands for."""

import re
from collections import defaultdict
from collections.abc import Set
from functools import lru_cache

from language.inflection import is_inflected
from language.words import cost, everyday_words, sure_words

_VOWELS = frozenset("aeiouy")
_SOFT = frozenset("hw")
_LIKE_SOUNDS = ("sczx", "kcqgx", "fvp", "tdh", "mn", "bp", "jgd", "lr", "wv")
_ALIKE = frozenset((a, b) for group in _LIKE_SOUNDS for a in group for b in group)
_SPELLINGS = (
    (re.compile(r"^(?:kn|gn|pn)"), "n"),
    (re.compile(r"^wr"), "r"),
    (re.compile(r"^ps"), "s"),
    (re.compile(r"ph"), "f"),
    (re.compile(r"gh"), ""),
    (re.compile(r"t(?:i|ch)(?=o)|sh|ch|ss?ion|c(?=ia)"), "s"),
    (re.compile(r"d(?=g)|t(?=ch)"), ""),
    (re.compile(r"th"), "t"),
    (re.compile(r"[cz](?=[eiy])"), "s"),
    (re.compile(r"x"), "ks"),
    (re.compile(r"ck|[cq]"), "k"),
    (re.compile(r"z"), "s"),
    (re.compile(r"v"), "f"),
    (re.compile(r"d"), "t"),
    (re.compile(r"[aeiouyhw]"), ""),
    (re.compile(r"(.)\1+"), r"\1"),
)
_MOST_COMPARED, _LONGEST, _MOST_LONGER = 40, 20, 5
_FREQUENCY = 0.22
_WORTH_AIMING_FOR = 0.5


def _key(word: str) -> str:
    """The consonants that are heard, those that are often mistaken for each other made one."""
    for pattern, sound in _SPELLINGS:
        word = pattern.sub(sound, word)
    return word


@lru_cache(maxsize=1)
def _by_key() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for word in sorted(everyday_words(), key=cost):
        if len(word) > 1:
            found[_key(word)].append(word)
    return {key: tuple(words[:_MOST_COMPARED]) for key, words in found.items()}


def _added(letter: str, neighbour: str) -> float:
    if letter == neighbour:
        return 0.1
    if letter in _VOWELS:
        return 0.35
    return 0.4 if letter in _SOFT else 1.2


def _changed(one: str, other: str) -> float:
    if one == other:
        return 0.0
    if one in _VOWELS and other in _VOWELS:
        return 0.25
    return 0.5 if (one, other) in _ALIKE else 1.4


def unlikeness(typed: str, word: str) -> float:
    """How much must be changed to get from one word to the other; vowels count little."""
    row = [0.0]
    for place, letter in enumerate(word):
        row.append(row[-1] + _added(letter, word[place - 1] if place else ""))
    for i, letter in enumerate(typed):
        dropped = _added(letter, typed[i - 1] if i else "")
        before, row = row, [row[0] + dropped]
        for j, other in enumerate(word):
            row.append(
                min(
                    before[j] + _changed(letter, other),
                    before[j + 1] + dropped,
                    row[j] + _added(other, word[j - 1] if j else ""),
                )
            )
    return row[-1]


def sounds_like(typed: str, *, lexicon: Set[str]) -> str | None:
    """The everyday word meant by `typed`, rather one of the lexicon; None for no good guess."""
    ranked = [
        (
            unlikeness(typed, word)
            + _FREQUENCY * cost(word)
            - (_WORTH_AIMING_FOR if word in lexicon else 0.0),
            word,
        )
        for key in {_key(typed), _key(typed.replace("c", "s"))}
        for word in _by_key().get(key, ())
        if abs(len(word) - len(typed)) <= _MOST_LONGER
    ]
    if not ranked:
        return None
    best = min(ranked)[1]
    return best if unlikeness(typed, best) <= 0.7 + 0.25 * len(best) else None


_LEAST, _SHARE = 2, 6
_MOST_GUESSED = 40
_BY_EAR = dict(
    pair.split(":")
    for pair in (
        "b:be c:see d:the n:and r:are t:to u:you y:why eye:i aye:i ah:i mi:my mah:my yer:your "
        "az:as da:the dis:this dem:them den:then wiv:with iz:is tu:to tew:to dye:die dyed:died "
        "kum:come hav:have bin:been wen:when wot:what sum:some hed:head noo:new num:numb "
        "tanks:thanks hertz:hurts bern:burn kant:cant"
    ).split()
)
"""Known words too, where the rest of a message is written by ear."""


def as_heard(normal_form: str, *, lexicon: Set[str]) -> str:
    """A normal form with its odd words as the common ones that they sound like; empty where fewer
    than two words, or one in six, are odd."""
    tokens = normal_form.split()
    known = sure_words()
    odd = {
        token
        for token in tokens
        if token.isascii()
        and token.isalpha()
        and len(token) <= _LONGEST
        and token not in known
        and token not in lexicon
        and not is_inflected(token)
    }
    count = sum(token in odd for token in tokens)
    if count < _LEAST or count * _SHARE < len(tokens) or len(odd) > _MOST_GUESSED:
        return ""
    heard = {token: sounds_like(token, lexicon=lexicon) or token for token in odd} | _BY_EAR
    said = " ".join(heard.get(token, token) for token in tokens)
    return said if said != normal_form else ""
