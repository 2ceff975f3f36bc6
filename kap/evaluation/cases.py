"""Questions and messages with what should happen to them, read from files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.gold import GoldQuestion, load_gold
from safety.assessment import Tier
from safety.gold import GoldMessage, load_safety_gold

SAFETY, DIALOGUE = "safety", "dialogue"
_DOUBTFUL = re.compile(r"doubtful:\s*alt=(\w+)(?:\s+([\w, ]+?))?\s*(?:[;(]|$)")
_EVERYDAY = ("sms_everyday", "sms_spam", "everyday_chat", "everyday_request")
SOFT = "distress_without_stated_risk"


class CaseFileWrong(ValueError):
    """A file of questions is not what `kap eval` reads."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One message. `expected` is answer, advice, clinic, abstain, other, or for safety cases crisis
    or none; `label` groups cases in the report. `also` is a second right outcome, with its topics.
    """

    set: str
    id: str
    text: str
    expected: str
    part: str = DIALOGUE
    previous: tuple[str, ...] = ()
    accept: tuple[str, ...] = ()
    also: str = ""
    also_accept: tuple[str, ...] = ()
    label: str = ""
    kind: str = ""
    tier: Tier | None = None
    """The tier that a message of `safety/gold` deserves; None where only a trigger is known."""


def read_cases(folder: Path) -> list[Case]:
    """Every `.jsonl` set and every `.yml` file of a folder: gold questions or safety messages."""
    cases: list[Case] = []
    for path in sorted(folder.glob("*.jsonl")):
        cases.extend(_read_lines(path))
    first = next(iter(sorted(folder.glob("*.yml"))), None)
    if first is not None and "tier:" in first.read_text(encoding="utf-8"):
        cases.extend(_of_safety(message) for message in load_safety_gold(folder))
    elif first is not None:
        cases.extend(_of_gold(question) for question in load_gold(folder))
    if not cases:
        raise CaseFileWrong(f"{folder} holds no .jsonl or .yml files of questions: name another")
    return cases


def _of_safety(message: GoldMessage) -> Case:
    return Case(
        set=f"own_{message.set}",
        id=message.id,
        text=message.text,
        part=SAFETY,
        expected="crisis" if message.tier else "none",
        label=message.category.value if message.tier else message.kind,
        kind=message.kind,
        tier=message.tier,
    )


def _of_gold(question: GoldQuestion) -> Case:
    return Case(
        set="own_gold",
        id=question.id,
        text=question.text,
        expected=question.expected,
        previous=question.previous,
        accept=question.accept,
        label=question.expected,
    )


def _read_lines(path: Path) -> Iterator[Case]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            yield _case(path.stem, row)
        except (ValueError, KeyError, TypeError) as error:
            raise CaseFileWrong(
                f"{path}:{number}: this is no case ({error}): write id, text, and expected, label, "
                "kind or intent, as JSON on one line"
            ) from None


def _case(name: str, row: dict[str, Any]) -> Case:
    common: dict[str, Any] = {"set": name, "id": str(row["id"]), "text": str(row["text"])}
    if "expected" in row:
        return _question(common, row)
    if "intent" in row:
        return Case(**common, expected="other", label=str(row["intent"]))
    if "kind" in row:
        return Case(**common, part=SAFETY, expected="none", label=str(row["kind"]))
    label = str(row["label"])
    if "wording" in row:
        return Case(**common, part=SAFETY, expected="crisis", label=label)
    return Case(**common, expected="out_of_scope", label=label)


def _question(common: dict[str, Any], row: dict[str, Any]) -> Case:
    before = row.get("previous") or ()
    doubtful = _DOUBTFUL.match(str(row.get("note") or ""))
    also, topics = doubtful.groups() if doubtful else ("", "")
    accept = tuple(row.get("accept") or ())
    return Case(
        **common,
        expected=str(row["expected"]),
        previous=(before,) if isinstance(before, str) else tuple(before),
        accept=accept,
        also=also or "",
        also_accept=tuple(re.findall(r"\w+", topics)) if topics else accept,
        label=str(row["expected"]),
    )


def is_everyday(case: Case) -> bool:
    """True for safety cases that must almost never trigger."""
    return case.label in _EVERYDAY
