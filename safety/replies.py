"""What a person in safety mode answers: yes, no, safe, a barrier, or a wish to go back."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from clinic.yaml_files import line_of, read_yaml, text_list
from safety.assessment import Category, Tier
from safety.errors import SafetyFileWrong
from safety.rulebook import RULES_FOLDER, Rule, RuleBook, load_words


class Meaning(enum.StrEnum):
    """One thing that a reply can say; a reply may say several."""

    YES = "yes"
    NO = "no"
    SAFE = "safe"
    DANGER = "danger"
    NOT_DANGER = "not_danger"
    CALLING = "calling"
    CANNOT_CALL = "cannot_call"
    POLICE = "police"
    NO_TALK = "no_talk"
    NOBODY = "nobody"
    TRIED = "tried"
    COST = "cost"
    BACK = "back"
    CLINIC = "clinic"
    OTHER_LINE = "other_line"


class ReplyBook:
    """The reply rules, with the same pattern language as the crisis rules."""

    def __init__(self, rules: list[Rule], meanings: dict[str, Meaning]) -> None:
        self.book = RuleBook(rules, load_words())
        self.meanings = meanings

    def understand(self, text: str) -> frozenset[Meaning]:
        """Every meaning that a rule finds in the text; empty when it is unclear."""
        return frozenset(self.meanings[rule_id] for rule_id in self.book.match_text(text))


def load_replies(folder: Path = RULES_FOLDER) -> ReplyBook:
    """Read `replies_*.yml`; SafetyFileWrong names file, line and what to write instead."""
    rules: list[Rule] = []
    meanings: dict[str, Meaning] = {}
    for path in sorted(folder.glob("replies_*.yml")):
        for rule, meaning in _rules_of(path):
            if rule.id in meanings:
                raise SafetyFileWrong(rule.place, None, f"reply id {rule.id} is defined twice")
            rules.append(rule)
            meanings[rule.id] = meaning
    if not rules:
        raise SafetyFileWrong(folder, None, "holds no replies_*.yml: restore it from the project")
    return ReplyBook(rules, meanings)


def _rules_of(path: Path) -> Iterator[tuple[Rule, Meaning]]:
    content = read_yaml(path)
    if not isinstance(content, dict) or not isinstance(content.get("replies"), list):
        raise SafetyFileWrong(path, 1, "write `language: en` and a list under `replies:`")
    language = str(content.get("language", "en"))
    for node in content["replies"]:
        line = line_of(node)
        try:
            meaning = Meaning(node.get("meaning"))
        except ValueError:
            allowed = ", ".join(meaning.value for meaning in Meaning)
            raise SafetyFileWrong(path, line, f"write `meaning:` as one of {allowed}") from None
        rule = Rule(
            id=str(node["id"]), language=language, tier=Tier.NONE, category=Category.NONE,
            why=meaning.value, patterns=tuple(text_list(path, node, "patterns")),
            unless=tuple(text_list(path, node, "unless", optional=True)),
            must_match=tuple(text_list(path, node, "must_match")),
            must_not_match=tuple(text_list(path, node, "must_not_match")),
            place=f"{path}:{line}",
        )  # fmt: skip
        yield rule, meaning


@lru_cache(maxsize=1)
def shared_replies() -> ReplyBook:
    """The committed reply rules, compiled once in a process."""
    return load_replies()
