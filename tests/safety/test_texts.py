"""Every scripted safety text: complete, short enough, and free of what must never be said."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.channels.wording import kept_placeholders
from clinic.facts import read_facts
from clinic.settings import PROJECT_ROOT
from language.detection import LANGUAGES as DETECTED
from language.sms_length import Encoding, foreign_characters, measure
from safety.assessment import Category
from safety.errors import SafetyFileWrong
from safety.hotlines import load_regions, shared_regions
from safety.texts import LANGUAGES, load_texts, other_languages, shared_texts

BOOK = shared_texts()
CLINIC = read_facts(PROJECT_ROOT / "clinic.yml")
ONLY_ON_A_SCREEN = ("web.", "notice.title", "notice.point.")
ALL = [(text_id, language) for text_id in sorted(BOOK.ids()) for language in LANGUAGES]


def _filled(text_id: str, language: str, *, form: str, region: str = "US") -> str:
    category = next(
        (item for item in Category if item.value in text_id.split(".")), Category.SUICIDE
    )
    values = shared_regions()[region].placeholders(category, language, form=form)
    own = {**CLINIC.placeholders(), **kept_placeholders(CLINIC.retention, language)}
    return BOOK.get(text_id, language).filled({**own, **values}, form=form)


NEVER = {
    "asks for means or method": (
        r"how (would|will|are|were) you (do|planning)",
        r"what .*(pills|method|means) do you",
        r"cómo lo harías",
    ),
    "asks where the person is": (r"where are you", r"what.s your address", r"¿dónde estás"),
    "promises secrecy": (
        r"(?<!not able to )(?<!can't )(?<!no puedo )(keep|stays?|remain).{0,20}(secret|between us)",
        r"(será|queda en) secreto",
    ),
    "diagnoses": (
        r"you (have|are suffering from) (depression|psychosis|bipolar)",
        r"you are (psychotic|manic|bipolar)",
    ),
    "lectures": (
        r"\b(selfish|think of your family|so much to live for|life is precious)\b",
        "egoísta",
    ),
    "is shocked": (r"\b(oh my god|that.s terrible|shocking)\b",),
    "minimises": (r"\b(just a phase|cheer up|it.s not that bad|calm down)\b", "cálmate"),
    "over-validates": (r"makes sense (that )?you want to (die|hurt|kill)",),
    "no-suicide contract": (r"promise me", r"prométeme"),
    "leading denial": (r"you.re not suicidal",),
    "refuses": (r"can.t talk about (that|this)", r"no puedo hablar de eso"),
    "stigma": (r"commit(ted)? suicide", r"(failed|successful) (suicide|attempt)"),
    "ends the chat": (r"\b(goodbye|end this chat|this conversation is over)\b", "adiós"),
    "claims to be human": (r"\bas a (person|human|nurse|counselor)\b",),
    "claims to act": (
        r"i (will|have|'ll) (call|called|send|sent|notif)",
        r"(staff|someone) (is|are) (coming|on the way)",
    ),
}


@pytest.mark.parametrize("what", NEVER)
def test_never_said(what: str) -> None:
    """No text in any language or form says what must never be said."""
    for text_id, language in ALL:
        text = BOOK.get(text_id, language)
        for form in (text.web, text.sms):
            for pattern in NEVER[what]:
                assert not re.search(pattern, form.lower()), (text_id, language)


def test_first_replies_say_automated_and_where_help_is() -> None:
    """Care, "automated assistant, not a person", the emergency number and the line."""
    for text_id in sorted(BOOK.ids()):
        if not text_id.startswith("first."):
            continue
        for form in ("web", "sms"):
            shown = _filled(text_id, "en", form=form)
            assert "911" in shown, (text_id, form)
            assert "automated" in shown.lower(), (text_id, form)
            assert "staff" not in shown.lower() or "misconduct" in text_id, (text_id, form)
        spanish = _filled(text_id, "es", form="web")
        assert "911" in spanish
        assert re.search("autom", spanish.lower()), text_id


def test_sms_is_short() -> None:
    """First texts fit one segment, in either language, and whatever else is sent two of them."""
    for text_id, language in ALL:
        if text_id.startswith(ONLY_ON_A_SCREEN):
            continue
        shown = _filled(text_id, language, form="sms")
        length = measure(shown)
        if language == "en" or text_id.startswith("first."):
            assert length.encoding is Encoding.GSM_7, (text_id, foreign_characters(shown))
        assert length.segments <= (1 if text_id.startswith("first.") else 2), (text_id, shown)


def test_medical_emergencies_go_to_911_before_988() -> None:
    """Overdose and medical emergencies name the emergency number first, and not 988."""
    for name in ("medical", "overdose"):
        shown = _filled(f"first.emergency.{name}", "en", form="web")
        assert "911" in shown
        assert "988" not in shown or shown.index("911") < shown.index("988")
    assert "1-800-222-1222" in _filled("first.emergency.overdose", "en", form="web")


def test_abuse_begins_with_device_safety() -> None:
    """The first sentence to an abused person is about who can read the screen."""
    for text_id in ("first.urgent.abuse", "first.emergency.abuse"):
        first = re.split(r"(?<=[.!?])\s", _filled(text_id, "en", form="web"))[0].lower()
        assert re.search(r"phone|device|computer|screen|read|see", first), first


def test_safety_questions_cannot_trip_a_carrier() -> None:
    """No SMS question asks for a word that carriers take as a command."""
    for text_id, language in ALL:
        if text_id.startswith("question."):
            sms = BOOK.get(text_id, language).sms
            assert not re.search(r"\b(STOP|END|QUIT|CANCEL|YES|START|HELP)\b", sms), text_id


def test_every_text_fills_in_every_region() -> None:
    """No region leaves a placeholder empty or unfilled."""
    for region in shared_regions():
        for text_id, language in ALL:
            for form in ("web", "sms"):
                shown = _filled(text_id, language, form=form, region=region)
                assert "$" not in shown
                assert "  " not in shown, (region, text_id)


def test_no_other_regions_number_is_shown() -> None:
    """Outside the United States and Canada nobody is told 911 or 988."""
    for region in ("GB", "IE", "AU", "NZ", "EU", "ZZ"):
        for text_id, language in ALL:
            shown = _filled(text_id, language, form="web", region=region)
            assert not re.search(r"\b(911|988)\b", shown), (region, text_id)


def test_staff_is_never_promised() -> None:
    """Texts about staff say what is true and never that somebody comes."""
    assert "can't send anyone" in BOOK.get("staff.queued", "en").web


def test_only_confirmed_lines_are_shown() -> None:
    """Every shown hotline has a source and a date; the closed "press 3" is not shown."""
    lines = {line.id: line for region in shared_regions().values() for line in region.lines}
    assert lines
    assert all(line.source and line.verified for line in lines.values())
    assert "us-988-lgbtq" not in lines


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("    source:", "    sourse:", "write its `source:`"),
        ("verified: 2026-09-14", "verified: lately", "write `verified:` as"),
        ("crisis: us-988}", "crisis: us-989}", "must name a line that is shown"),
    ],
)
def test_broken_hotlines_file(tmp_path: Path, old: str, new: str, part: str) -> None:
    """A hotline without source, date or target stops the start."""
    path = tmp_path / "hotlines.yml"
    good = (PROJECT_ROOT / "safety" / "hotlines.yml").read_text()
    assert old in good
    path.write_text(good.replace(old, new, 1))
    with pytest.raises(SafetyFileWrong, match=part):
        load_regions(path)


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("- {id: a, web: hi}\n", "needs `id:`, `web:` and `sms:`"),
        ("- {id: a, web: hi $phone, sms: hi}\n", r"\$phone is unknown"),
        ("- {id: a, web: hi, sms: hi}\n- {id: a, web: hi, sms: hi}\n", "defined twice"),
        ("id: a\n", "write a list of texts"),
    ],
)
def test_broken_text_file(tmp_path: Path, content: str, part: str) -> None:
    """A text without both forms, with an unknown placeholder or a taken id stops the start."""
    for language in LANGUAGES:
        (tmp_path / f"{language}.yml").write_text(content)
    with pytest.raises(SafetyFileWrong, match=part):
        load_texts(tmp_path)


def test_other_languages_have_one_sentence_without_numbers() -> None:
    """Each is detected, none is English or Spanish, and the numbers stay in the checked text."""
    found = other_languages()
    assert set(found) <= set(DETECTED) - {"en", "es"}
    for sentence in found.values():
        assert not any(character.isdigit() or character in "$!" for character in sentence)
