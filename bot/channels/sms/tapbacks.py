"""What a phone sends when a person taps a heart on one of our texts: our own words in quotes."""

from __future__ import annotations

import re
from collections.abc import Iterable

_DONE = (
    r"loved|liked|disliked|laughed at|emphasi[sz]ed|questioned|reacted \S+ to"
    r"|removed (?:a|an|the) .{1,30}? from"
    r"|(?:le encant[oó]|le gust[oó]|no le gust[oó]|le dio risa|destac[oó]|puso en duda)"
)
_TAPBACK = re.compile(
    rf"\s*(?:(?:{_DONE})|[^\w\s\"\u201c\u00ab]{{1,8}}\s+(?:to|a))\s*"
    r"[\"\u201c\u00ab](?P<quoted>.+?)[\"\u201d\u00bb]?\s*",
    re.IGNORECASE | re.DOTALL,
)
_SHORTEST = 12


def is_tapback(body: str, ours: Iterable[str]) -> bool:
    """Whether the text only quotes one of `ours`, whole or cut short with an ellipsis.

    A quote of anything else is a person's own text.
    """
    found = _TAPBACK.fullmatch(body)
    if not found:
        return False
    quoted = _plain(found["quoted"])
    for text in ours:
        said = _plain(text)
        if quoted == said or (len(quoted) >= _SHORTEST and said.startswith(quoted)):
            return True
    return False


def _plain(text: str) -> str:
    return " ".join(text.rstrip(" .\u2026").split()).replace("\u2019", "'").casefold()
