"""How many years of school a text asks for: an estimate of the Flesch-Kincaid grade.

Grade = 0.39 * words per sentence + 11.8 * syllables per word - 15.59 (Kincaid et al., 1975).
"""

from __future__ import annotations

import re
from collections.abc import Collection

from knowledge.words import sentences

_WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)?|\d[\d,.:/%-]*")
_VOWELS = re.compile(r"[aeiouy]+")
# Neighboring vowels that are spoken apart, as in area, anxiety, usual.
_TWO_BEATS = re.compile(
    r"ia(?!l|n\b)|io(?!u|n)|(?<!p)eo|(?<![tc])ie(?:t|n[ct])|\bscie|\barea|idea|\bcrea|nausea"
    r"|(?<![gq])ual|suic|uou|eing\b|[^aeiou]ying"
)
_SILENT = re.compile(r"(?:[^aeiouyl]|[aeiouy]l)e$|[^aeiouytd]ed$|(?<![cs]h)[^aeiouysxzcg]es$")


def syllables(word: str) -> int:
    """Spoken beats in an English word; capitals only (IV, NMDA) and numbers count as one."""
    if not word.isalpha() and not re.fullmatch(r"[A-Za-z]+['’][A-Za-z]+", word):
        return 1
    if word.isupper():
        return 1
    lower = word.lower()
    count = len(_VOWELS.findall(lower)) + len(_TWO_BEATS.findall(lower))
    if _SILENT.search(lower):
        count -= 1
    return max(count, 1)


def grade(text: str, *, easy: Collection[str] = ()) -> float:
    """School grade of a web text; `easy` words (lower case) count two syllables at most."""
    words = 0
    beats = 0
    parts = sentences(text)
    for part in parts:
        for word in _WORD.findall(part):
            words += 1
            known = _is_easy(word.lower(), easy)
            beats += min(syllables(word), 2) if known else syllables(word)
    if not words:
        return 0.0
    return 0.39 * words / len(parts) + 11.8 * beats / words - 15.59


def _is_easy(word: str, easy: Collection[str]) -> bool:
    return word in easy or (word.endswith("s") and word[:-1] in easy)
