"""Takes personal details out of a message before staff may see it.

Patterns find what is written in a usual way. They miss some, and mask some harmless words; that is
why only single questions that found no answer are kept, and never whole conversations.
"""

from __future__ import annotations

import re

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_STREET = (
    r"(?:street|st|avenue|ave|road|rd|boulevard|blvd|lane|ln|drive|dr|court|ct|circle|cir|place|pl"
    r"|terrace|ter|way|parkway|pkwy|highway|hwy|square|sq|trail|trl)"
)
# Words that are no part of a name or of a street, although they stand in its place.
_COMMON = (
    r"(?!(?:a|about|an|and|are|as|at|because|but|for|from|have|hours?|days?|weeks?|months?|years?"
    r"|how|i|im|in|is|it|minutes?|my|no|not|of|on|or|out|over|people|sessions?|so|than|that|the"
    r"|this|times|to|was|what|when|why|with|your)\b)"
)
_NAME = rf"{_COMMON}[^\W\d_][\w'’-]*(?:\s+{_COMMON}[^\W\d_][\w'’-]*)?"
_CAPITAL = r"[A-Z][a-zà-ÿ'’-]+"

# In this order: an address may hold numbers, an e-mail may look like a link.
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[\w.+%-]+\s?@\s?[\w-]+(?:\.[\w-]+)+"), "[email]"),
    (re.compile(r"[\w.+-]+\s*(?:\(at\)|\[at\])\s*[\w-]+\s*(?:\.|\(dot\)|\[dot\])\s*\w+", re.I),
     "[email]"),
    (re.compile(r"\b(?:https?://|www\.)\S+", re.I), "[link]"),
    (re.compile(r"\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|edu|gov|io|me|info|co|us|ca|uk)"
                r"(?:/\S*)?(?![\w.])", re.I), "[link]"),
    (re.compile(r"(?<!\w)@[A-Za-z]\w{2,}"), "[handle]"),
    (re.compile(r"\b\d{3}-\d{2}-\d{4}\b"), "[number]"),
    (re.compile(r"\b\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}\b"), "[date]"),
    (re.compile(rf"\b{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+(?:19|20)\d\d\b", re.I), "[date]"),
    (re.compile(rf"\b\d{{1,2}}(?:st|nd|rd|th)?(?:\s+of)?\s+{_MONTH},?\s+(?:19|20)\d\d\b", re.I),
     "[date]"),
    (re.compile(rf"(?<=\bborn )(?:on |in )?(?:{_MONTH}\s*)?(?:the )?\d{{1,4}}(?:st|nd|rd|th)?"
                r"(?:,?\s+\d{4})?\b", re.I), "[date]"),
    (re.compile(r"(?<!\w)\+?(?:\(?\d\)?[\s().-]{0,3}){6,14}\d\b"), "[phone]"),
    (re.compile(rf"\b\d{{1,6}}[a-z]?\s+(?:[nsew]\.?\s+)?(?:{_COMMON}[\w'’.]+\s+){{1,4}}?{_STREET}\b\.?"
                r"(?:,?\s*(?:apt|apartment|unit|suite|#)\.?\s*\w+)?", re.I), "[address]"),
    (re.compile(r"\bp\.?\s?o\.?\s?box\s+\d+", re.I), "[address]"),
    (re.compile(r"\b((?:my|his|her|their)(?: full| first| last)? name(?:['’]?s| is)|i['’]?m called"
                r"|i am called|call me|me llamo|mi nombre es)\s+"
                rf"(?:(?-i:{_CAPITAL}(?:\s+{_CAPITAL})*)|{_NAME})", re.I), r"\1 [name]"),
    (re.compile(rf"\b([Ii]['’]?m|[Ii] am|[Tt]his is|[Ii]t['’]?s) {_CAPITAL}\s+{_CAPITAL}\b"),
     r"\1 [name]"),
    (re.compile(rf"\b(Mr|Mrs|Ms|Miss|Dr|Doctor)\.?\s+{_CAPITAL}(?:\s+{_CAPITAL})?"), r"\1 [name]"),
    (re.compile(r"\b(?=\w*\d{3})(?=(?:\w*\d){5})\w+\b"), "[number]"),
    (re.compile(r"\b\d(?:[\s-]?\d){4,}\b"), "[number]"),
)  # fmt: skip


def mask(text: str) -> str:
    """The text with each personal detail replaced by its kind, such as `[phone]`.

    Masking a masked text changes nothing.
    """
    for pattern, mark in _PATTERNS:
        text = pattern.sub(mark, text)
    return text
