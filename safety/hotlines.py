"""Hotlines by region: how each is reached, where that was read, and when it was last checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from clinic.yaml_files import line_of, read_yaml
from safety.assessment import Category
from safety.errors import SafetyFileWrong

HOTLINES_FILE = Path(__file__).parent / "hotlines.yml"
SURE = ("H",)


@dataclass(frozen=True, kw_only=True)
class Hotline:
    """One line. `reach` completes "Please ...": "call or text 988"."""

    id: str
    region: str
    name: Mapping[str, str]
    reach: Mapping[str, str]
    reach_short: Mapping[str, str]
    categories: frozenset[Category]
    source: str
    verified: date
    shown: bool
    recheck: date | None = None
    """When somebody must look whether the line has come, gone or changed."""
    chat: str = ""
    call: str = ""
    """Number to call, as people dial it: "988, then press 1"."""
    text: str = ""
    """Number to send an SMS to."""
    keyword: Mapping[str, str] = field(default_factory=dict)
    """Word that such an SMS must begin with, by language; empty where any text will do."""
    deaf: str = ""
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Region:
    """The emergency number and the lines of one region."""

    code: str
    emergency: Mapping[str, str]
    crisis: Hotline
    lines: tuple[Hotline, ...]

    def line_for(self, category: Category) -> Hotline:
        """The category's own line, or the region's crisis line where it has none."""
        for line in self.lines:
            if category in line.categories:
                return line
        return self.crisis

    def without_own_line(self) -> frozenset[Category]:
        """Categories for which only the crisis line stands."""
        served = {category for line in self.lines for category in line.categories}
        return frozenset(Category) - served

    def helpers(self) -> tuple[Hotline, ...]:
        """The crisis line first, then the region's other lines; not those that only repeat the
        emergency number."""
        others = (line for line in self.lines if line.id != self.crisis.id)
        emergency = set(self.emergency.values())
        return (self.crisis, *(line for line in others if line.call not in emergency))

    def placeholders(self, category: Category, language: str, *, form: str) -> dict[str, str]:
        """Values for `$emergency`, `$crisis_reach`, `$line_name` and the like."""
        line = self.line_for(category)
        return {
            "emergency": _in(self.emergency, language),
            "crisis_name": _in(self.crisis.name, language),
            "crisis_reach": _in(_reach(self.crisis, form), language),
            "line_name": _in(line.name, language),
            "line_reach": _in(_reach(line, form), language),
        }


def _reach(line: Hotline, form: str) -> Mapping[str, str]:
    return line.reach if form == "web" else line.reach_short


def _in(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or texts["en"]


def load_regions(path: Path = HOTLINES_FILE, *, today: date | None = None) -> dict[str, Region]:
    """Regions by code; SafetyFileWrong names the line without source, date or way to reach it.

    `today` decides about lines with dates from or until which they are shown.
    """
    content, lines = _read(path, today or datetime.now(UTC).date())
    return {
        str(code): _region(path, str(code), node, lines)
        for code, node in content["regions"].items()
    }


def _read(path: Path, today: date) -> tuple[Any, list[Hotline]]:
    content = read_yaml(path)
    if not isinstance(content, dict) or not content.get("regions") or not content.get("lines"):
        raise SafetyFileWrong(path, 1, "write `regions:` and `lines:`")
    return content, [_hotline(path, node, today) for node in content["lines"]]


def all_lines(path: Path = HOTLINES_FILE) -> list[Hotline]:
    """Every line, those that are not shown too."""
    return _read(path, datetime.now(UTC).date())[1]


def _region(path: Path, code: str, node: Any, lines: Sequence[Hotline]) -> Region:
    by_id = {line.id: line for line in lines}
    crisis = by_id.get(str(node.get("crisis")))
    if crisis is None or not crisis.shown:
        raise SafetyFileWrong(
            path, line_of(node), f"region {code}: `crisis:` must name a line that is shown"
        )
    emergency = node.get("emergency")
    if not emergency:
        raise SafetyFileWrong(path, line_of(node), f"region {code}: write its `emergency:` number")
    return Region(
        code=code,
        emergency=_texts(emergency),
        crisis=crisis,
        lines=tuple(line for line in lines if line.region == code and line.shown),
    )


def _hotline(path: Path, node: Any, today: date) -> Hotline:
    line = line_of(node)
    name = str(node.get("id") or "")
    for key in ("id", "region", "name", "reach", "source", "verified"):
        if not node.get(key):
            raise SafetyFileWrong(path, line, f"hotline {name or '?'}: write its `{key}:`")
    if not isinstance(node["verified"], date):
        raise SafetyFileWrong(path, line, f"hotline {name}: write `verified:` as 2026-11-21")
    try:
        categories = frozenset(Category(item) for item in node.get("for") or ())
    except ValueError as error:
        raise SafetyFileWrong(path, line, f"hotline {name}: {error}") from error
    return Hotline(
        id=name,
        region=str(node["region"]),
        name=_texts(node["name"]),
        reach=_texts(node["reach"]),
        reach_short=_texts(node.get("reach_short") or node["reach"]),
        categories=categories,
        source=str(node["source"]),
        verified=node["verified"],
        shown=_is_shown(path, node, name, today),
        recheck=_optional_date(path, node, "recheck", name),
        chat=str(node.get("chat") or ""),
        call=str(node.get("call") or ""),
        text=str((node.get("text") or {}).get("number") or ""),
        keyword=_keywords(node.get("text") or {}),
        deaf=str(node.get("deaf") or ""),
        languages=tuple(map(str, node.get("languages") or ())),
    )


def _is_shown(path: Path, node: Any, name: str, today: date) -> bool:
    """A line is shown when it is sure enough, switched on, and between its dates."""
    start = _optional_date(path, node, "shown_from", name)
    end = _optional_date(path, node, "shown_until", name)
    if (start and today < start) or (end and today > end):
        return False
    shown = bool(node.get("shown", True))
    if shown and node.get("confidence") not in SURE and not node.get("exception"):
        raise SafetyFileWrong(
            path, line_of(node),
            f"hotline {name}: only lines of `confidence: H` are shown; write `shown: false`, or "
            "`exception:` with who decided otherwise and why",
        )  # fmt: skip
    return shown


def _optional_date(path: Path, node: Any, key: str, name: str) -> date | None:
    value = node.get(key)
    if value is not None and not isinstance(value, date):
        raise SafetyFileWrong(path, line_of(node), f"hotline {name}: write `{key}:` as 2026-11-21")
    return value


def _keywords(text: Mapping[str, Any]) -> dict[str, str]:
    """A language without a keyword of its own takes the English one."""
    words = {"en": text.get("keyword"), "es": text.get("keyword_es") or text.get("keyword")}
    return {language: str(word) for language, word in words.items() if word}


def _texts(value: Any) -> dict[str, str]:
    if isinstance(value, dict):
        return {str(language): str(text) for language, text in value.items()}
    return {"en": str(value)}


@lru_cache(maxsize=1)
def shared_regions() -> Mapping[str, Region]:
    """The committed hotlines, read once in a process."""
    return load_regions()
