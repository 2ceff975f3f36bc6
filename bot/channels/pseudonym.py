"""Keyed hashes that stand for a phone number or an address, which are themselves not kept."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from clinic.secret import Secret

_LENGTH = 40


def keyed_hash(key: Secret, kind: str, value: str) -> str:
    """Forty hex digits: the same for the same value, of no use without the key.

    Values of different kinds never get the same hash.
    """
    own = hashlib.sha256(kind.encode() + b"\x00" + key.reveal().encode()).digest()
    return hmac.new(own, value.encode(), hashlib.sha256).hexdigest()[:_LENGTH]


class NumberPseudonyms:
    """Pseudonyms of phone numbers under every key that is known."""

    def __init__(self, keys: Sequence[Secret]) -> None:
        self._keys = tuple(keys)

    def of(self, number: str) -> tuple[str, ...]:
        """The pseudonym under the newest key first, then those under the older ones."""
        return tuple(keyed_hash(key, "phone-number", number) for key in self._keys)
