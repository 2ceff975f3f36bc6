"""Every answer and every safety text as it really goes out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from actions.elaboration import PAGE
from bot.channels.messages import Choice, OutboundMessage
from bot.channels.sms.rendering import MOST, SEGMENTS, render
from bot.channels.wording import Wording
from clinic.facts import read_facts
from clinic.settings import PROJECT_ROOT
from knowledge.files import AnswerFile, read_answers
from language.pages import pages
from language.plain_sms import as_sms
from language.sms_length import Encoding, measure
from safety.assessment import Assessment, Category, Tier
from safety.hotlines import shared_regions
from safety.protocol import Heard, respond
from safety.state import SafetyState
from safety.texts import LANGUAGES, shared_texts
from tests.safety.test_texts import ONLY_ON_A_SCREEN

ANSWERS = read_answers(PROJECT_ROOT / "knowledge" / "content")
TEXTS = shared_texts()
WORDING = Wording(
    texts=TEXTS, regions=shared_regions(), clinic=read_facts(PROJECT_ROOT / "clinic.yml")
)
LINK = "https://www.cedar-hollow-clinic.example/ketamine-assisted-therapy"
SENT = sorted(text_id for text_id in TEXTS.ids() if not text_id.startswith(ONLY_ON_A_SCREEN))
SAFETY = ("first.", "question.", "again.", "reply.", "barrier.", "safe.", "next_step", "staff.",
          "keyword.", "region.", "sms.hotline_word")  # fmt: skip
"""Beginnings of the ids that are sent as safety replies."""
PLACES = [(region, language) for region in shared_regions() for language in LANGUAGES]
UNCHECKED = TEXTS.get("sms.unreviewed", "en").sms
WIDE = ("AU", "GB", "ZZ")
"""Regions with a long way to reach help."""


def _fits(messages: tuple[str, ...]) -> bool:
    return len(messages) <= MOST and all(
        measure(message).segments <= SEGMENTS for message in messages
    )


def _sent(
    answer: AnswerFile, *, reviewed: bool, choices: bool = False, text: str = ""
) -> OutboundMessage:
    titles = [each.title for each in ANSWERS if each.topic in answer.related][:3] if choices else []
    text = text or answer.sms
    listed = "".join(f" {n}) {title}" for n, title in enumerate(titles, 1))
    return OutboundMessage(
        outcome="answered",
        text=f"{text} You may also ask:{listed}" if listed else text,
        topic=answer.topic,
        notice="Reviewed by Dr. Gil on May 1, 2026" if reviewed else "From published sources",
        reviewed_on="2026-05-01" if reviewed else "",
        choices=tuple(Choice(label=title, text=title) for title in titles),
    )


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.topic)
def test_an_answer_goes_out_whole(answer: AnswerFile) -> None:
    """Reviewed in one message; else with its notice in two, of which each has two segments."""
    for link in ("", LINK):
        assert len(render([_sent(answer, reviewed=True)], link=link)) == 1
        unreviewed = render([_sent(answer, reviewed=False)], link=link)
        assert _fits(unreviewed)
        assert len(unreviewed) <= 2
        assert UNCHECKED in unreviewed[-1]
        joined = " ".join(re.sub(r"^\(\d/\d\) ", "", message) for message in unreviewed)
        assert as_sms(answer.sms) in joined.replace("\n", " ")
        assert all(measure(each).encoding is Encoding.GSM_7 for each in unreviewed)


@pytest.mark.parametrize("region", WIDE)
@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.topic)
def test_an_answer_with_everything_goes_out_whole(answer: AnswerFile, region: str) -> None:
    """Notice and help line, with choices, or with the first text that a new number gets."""
    there = WORDING.in_region(region)
    first = there.fixed("sms.first", form="sms")
    for choices, more in ((True, []), (False, [first])):
        sent = _sent(answer, reviewed=False, choices=choices)
        messages = render([there.with_help_line(sent, form="sms"), *more], link=LINK)
        assert _fits(messages)
        assert "more than fits" not in " ".join(messages)
        for part in (UNCHECKED, *(as_sms(each.text) for each in more)):
            assert sum(part in message for message in messages) == 1


@pytest.mark.parametrize("region", WIDE)
@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.topic)
def test_more_brings_the_whole_long_form(answer: AnswerFile, region: str) -> None:
    """Page after page, each with all that stands after it; no sentence is left out."""
    there = WORDING.in_region(region)
    long = pages(as_sms(answer.web), units=PAGE)
    said = []
    for number, page in enumerate(long, 1):
        ended = number == len(long)
        sent = replace(_sent(answer, reviewed=False, choices=ended, text=page), continues=not ended)
        messages = render([there.with_help_line(sent, form="sms")], link=LINK)
        assert _fits(messages)
        assert "more than fits" not in " ".join(messages)
        assert ("Reply MORE" in messages[-1]) is not ended
        said += [re.sub(r"^\(\d/\d\) ", "", message) for message in messages]
    heard = " ".join(" ".join(said).split())
    for sentence in pages(as_sms(answer.web), units=1):
        assert " ".join(sentence.split()) in heard


def _wordings(text_id: str, region: str, language: str) -> Iterator[OutboundMessage]:
    """The text with the lines of every category that it can be said in."""
    there = WORDING.in_region(region)
    named = [each for each in Category if each.value in text_id.split(".")]
    for category in named or Category:
        if text_id.startswith(SAFETY):
            yield from there.safety_messages(
                [text_id], category=category, language=language, form="sms"
            )
        else:
            yield there.fixed(text_id, form="sms", language=language, category=category)


@pytest.mark.parametrize(("region", "language"), PLACES)
def test_every_text_fits(region: str, language: str) -> None:
    """In one message of two segments, whatever is filled in."""
    for text_id in SENT:
        for message in _wordings(text_id, region, language):
            rendered = render([message])
            assert rendered == (as_sms(message.text),), text_id
            assert _fits(rendered), text_id
            if language == "en":
                assert measure(rendered[0]).encoding is Encoding.GSM_7, text_id


def _first_replies(category: Category, tier: Tier, region: str, language: str) -> list[str]:
    """Ids of the texts that the gate sends to a first message of danger."""
    heard = Heard(
        assessment=Assessment(tier=tier, category=category, rules=("en.x",)),
        meanings=frozenset(),
        language=language,
        text="",
        at=None,  # type: ignore[arg-type]
        without_line=shared_regions()[region].without_own_line(),
    )
    extra = ["region.ask"] if region == "ZZ" else []
    return [*respond(SafetyState(), heard, TEXTS).texts, *extra]


@pytest.mark.parametrize(("region", "language"), PLACES)
def test_the_first_message_says_where_help_is(region: str, language: str) -> None:
    """Every tier and category: emergency number or crisis line first, and room for what follows."""
    there = WORDING.in_region(region)
    for tier in (Tier.CHECK_IN, Tier.URGENT, Tier.EMERGENCY):
        for category in Category:
            if category is Category.NONE:
                continue
            ids = _first_replies(category, tier, region, language)
            replies = there.safety_messages(ids, category=category, language=language, form="sms")
            notices = [there.fixed(each, form="sms", language=language)
                       for each in ("notice.reminder", "sms.first")]  # fmt: skip
            messages = render([*replies, *notices])
            values = there.values(category, language, form="sms")
            assert values["emergency"] in messages[0] or values["crisis_reach"] in messages[0]
            assert messages[0] == as_sms(replies[0].text)
            assert len(messages) <= MOST
            assert all(measure(message).segments <= SEGMENTS for message in messages[:-1])
            said = "\n".join(messages)
            assert all(as_sms(reply.text) in said for reply in replies)


@pytest.mark.parametrize("language", ["de", "fr", "it", "ja", "ko", "pl", "pt", "ru", "vi", "zh"])
def test_other_languages_fit(language: str) -> None:
    """Their one sentence and the English text about the numbers, in few messages."""
    messages = render([WORDING.other_language(language, form="sms")])
    assert _fits(messages)
    assert "988" in " ".join(messages)
    assert "more than fits" not in " ".join(messages)
