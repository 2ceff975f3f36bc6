"""Everything that an answer must fulfil before it can go live, one sentence per problem."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from knowledge.errors import Problem
from knowledge.files import AnswerFile, is_slug
from knowledge.glossary import GlossaryTerm, shipped_glossary
from knowledge.wording import check_wording
from knowledge.words import plain, tokens
from language.sms_length import TWO_PARTS, excess, foreign_characters, measure

__all__ = ["Problem", "check_answers"]

WEB_WORDS = range(60, 181)
LEAST_PHRASINGS = 40
_ADDRESS = re.compile(r"https?://[\w-]+(?:\.[\w-]+)+(?:[/?#:]\S*)?")


def check_answers(
    files: Sequence[AnswerFile], *, glossary: Sequence[GlossaryTerm] | None = None
) -> tuple[Problem, ...]:
    """Problems of the answers, by answer in the order given and by line; empty when all is well.

    What two answers share by mistake is reported for the later one. Words of the glossary (the
    shipped one unless given) count as easy to read.
    """
    terms = shipped_glossary() if glossary is None else glossary
    easy = {word for term in terms for name in (term.term, *term.synonyms) for word in tokens(name)}
    shared = [*_shared_topics(files), *_shared_phrasings(files)]
    found = []
    for answer in files:
        mine = [*_check_one(answer, easy), *(each for owner, each in shared if owner is answer)]
        found.extend(sorted(mine, key=lambda problem: problem.line))
    return tuple(found)


def _check_one(answer: AnswerFile, easy: Collection[str]) -> Iterator[Problem]:
    yield from _check_names(answer)
    yield from _check_review(answer)
    yield from _check_lengths(answer)
    yield from _check_lists(answer)
    yield from _check_sources(answer)
    yield from check_wording(answer, easy=easy)


def _at(answer: AnswerFile, name: str, message: str) -> Problem:
    return Problem(file=answer.file, line=answer.line(name), message=message)


def _check_names(answer: AnswerFile) -> Iterator[Problem]:
    shape = "3 to 60 small letters, digits and underscores, starting with a letter"
    if not is_slug(answer.topic):
        yield _at(answer, "topic", f"Write the topic {answer.topic!r} as {shape}.")
    elif answer.file.endswith(".md") and answer.file != f"{answer.topic}.md":
        yield _at(answer, "topic", f"Name the file {answer.topic}.md, like its topic.")
    if not answer.title:
        yield _at(answer, "title", "Give the answer a title.")
    for number, topic in enumerate(answer.related):
        if not is_slug(topic):
            yield _at(answer, f"related.{number}", f"Write the related topic {topic!r} as {shape}.")
        elif topic == answer.topic:
            yield _at(answer, f"related.{number}", "Take the answer's own topic out of related.")
    for topic in _doubles(answer.related):
        yield _at(answer, "related", f"Name the related topic {topic!r} once only.")


def _check_review(answer: AnswerFile) -> Iterator[Problem]:
    if answer.review_by is None:
        what = "Say under review_by when the answer must be read again, such as 2027-05-21."
        yield _at(answer, "review_by", what)
    if bool(answer.reviewer) != bool(answer.reviewed_on):
        missing, present = ("reviewed_on", "reviewer") if answer.reviewer else (
            "reviewer", "reviewed_on")  # fmt: skip
        yield _at(answer, present, f"Fill in {missing} too, or leave both empty.")


def _check_lengths(answer: AnswerFile) -> Iterator[Problem]:
    words = sum(1 for piece in answer.web.split() if tokens(piece))
    if words not in WEB_WORDS:
        least, most = WEB_WORDS[0], WEB_WORDS[-1]
        what = f"The web text has {words} words: write {least} to {most}."
        yield _at(answer, "web", what)
    if not answer.sms:
        yield _at(answer, "sms", "Write an SMS text.")
    if foreign := foreign_characters(answer.sms):
        signs = " ".join(foreign)
        what = f"A text message cannot carry {signs}: use straight quotes and plain letters."
        yield _at(answer, "sms", what)
    elif over := excess(answer.sms, segments=2):
        length = measure(answer.sms).units
        what = f"The SMS text is {length} characters: take out {over} to fit in {TWO_PARTS}."
        yield _at(answer, "sms", what)
    if "\n" in answer.sms:
        yield _at(answer, "sms", "Write the SMS text as one paragraph on one line.")


def _check_lists(answer: AnswerFile) -> Iterator[Problem]:
    if not answer.never_say:
        yield _at(answer, "never_say", "List under never_say at least one wording to avoid.")
    for number, phrase in enumerate(answer.never_say):
        if not plain(phrase):
            yield _at(answer, f"never_say.{number}", "Write words under never_say, not only signs.")
    count = len(answer.phrasings)
    if count < LEAST_PHRASINGS:
        missing = LEAST_PHRASINGS - count
        what = f"List {missing} more phrasings: {count} of {LEAST_PHRASINGS} so far."
        yield _at(answer, "phrasings", what)
    seen: dict[str, str] = {}
    for number, phrasing in enumerate(answer.phrasings):
        key = plain(phrasing)
        if not key:
            yield _at(answer, f"phrasings.{number}", "Write words as a phrasing, not only signs.")
        elif key in seen:
            what = f"Take out the phrasing {phrasing!r}: {seen[key]!r} says the same."
            yield _at(answer, f"phrasings.{number}", what)
        seen.setdefault(key, phrasing)


def _check_sources(answer: AnswerFile) -> Iterator[Problem]:
    if not answer.sources:
        yield _at(answer, "sources", "Name at least one source.")
    for number, source in enumerate(answer.sources):
        name = f"sources.{number}"
        if not source.title:
            yield _at(answer, name, "Give the source its title.")
        if source.kind == "article" and not source.section:
            yield _at(answer, name, "Name the section of the article that says so.")
        if source.kind == "outside" and not _ADDRESS.fullmatch(source.address):
            what = "Give the source its address, starting with https:// and without spaces."
            yield _at(answer, name, what)


def _shared_topics(files: Sequence[AnswerFile]) -> Iterator[tuple[AnswerFile, Problem]]:
    first: dict[str, AnswerFile] = {}
    for answer in files:
        other = first.setdefault(answer.topic, answer)
        if other is not answer:
            what = f"The topic {answer.topic} is taken by {other.file}: choose another name."
            yield answer, _at(answer, "topic", what)


def _shared_phrasings(files: Sequence[AnswerFile]) -> Iterator[tuple[AnswerFile, Problem]]:
    first: dict[str, AnswerFile] = {}
    for answer in files:
        for number, phrasing in enumerate(answer.phrasings):
            other = first.setdefault(plain(phrasing), answer) if plain(phrasing) else answer
            if other.topic != answer.topic:
                what = (
                    f"Two topics claim the phrasing {phrasing!r}, {other.topic} and "
                    f"{answer.topic}: leave it with the one that answers it."
                )
                yield answer, _at(answer, f"phrasings.{number}", what)


def _doubles(items: Sequence[str]) -> list[str]:
    return [item for item in dict.fromkeys(items) if items.count(item) > 1]
