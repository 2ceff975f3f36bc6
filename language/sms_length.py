"""How long a text message is, in the units that carriers bill.

A text whose every character stands in the default alphabet of 3GPP TS 23.038, or in its extension
table, is sent in 7-bit units; any other text in 16-bit units. A message that does not fit in one
segment is sent as several, which hold less, for each begins with a header that joins them again.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

TWO_PARTS = 306
"""Units of the longest answer: two joined segments of GSM-7."""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
_GSM_7 = _BASIC | _EXTENDED


class Encoding(enum.StrEnum):
    """How the characters of one message travel; one foreign character decides for all of them."""

    GSM_7 = "GSM-7"
    UCS_2 = "UCS-2"

    @property
    def alone(self) -> int:
        """Units of a message of one segment."""
        return 160 if self is Encoding.GSM_7 else 70

    @property
    def joined(self) -> int:
        """Units of each segment when there are several."""
        return 153 if self is Encoding.GSM_7 else 67


@dataclass(frozen=True, kw_only=True)
class Length:
    """What one message takes. An empty message is sent as one empty segment."""

    encoding: Encoding
    units: int
    """Septets, or 16-bit code units; `[ ] { } \\ ~ ^ | €` take two septets, an emoji two units."""
    segments: int


def measure(text: str) -> Length:
    """The length of a text that is sent as one message."""
    encoding, sizes = _sized(text)
    units = sum(sizes)
    segments = 1 if units <= encoding.alone else len(list(_filled(sizes, encoding.joined)))
    return Length(encoding=encoding, units=units, segments=segments)


def excess(text: str, *, segments: int) -> int:
    """Units that stand behind the last of so many segments; 0 when the text fits in them."""
    encoding, sizes = _sized(text)
    if sum(sizes) <= encoding.alone:
        return 0
    return sum(list(_filled(sizes, encoding.joined))[segments:])


def foreign_characters(text: str) -> tuple[str, ...]:
    """Characters that no GSM-7 message can carry, each once, in order of appearance."""
    return tuple(dict.fromkeys(each for each in text if each not in _GSM_7))


def _sized(text: str) -> tuple[Encoding, list[int]]:
    """The encoding, and the units of each character."""
    if _GSM_7.issuperset(text):
        return Encoding.GSM_7, [2 if each in _EXTENDED else 1 for each in text]
    return Encoding.UCS_2, [2 if each > "\uffff" else 1 for each in text]


def _filled(sizes: Iterable[int], room: int) -> Iterator[int]:
    """Units in each segment. A character of two units that no longer fits begins the next one, so
    that neither an escape nor half a surrogate pair is left behind."""
    used = 0
    for size in sizes:
        if used + size > room:
            yield used
            used = 0
        used += size
    yield used
