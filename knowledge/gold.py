"""Questions with the outcome that people expect of them: what search is measured by."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from knowledge.errors import ContentFileWrong
from knowledge.yaml_lines import Fields, read_list

OUTCOMES = ("answer", "clarify", "advice", "clinic", "abstain", "crisis", "other")
_KEYS = ("id", "text", "expected", "accept", "previous", "note")


@dataclass(frozen=True, kw_only=True)
class GoldQuestion:
    """A question, what should happen to it, and the topics that count as right.

    `previous` holds what the visitor had said before, oldest first.
    """

    id: str
    text: str
    expected: str
    accept: tuple[str, ...] = ()
    previous: tuple[str, ...] = ()
    note: str = ""


def load_gold(path: Path) -> tuple[GoldQuestion, ...]:
    """Questions of one file, or of every `.yml` file of a folder; ids are unique among them."""
    paths = sorted(path.glob("*.yml")) if path.is_dir() else [path]
    seen: set[str] = set()
    found = []
    for each in paths:
        for fields in read_list(each):
            question = _read(fields)
            if question.id in seen:
                what = f"{question.id!r} is used twice: give this question another id"
                raise ContentFileWrong(file=each.name, line=fields.line("id"), what=what)
            seen.add(question.id)
            found.append(question)
    return tuple(found)


def _read(fields: Fields) -> GoldQuestion:
    fields.only(_KEYS)
    for key in ("id", "text"):
        if not fields.text(key):
            raise fields.wrong(key, f"give every question an `{key}`")
    expected = fields.text("expected")
    if expected not in OUTCOMES:
        raise fields.wrong("expected", f"expected must be one of {', '.join(OUTCOMES)}")
    accept = tuple(text for text, _ in fields.texts("accept"))
    if expected == "answer" and not accept:
        raise fields.wrong("expected", "list the topics that are right answers under `accept`")
    return GoldQuestion(
        id=fields.text("id"),
        text=fields.text("text"),
        expected=expected,
        accept=accept,
        previous=tuple(text for text, _ in fields.texts("previous")),
        note=fields.text("note"),
    )
