"""Rules about the words themselves: nothing salesy, no doses, plain characters, easy to read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator

from knowledge.errors import Problem
from knowledge.files import AnswerFile
from knowledge.readability import grade
from knowledge.words import plain

GRADE_LIMIT = 9.5

# What nobody may promise, and what to write instead.
_BANNED = {
    r"cur(?:e|es|ed|ing)": "say what it may ease, for whom and for how long",
    r"breakthroughs?": "say what the studies found",
    r"game[- ]?chang(?:er|ers|ing)": "say what is different about it",
    r"mirac(?:le|les|ulous|ulously)": "say what the studies found",
    r"instant(?:ly|aneous|aneously)?": "say how many hours or days it takes",
    r"resets?|resetting": "say what is known to change",
    r"sanity": "name the symptom",
    r"failed treatments?": "write 'treatment that did not help enough'",
    r"beacons?": "say it plainly",
    r"lifelines?": "say it plainly; only the 988 Suicide & Crisis Lifeline is called that",
    r"(?:commit|commits|committed|committing) suicide": "write 'died by suicide'",
}
_BANNED_PATTERNS = tuple(
    (re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), instead)
    for pattern, instead in _BANNED.items()
)
_HOTLINE = re.compile(r"988 suicide (?:&|and) crisis lifeline", re.IGNORECASE)
_NUMBER = (
    r"(?:\d[\d.,]*|half an?|one|two|three|four|five|six|seven|eight|nine|ten|twenty|thirty|forty"
    r"|fifty|sixty|seventy|eighty|ninety|hundred)"
)
_UNIT = (
    r"(?:mg|mcg|µg|μg|ug|ml|cc|(?:milli|micro)grams?|millilit(?:er|re)s?)"
    r"(?:\s*(?:/|per)\s*(?:kg|kilograms?|kilos?|lbs?|pounds?))?"
)
_DOSE = re.compile(rf"\b{_NUMBER}(?:\s*(?:-|–|to)\s*{_NUMBER})?[\s-]*{_UNIT}\b", re.IGNORECASE)
_HTML = re.compile(r"</?[a-z!][^>\n]*>|&(?:[a-z]+|#\d+);", re.IGNORECASE)
_WEB_MARKS = re.compile(
    r"^(?:#|>|\d+[.)] |\* |\+ |\||-{3,}|={3,}|[ \t]+-)|`|\]\(|!\[|(?<!\*)\*(?!\*)|\b_|_\b|\*{3,}",
    re.MULTILINE,
)
_BOLD = re.compile(r"\*\*\S(?:[^*\n]*\S)?\*\*")
_SMS_MARKS = re.compile(r"^- |\*|`|^#|\]\(", re.MULTILINE)


def check_wording(answer: AnswerFile, *, easy: Collection[str]) -> Iterator[Problem]:
    """Problems in the title, web and SMS texts; `easy` are words that readers need not spell."""
    for part in ("title", "web", "sms"):
        yield from _check_words(answer, part)
        yield from _check_characters(answer, part)
        yield from _check_never_say(answer, part)
    yield from _check_marks(answer)
    reached = grade(answer.web, easy=easy)
    if reached > GRADE_LIMIT:
        yield _problem(
            answer, "web", 0,
            f"The web text reads like school grade {reached:.1f}: use shorter sentences and easier "
            f"words until it is {GRADE_LIMIT} or less.",
        )  # fmt: skip


def _problem(answer: AnswerFile, part: str, position: int, message: str) -> Problem:
    line = answer.line(part) + getattr(answer, part).count("\n", 0, position)
    return Problem(file=answer.file, line=line, message=message)


def _check_words(answer: AnswerFile, part: str) -> Iterator[Problem]:
    text = getattr(answer, part)
    # Same length, so that places in the text stay the same.
    searched = _HOTLINE.sub(lambda match: " " * len(match.group()), text)
    for pattern, instead in _BANNED_PATTERNS:
        for match in pattern.finditer(searched):
            what = f"Take out {match.group()!r}: {instead}."
            yield _problem(answer, part, match.start(), what)
    for match in _DOSE.finditer(text):
        what = f"Take out the dose {match.group()!r}: only a prescriber may name an amount."
        yield _problem(answer, part, match.start(), what)


def _check_characters(answer: AnswerFile, part: str) -> Iterator[Problem]:
    text = getattr(answer, part)
    for match in _HTML.finditer(text):
        what = f"Take out {match.group()!r}: write plain text, without HTML."
        yield _problem(answer, part, match.start(), what)
    hype = text.find("!")
    if hype >= 0:
        yield _problem(answer, part, hype, "End the sentence with a period, not with '!'.")
    emoji = next((n for n, character in enumerate(text) if _is_emoji(character)), -1)
    if emoji >= 0:
        name = unicodedata.name(text[emoji], "this sign").lower()
        yield _problem(answer, part, emoji, f"Take out the emoji ({name}): use words only.")


def _is_emoji(character: str) -> bool:
    if character in "©®°™":
        return False
    return unicodedata.category(character) == "So" or character in "\ufe0f\u200d\u20e3"


def _check_never_say(answer: AnswerFile, part: str) -> Iterator[Problem]:
    text = f" {plain(getattr(answer, part))} "
    for phrase in answer.never_say:
        if plain(phrase) and f" {plain(phrase)} " in text:
            name = {"title": "title", "web": "web text", "sms": "SMS text"}[part]
            what = f"The {name} says {phrase!r}, which stands under never_say: say it another way."
            yield _problem(answer, part, 0, what)


def _check_marks(answer: AnswerFile) -> Iterator[Problem]:
    # Removing correct bold first leaves only marks that are not allowed.
    web = _BOLD.sub(lambda match: " " * len(match.group()), answer.web)
    match = _WEB_MARKS.search(web) or re.search(r"\*\*", web)
    if match:
        what = "Use only short paragraphs, **bold** words and lists whose lines start with '- '."
        yield _problem(answer, "web", match.start(), what)
    match = _SMS_MARKS.search(answer.sms)
    if match:
        what = "Write the SMS text without marks: no bold, lists or links in brackets."
        yield _problem(answer, "sms", match.start(), what)
