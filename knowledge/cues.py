"""Small words that tell who is meant: a verdict for me, a fact about you, or people in general."""

from __future__ import annotations

import re
from collections.abc import Mapping

_PATTERNS: Mapping[str, str] = {
    "self": r"\b(?:i|im|ive|id|ill|me|my|mine|myself|we|our|us)\b",
    "relative": (
        r"\b(?:my|our) (?:\w+ )?(?:mom|mum|mother|dad|father|wife|husband|son|daughter|kid|child"
        r"|brother|sister|partner|boyfriend|girlfriend|friend|grand\w+|aunt|uncle|spouse|parents?)\b"
    ),
    "verdict": (
        r"\b(?:should|shall|can|could|may|am|do|would|will|must) (?:i|we|my|he|she)\b"
        r"|\b(?:ok|okay|safe|right|good|bad|normal|fine) for (?:me|us|my|him|her)\b"
        r"|\b(?:ok|okay|safe|right|good|bad|normal|fine) if (?:i|my|we)\b"
        r"|\bhelp (?:me|my)\b|\bi (?:need|should|qualify)\b"
    ),
    "have": (
        r"\b(?:i|he|she|who) (?:have|had|has|got|take|takes|took|am on|was|am|feel|felt|still)\b"
        r"|\b(?:im|ive|id|hes|shes)\b"
    ),
    "you": r"\b(?:you|your|yours|yall|u|ur|ya|here|clinic|office|place|there)\b",
    "amount": r"\b\d+\s*(?:mg|ml|mcg|g|cc|/|over)?\b",
    "general": (
        r"\b(?:people|someone|somebody|patients?|anyone|person|one|usually|typical\w*|most)\b"
    ),
}  # fmt: skip
_COMPILED = {name: re.compile(pattern) for name, pattern in _PATTERNS.items()}
CUES = tuple(_PATTERNS)
_APOSTROPHES = re.compile("['’‘ʼ`´]")


def find_cues(text: str) -> tuple[bool, ...]:
    """Which of `CUES` stand in the text."""
    lowered = _APOSTROPHES.sub("", text).casefold()
    return tuple(bool(pattern.search(lowered)) for pattern in _COMPILED.values())
