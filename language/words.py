"""Which words are known, and how common they are: the encoder's vocabulary and our own list.

The vocabulary is ordered by frequency, so a word's place in it gives its cost (Zipf's law).
"""

import math
from functools import lru_cache
from importlib.resources import files

VOCABULARY_FILE = files("language") / "data" / "vocab.txt"
_OWN_FILE = files("language") / "data" / "words.txt"
_SHORTHAND_FILE = files("language") / "data" / "shorthand.txt"
_FIRST_WORD = "the"
_FREQUENT_RANK, _OTHER_RANK, _EVERYDAY_RANK = 400, 9_000, 11_000


def word_set(text: str) -> frozenset[str]:
    """The words of a line of code, written without a quotation mark around each."""
    return frozenset(text.split())


_SHORT = word_set(
    "a i ah am an as at be bf by do dr ex gf go he hi id if im in is it ii iv km la mg ml mr ms my "
    "no of oh ok on or ow pm rn so to tv uh uk um up ur us vs we ya ye yo "
    "el de en es lo me mi ni se si su te tu un va ve ya yo ha he ir al da di le ti"
)
_GLUED_SHORT = word_set(
    "a i am an as at be by do go he hi if im in is it me my no of on or so to up us we"
)


def _own_words() -> dict[str, int]:
    """Our own words with the rank each of them stands for."""
    ranks: dict[str, int] = {}
    rank = _OTHER_RANK
    for line in _OWN_FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            rank = _FREQUENT_RANK if line == "[frequent]" else _OTHER_RANK
        elif not line.startswith("#"):
            for word in line.split():
                ranks.setdefault(word, rank)
    return ranks


@lru_cache(maxsize=1)
def ranks() -> dict[str, int]:
    """Word -> rank, 1 for the commonest. ASCII letters only."""
    lines = VOCABULARY_FILE.read_text(encoding="utf-8").splitlines()
    found = _own_words()
    for rank, word in enumerate(lines[lines.index(_FIRST_WORD) :], start=1):
        if word.isascii() and word.isalpha():
            found[word] = min(rank, found.get(word, rank))
    # The vocabulary lists single characters before words, so their order says nothing.
    return found | {"a": 6, "i": 12}


@lru_cache(maxsize=1)
def shorthand() -> dict[str, tuple[str, ...]]:
    """What is typed in chats -> the words meant."""
    lines = _SHORTHAND_FILE.read_text(encoding="utf-8").splitlines()
    pairs = (line.split(":") for line in lines if line and not line.startswith("#"))
    return {typed: tuple(meant.split()) for meant, forms in pairs for typed in forms.split()}


@lru_cache(maxsize=1)
def known_words() -> frozenset[str]:
    """Every word of the encoder's vocabulary and of our own list, lower case, ASCII letters."""
    return frozenset(ranks())


@lru_cache(maxsize=1)
def sure_words() -> frozenset[str]:
    """Known words without the two- and three-letter fragments that are hardly ever words."""
    return frozenset(
        word
        for word, rank in ranks().items()
        if len(word) > 3 or word in _SHORT or (len(word) == 3 and rank < _EVERYDAY_RANK)
    )


@lru_cache(maxsize=1)
def everyday_words() -> frozenset[str]:
    """The words that glued text may be taken apart into."""
    return frozenset(
        word
        for word in sure_words()
        if ranks()[word] < _EVERYDAY_RANK and (len(word) > 2 or word in _GLUED_SHORT)
    )


def cost(word: str) -> float:
    """Minus the logarithm of how common a word is; unknown words cost as much as the rarest."""
    return math.log(ranks().get(word, 60_000) + 10.0)
