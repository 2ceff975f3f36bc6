"""Words in disguise: digits and symbols for letters, masked letters, stretched letters."""

import re
from collections.abc import Iterator, Set
from itertools import groupby, islice, product

from language.spelling import Speller
from language.words import cost, shorthand, sure_words

_LEET = {
    **{"0": "o", "1": "il", "3": "e", "4": "a", "5": "s", "6": "gb", "7": "t", "8": "b", "9": "g"},
    **{"$": "s", "@": "a", "!": "il", "|": "il", "+": "t", "#": "h", "^": "a"},
}
_MASKS = str.maketrans("*#%^~", "?????")
_SYMBOLS = re.compile(r"[^a-z0-9]+")
_LONE = {"1": "i", "2": "to", "4": "for"}
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th|s)")
_COUNTED = re.compile(r"(\d+)([a-z]{3,})")
_NUMBERED = re.compile(r"([a-z]{3,})\d+")
_MOST_READINGS = 64


def _letterings(word: str) -> Iterator[str]:
    options = [_LEET.get(char, char) for char in word]
    return islice(map("".join, product(*options)), _MOST_READINGS)


def squeezed(word: str, *, lexicon: Set[str]) -> str | None:
    """The known word of which `word` is a stretched spelling (`diiiie`, `killll`)."""
    runs = [(letter, min(2, len(list(run)))) for letter, run in groupby(word)]
    if all(length == 1 for _, length in runs) or sum(length for _, length in runs) > 24:
        return None
    options = [(letter * 2, letter) if length == 2 else (letter,) for letter, length in runs]
    known = sure_words()
    found = [
        (reading not in lexicon, cost(reading) - 5 * (len(reading) - len(runs)), reading)
        for reading in map("".join, islice(product(*options), _MOST_READINGS))
        if reading in lexicon or reading in known
    ]
    return min(found)[2] if found else None


class Decoder:
    """Reads words that hide behind digits and symbols, for one lexicon."""

    def __init__(self, *, lexicon: Set[str], speller: Speller) -> None:
        self._lexicon = lexicon
        self._speller = speller

    def decode(self, raw: str) -> tuple[str, ...] | None:
        """The words meant by `raw` (`k1ll`, `$uicide`, `20pills`), or None for no idea."""
        if raw in shorthand():
            return shorthand()[raw]
        if _ORDINAL.fullmatch(raw):
            return None
        counted = _COUNTED.fullmatch(raw)
        if counted and counted.group(2) in sure_words():
            return counted.groups()
        numbered = _NUMBERED.fullmatch(raw)
        if numbered and numbered.group(1) in sure_words():
            return None
        word = self._spelled_out(raw) or self._unmasked(raw)
        return (word,) if word else None

    def decode_short(self, raw: str) -> str | None:
        """`1`, `m3`, `d13`: read as words only where the rest of the message is in disguise."""
        if raw in _LONE:
            return _LONE[raw]
        if not 1 < len(raw) < 5 or raw.isdigit() or raw.isalpha():
            return None
        known = sure_words()
        found = [word for word in _letterings(raw) if word in known]
        return min(found, key=cost, default=None)

    def _spelled_out(self, raw: str) -> str | None:
        letters = sum(char.isalpha() for char in raw)
        readings = [word for word in _letterings(raw) if word.isalpha() and word.isascii()]
        if raw.endswith("1"):
            readings += [f"{word}one" for word in _letterings(raw[:-1]) if word.isalpha()]
        hits = [word for word in readings if word in self._lexicon]
        if not hits and len(raw) > 2 and 2 * letters >= len(raw):
            hits = [word for word in readings if word in sure_words()]
        if not hits:
            stretched = [squeezed(word, lexicon=self._lexicon) for word in readings[:8]]
            hits = [word for word in stretched if word in self._lexicon and word is not None]
        best = min(hits, key=cost, default=None)
        rest = _SYMBOLS.sub("", raw)
        if best and raw[0] == "@" and rest in sure_words() and cost(rest) < cost(best):
            return None
        return best

    def _unmasked(self, raw: str) -> str | None:
        pattern = raw.translate(_MASKS)
        if "?" in pattern and pattern.replace("?", "").isalpha():
            found = self._speller.unmask(pattern)
            if found:
                return found
        bare = _SYMBOLS.sub("", raw)
        return bare if bare != raw and len(bare) > 3 and bare in self._lexicon else None
