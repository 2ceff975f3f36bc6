"""Messages that ask several things, and messages that lean on the one before."""

from __future__ import annotations

import re

from knowledge.words import plain, tokens

MOST_PARTS = 3
_LONG = 25
"""Words from which only the sentences that ask something are searched, not the story around."""
_LONGEST_FOLLOW_UP = 9
_ENDS = re.compile(r"(?<=[?!.])\s+|\n+|(?<=\?)(?=\w)")
_ASKING = (
    r"(?:how|what|whats|when|where|who|why|which|is|are|am|do|does|did|can|could|will|would|should"
    r"|shall|has|have|if|u|r)"
)
_JOINED = re.compile(
    rf"(?:,\s*|\s+)(?:and|also|plus|or|but|n|&)\s+(?:also\s+)?(?={_ASKING}\b)"
    rf"|,\s+(?={_ASKING}\b)", re.IGNORECASE,
)  # fmt: skip
_STARTS_ASKING = re.compile(
    rf"\W*(?:and|but|so|ok|okay|hi|hey|hello|also|well)?\W*{_ASKING}\b", re.I
)
_POINTS_BACK = frozenset(
    ("it", "its", "that", "this", "those", "these", "they", "them", "then", "there", "one", "ones")
)
_FOLLOW_UP = re.compile(r"(?:and|but|so|also|or|why|how come|what about|how about|what if)\b")


def split_questions(text: str) -> tuple[str, ...]:
    """The questions in a message, at most three; empty when it asks one thing only."""
    asking = [
        part.strip()
        for sentence in _ENDS.split(text)
        for part in _JOINED.split(sentence)
        if len(tokens(part)) > 1
    ]
    if len(asking) < 2 and len(tokens(text)) < _LONG:
        return ()
    questions = [part for part in asking if part.endswith("?") or _STARTS_ASKING.match(part)]
    return tuple(dict.fromkeys(questions))[:MOST_PARTS]


def is_follow_up(text: str) -> bool:
    """True for short messages that lean on what came before, such as "and how long is that?"."""
    words = tokens(text)
    if len(words) > _LONGEST_FOLLOW_UP:
        return False
    return bool(_FOLLOW_UP.match(plain(text)) or _POINTS_BACK & set(words) or len(words) <= 2)
