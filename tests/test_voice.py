"""Every text that a visitor can see keeps to docs/voice.md, as far as a program can tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import Template

import pytest
from ruamel.yaml import YAML

from bot.channels.wording import kept_placeholders
from clinic.facts import read_facts
from clinic.settings import PROJECT_ROOT
from knowledge.files import read_answers
from knowledge.glossary import shipped_glossary
from knowledge.readability import grade
from knowledge.replies import shipped_replies
from knowledge.words import tokens
from language.sms_length import Encoding, measure
from safety.assessment import Category
from safety.hotlines import shared_regions
from safety.texts import shared_texts

CLINIC = read_facts(PROJECT_ROOT / "clinic.yml")
VALUES = {
    **CLINIC.placeholders(),
    **kept_placeholders(CLINIC.retention, "en"),
    **shared_regions()["US"].placeholders(Category.SUICIDE, "en", form="web"),
}
EASY = {
    word for term in shipped_glossary() for name in (term.term, *term.synonyms)
    for word in tokens(name)
}  # fmt: skip
GRADE_LIMIT = 9.5
LONGEST_SENTENCE = 34
SALESY = re.compile(
    r"\b(?:cur(?:e|es|ed)|breakthroughs?|game[- ]chang\w+|mirac\w+|instant\w*|reset\w*|sanity"
    r"|beacons?|guarantee\w*|amazing|revolutionary|cutting[- ]edge|world[- ]class|leading provider"
    r"|best clinic|will help you|works for everyone|100 ?%)\b",
    re.IGNORECASE,
)
COLD = re.compile(
    r"\b(?:unfortunately|unable to process|your request|invalid|please be advised|as an ai"
    r"|calm down|you must|you failed|failed treatments?|commit suicide|addict|junkie|crazy)\b",
    re.IGNORECASE,
)
VERDICT = re.compile(
    r"\b(?:you (?:qualify|are eligible|are a good candidate|have depression|can drive)"
    r"|you should (?:take|stop|start)|stop taking|it is safe for you)\b",
    re.IGNORECASE,
)
SHOUTED = re.compile(r"\b[A-Z]{5,}\b")
KNOWN_CAPITALS = {
    "SAMHSA",
    "SPRAVATO",
    "AMPA",
    "HELLO",
    "START",
    "AYUDA",
    "CONNECT",
    "HELPLINE",
    "VOLVER",
}


def _dialogue() -> Iterator[tuple[str, str, str]]:
    domain = YAML(typ="safe").load(PROJECT_ROOT / "domain.yml")
    for name, variations in domain["responses"].items():
        for number, variation in enumerate(variations):
            for form in ("web", "sms"):
                yield f"domain.{name}.{number}", form, variation["custom"][form]
    for reply in shipped_replies().values():
        for form in ("web", "sms", "again"):
            if text := getattr(reply, form):
                yield f"reply.{reply.id}", form, text.replace("$fact", "We open at nine.")
    for key, text in CLINIC.asked_for.items():
        yield f"clinic.{key}", "web", text


def _answers() -> Iterator[tuple[str, str, str]]:
    for answer in read_answers(PROJECT_ROOT / "knowledge" / "content"):
        for form in ("title", "web", "sms"):
            yield f"answer.{answer.topic}", form, getattr(answer, form)


def _safety(language: str) -> Iterator[tuple[str, str, str]]:
    book = shared_texts()
    for text_id in sorted(book.ids()):
        text = book.get(text_id, language)
        yield f"safety.{language}.{text_id}", "web", text.web
        yield f"safety.{language}.{text_id}", "sms", text.sms


ENGLISH = [*_dialogue(), *_answers(), *_safety("en")]
EVERYTHING = [*ENGLISH, *_safety("es")]
NAMED = {"argnames": ("name", "form", "text")}


def _filled(text: str) -> str:
    return Template(text).safe_substitute(VALUES)


@pytest.mark.parametrize(
    **NAMED, argvalues=EVERYTHING, ids=[f"{name}-{form}" for name, form, _ in EVERYTHING]
)
def test_a_text_is_calm_and_honest(name: str, form: str, text: str) -> None:
    """No hype, no cold or blaming words, no verdict, no shouting, no emoji."""
    shown = _filled(text)
    for pattern in (SALESY, COLD, VERDICT):
        assert not (found := pattern.search(shown)), found
    assert "!" not in shown
    assert not re.search(r"[\u2600-\u27bf\U0001f300-\U0001faff]", shown)
    shouted = set(SHOUTED.findall(shown)) - KNOWN_CAPITALS
    assert not shouted, shouted


@pytest.mark.parametrize(
    **NAMED, argvalues=ENGLISH, ids=[f"{name}-{form}" for name, form, _ in ENGLISH]
)
def test_a_text_is_plain(name: str, form: str, text: str) -> None:
    """About the eighth grade, and no sentence that must be read twice."""
    shown = _filled(text)
    if len(shown.split()) >= 25:
        assert grade(shown, easy=EASY) <= GRADE_LIMIT
    for sentence in re.split(r"(?<=[.?:;])\s+|\n+", shown):
        assert len(sentence.split()) <= LONGEST_SENTENCE, sentence


@pytest.mark.parametrize(
    **NAMED,
    argvalues=[each for each in _dialogue() if each[1] in ("sms", "again")],
    ids=[f"{n}-{f}" for n, f, _ in _dialogue() if f in ("sms", "again")],
)
def test_a_text_message_fits(name: str, form: str, text: str) -> None:
    """Two parts of GSM-7 once the clinic's facts are filled in."""
    shown = _filled(text)
    if form == "sms":
        assert measure(shown).encoding is Encoding.GSM_7
        assert measure(shown).segments <= 2
    assert "$" not in shown
