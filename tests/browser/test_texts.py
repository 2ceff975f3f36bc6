"""Texts of the interface, which are data: complete, plain, and true to the help lines."""

from __future__ import annotations

import gzip
import json
import re

import pytest

from clinic.settings import PROJECT_ROOT
from knowledge.readability import grade
from safety.hotlines import shared_regions

WIDGET = PROJECT_ROOT / "widget"
TEXTS = {
    language: json.loads((WIDGET / "src" / "texts" / f"{language}.json").read_text())
    for language in ("en", "es")
}
LINES = json.loads((WIDGET / "src" / "lines.json").read_text())


def test_languages_have_the_same_texts() -> None:
    """Every text exists in both languages, none is empty, and the same values are filled in."""
    assert TEXTS["en"].keys() == TEXTS["es"].keys()
    for key, text in TEXTS["en"].items():
        assert text.strip(), key
        assert TEXTS["es"][key].strip(), key
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", TEXTS["es"][key]))


def test_every_text_is_used() -> None:
    """A text that no code names is one that nobody reads again."""
    code = "\n".join(path.read_text() for path in (WIDGET / "src").rglob("*.ts"))
    unused = [key for key in TEXTS["en"] if not re.search(rf'"{key}"', code)]
    dynamic = {"renewed", "ended", "erased"}
    assert set(unused) <= dynamic, unused


@pytest.mark.parametrize("language", TEXTS)
def test_texts_are_calm(language: str) -> None:
    """No exclamation marks, no shouting, no emoji, no cold words."""
    for key, text in TEXTS[language].items():
        assert "!" not in text, key
        assert "¡" not in text, key
        assert not re.search(r"\b[A-Z]{4,}\b", text.replace("KAP", "")), key
        assert not re.search(r"[\u2600-\u27bf\U0001f300-\U0001faff]", text), key
        assert not re.search(r"\b(invalid|error|unfortunately|failed|must)\b", text, re.I), key


def test_texts_are_plain() -> None:
    """About the eighth grade, in short sentences."""
    whole = " ".join(text for text in TEXTS["en"].values() if text.endswith("."))
    assert (
        grade(
            re.sub(r"\{\w+\}", "it", whole), easy=frozenset({"history", "emergency", "emergencies"})
        )
        <= 8
    )
    for key, text in TEXTS["en"].items():
        for sentence in re.split(r"(?<=[.?:;])\s+", text):
            assert len(sentence.split()) <= 25, key


def test_own_help_lines_are_those_of_the_protocol() -> None:
    """The lines that the widget shows without a server are the ones the safety package shows."""
    regions = shared_regions()
    assert LINES.keys() == regions.keys()
    for code, own in LINES.items():
        region = regions[code]
        if code != "ZZ":
            assert own["emergency"] == region.emergency.get("en")
        first = region.crisis
        shown = own if "name" in own else LINES["ZZ"]
        assert shown.get("call", "") == (first.call or "")
        for language in ("en", "es"):
            assert shown["name"][language] == first.name.get(language, first.name["en"])
            assert shown["reach"][language] == first.reach.get(language, first.reach["en"])


def test_the_bundle_is_small_and_writes_no_html() -> None:
    """Under 30 KB gzipped, and nothing in it turns text into elements."""
    bundle = (WIDGET / "dist" / "widget.js").read_bytes()
    assert len(gzip.compress(bundle, 9)) < 30 * 1024
    assert not re.search(
        rb"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser", bundle
    )


def test_the_lock_file_names_no_registry() -> None:
    """Packages come from wherever the machine is set up to look."""
    assert '"resolved"' not in (WIDGET / "package-lock.json").read_text()
