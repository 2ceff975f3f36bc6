"""Reads a message as its writer would have typed it with more care."""

from __future__ import annotations

import re

from language.normalise import normalise

_NOT = re.compile(
    r"\b(are|is|was|were|do|does|did|have|has|had|should|would|could|ca|wo)nt\b", re.IGNORECASE
)


def well_typed(text: str, lexicon: frozenset[str]) -> str:
    """The message with chat spellings and misspellings of `lexicon` words put right.

    What needs no repair is returned as it stands: sentence vectors see capitals and signs too.
    """
    variants = normalise(text, lexicon=lexicon).variants
    return _NOT.sub(r"\1n't", variants[-1] if variants else text)
