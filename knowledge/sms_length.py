"""How long a text message is, in the units that carriers bill.

The table is the default alphabet of 3GPP TS 23.038: characters of the extension table take two
units. One message carries 160 units; when split, each part carries 153.
"""

from __future__ import annotations

SINGLE_LIMIT = 160
PART_LIMIT = 153
TWO_PARTS = 2 * PART_LIMIT

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")


def septets(text: str) -> int:
    """Units that the text takes; a character outside the alphabet is counted as one."""
    return sum(2 if character in _EXTENDED else 1 for character in text)


def foreign_characters(text: str) -> tuple[str, ...]:
    """Characters that no GSM-7 message can carry, each once, in order of appearance."""
    known = _BASIC | _EXTENDED
    return tuple(dict.fromkeys(each for each in text if each not in known))


def parts(text: str) -> int:
    """Messages that a GSM-7 text is sent as."""
    length = septets(text)
    return 1 if length <= SINGLE_LIMIT else -(-length // PART_LIMIT)
