"""Rules as data: loading them, matching them, and holding each to its own cases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import spacy
from spacy.lang.en.lex_attrs import like_num

from clinic.yaml_files import Node, line_of, read_yaml, text_list
from language.backwards import read_backwards
from language.detection import detect_language
from language.normalise import normalise
from language.sound import as_heard
from safety.assessment import Category, Tier
from safety.errors import SafetyFileWrong
from safety.matching import Pattern, PatternIndex, Span, Text
from safety.patterns import (
    NUMBER,
    OTHER_WORD,
    SENTENCE_ENDS,
    PatternWrong,
    TokenPattern,
    WordLists,
    compile_pattern,
    literal_words,
    token_expressions,
)

RULES_FOLDER = Path(__file__).parent / "rules"
LEAST_CASES = 2


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One reason to act, with the cases that prove it. `patterns` are uncompiled."""

    id: str
    language: str
    tier: Tier
    category: Category
    why: str
    patterns: tuple[str, ...]
    unless: tuple[str, ...]
    must_match: tuple[str, ...]
    must_not_match: tuple[str, ...]
    place: str
    """`file:line`, for messages."""
    slang: bool = False
    """True for words that say nothing to the sentence encoder, whose doubt does not count then."""


class RuleBook:
    """All rules, compiled once. Safe to share between threads after construction."""

    def __init__(self, rules: Iterable[Rule], words: WordLists) -> None:
        self.rules: Mapping[str, Rule] = {rule.id: rule for rule in rules}
        self._vocab = spacy.blank("en").vocab
        self._literals: set[str] = set()
        expressions: set[str] = set()
        self._patterns: dict[str, tuple[Pattern, ...]] = {}
        self._exceptions: dict[str, tuple[Pattern, ...]] = {}
        compiled: dict[str, Pattern] = {}
        for rule in self.rules.values():
            for patterns, kept in (
                (rule.patterns, self._patterns),
                (rule.unless, self._exceptions),
            ):
                for written in patterns:
                    if written not in compiled:
                        tokens = _compiled(rule, written, words)
                        compiled[written] = Pattern.of(tokens, self._vocab)
                        self._literals.update(literal_words(tokens))
                        expressions.update(token_expressions(tokens))
                kept[rule.id] = tuple(compiled[written] for written in patterns)
        self._index = PatternIndex(self._patterns)
        self._expressions = re.compile("|".join(sorted(expressions)) or r"(?!)")
        self.lexicon = frozenset(w for w in self._literals if len(w) >= 4 and w.isalpha())
        """Words that misspellings are repaired towards."""

    def match(self, normal_form: str) -> set[str]:
        """Ids of the rules that fire on one normal form."""
        text = Text(
            [SENTENCE_ENDS[0], *map(self._known, normal_form.split()), SENTENCE_ENDS[0]],
            self._vocab,
        )
        found: set[str] = set()
        for rule_id, pattern in self._index.candidates(text):
            if rule_id not in found and self._fires(rule_id, pattern, text):
                found.add(rule_id)
        return found

    def _fires(self, rule_id: str, pattern: Pattern, text: Text) -> bool:
        return any(not self._excused(rule_id, text, span) for span in pattern.spans(text))

    def _excused(self, rule_id: str, text: Text, span: Span) -> bool:
        """True when an exception overlaps the match."""
        return any(
            start < span[1] and span[0] < end
            for exception in self._exceptions[rule_id]
            for start, end in exception.spans_near(text, span)
        )

    def _known(self, word: str) -> str:
        """The word itself where a rule can tell it from others, else a stand-in.

        spaCy keeps every word it ever saw for as long as the process lives; nobody's words may
        stay in memory like that.
        """
        if word in self._literals or word in SENTENCE_ENDS or self._expressions.match(word):
            return word
        return NUMBER if like_num(word) else OTHER_WORD

    def match_text(self, text: str) -> set[str]:
        """Ids of the rules that fire on any reading of a raw text."""
        return self.read(text).ids

    def read(self, text: str) -> Found:
        """The same with what was found in which reading."""
        normal = normalise(text, lexicon=self.lexicon)
        typed = self.match(normal.base)
        repaired = (normal.variants[:2] or (normal.base,))[-1]
        repaired = self._guessed(text, normal.base, repaired)
        others = {*normal.variants, repaired} - {normal.base}
        ids = typed.union(*map(self.match, others))
        differs = _differs(normal.base, repaired, one_in=8)
        differs = differs or _differs(normal.base, normal.decoded, one_in=24)
        return Found(
            ids=ids,
            hidden=bool(normal.plain) or ids != typed or any(self.rules[i].slang for i in ids),
            plain=normal.plain,
            repaired=repaired if differs else "",
        )

    def _guessed(self, text: str, base: str, repaired: str) -> str:
        """The repaired text, read backwards or by ear where it is still no language."""
        turned = read_backwards(base)
        if turned:
            return turned
        heard = as_heard(repaired, lexicon=self.lexicon)
        return heard if heard and detect_language(text) == "en" else repaired


@dataclass(frozen=True, kw_only=True)
class Found:
    """What the rules find in a raw text."""

    ids: set[str]
    hidden: bool
    """Whether a reader of plain words would not see all that was found in the text as typed."""
    plain: str
    """The text in plain letters, where it was not typed so."""
    repaired: str
    """The text with disguises decoded and misspellings mended; empty where that changed little."""


def _differs(base: str, reading: str, *, one_in: int) -> bool:
    """Whether at least so many words of a reading are not in the text as typed."""
    words = reading.split()
    typed = set(base.split())
    return one_in * sum(word not in typed for word in words) >= len(words) > 0


def _compiled(rule: Rule, pattern: str, words: WordLists) -> list[TokenPattern]:
    try:
        return compile_pattern(pattern, words)
    except PatternWrong as error:
        raise SafetyFileWrong(rule.place, None, f"rule {rule.id}: {error}") from error


def load_words(folder: Path = RULES_FOLDER) -> WordLists:
    """The named word lists of every `words*.yml`; a name may be given once."""
    return _named_lists(folder, "words*.yml")


def _named_lists(folder: Path, glob: str) -> dict[str, tuple[str, ...]]:
    lists: dict[str, tuple[str, ...]] = {}
    for path in sorted(folder.glob(glob)):
        content = read_yaml(path)
        if not isinstance(content, dict):
            raise SafetyFileWrong(path, 1, "write a mapping from list name to words")
        for name in content:
            if name in lists:
                raise SafetyFileWrong(path, line_of(content, name), f"@{name} is defined twice")
            lists[str(name)] = tuple(str(word) for word in text_list(path, content, name))
    return lists


def load_rules(folder: Path = RULES_FOLDER) -> list[Rule]:
    """Every rule of `<language>_*.yml`; SafetyFileWrong names file, line and the mend."""
    rules: dict[str, Rule] = {}
    exceptions = _named_lists(folder, "exceptions*.yml")
    for path in sorted(folder.glob("??_*.yml")):
        for rule in _rules_of(path, exceptions):
            if rule.id in rules:
                raise SafetyFileWrong(
                    rule.place, None, f"rule id {rule.id} also stands at {rules[rule.id].place}"
                )
            rules[rule.id] = rule
    if not rules:
        raise SafetyFileWrong(folder, None, "holds no rule file: restore safety/rules/*.yml")
    return list(rules.values())


def _rules_of(path: Path, exceptions: WordLists) -> Iterator[Rule]:
    content = read_yaml(path)
    if not isinstance(content, dict) or not isinstance(content.get("rules"), list):
        raise SafetyFileWrong(path, 1, "write `language: en` and a list under `rules:`")
    shared = text_list(path, content, "unless", optional=True)
    for name in text_list(path, content, "unless_also", optional=True):
        if name not in exceptions:
            line = line_of(content, "unless_also")
            raise SafetyFileWrong(path, line, f"{name} is no list of exceptions*.yml")
        shared.extend(exceptions[name])
    for node in content["rules"]:
        yield _rule_of(path, node, language=str(content.get("language", "")), shared=tuple(shared))


def _rule_of(path: Path, node: Node, *, language: str, shared: tuple[str, ...]) -> Rule:
    line = line_of(node)
    if not isinstance(node, dict) or not node.get("id"):
        raise SafetyFileWrong(path, line, "every rule needs an `id:`")
    name = str(node["id"])
    if not name.startswith(f"{language}."):
        raise SafetyFileWrong(path, line, f"rule {name}: its id must start with `{language}.`")
    for key in ("tier", "category", "why"):
        if not node.get(key):
            raise SafetyFileWrong(path, line, f"rule {name}: write its `{key}:`")
    try:
        tier, category = Tier.from_label(node["tier"]), Category(node["category"])
    except ValueError as error:
        raise SafetyFileWrong(path, line, f"rule {name}: {error}") from error
    cases = {key: tuple(text_list(path, node, key)) for key in ("must_match", "must_not_match")}
    for key, texts in cases.items():
        if len(texts) < LEAST_CASES:
            raise SafetyFileWrong(
                path, line, f"rule {name}: write at least {LEAST_CASES} cases under `{key}:`"
            )
    return Rule(
        id=name, language=language, tier=tier, category=category, why=str(node["why"]),
        patterns=tuple(text_list(path, node, "patterns")),
        unless=(*shared, *text_list(path, node, "unless", optional=True)),
        place=f"{path}:{line}", slang=bool(node.get("slang")), **cases,
    )  # fmt: skip


@lru_cache(maxsize=1)
def shared_rules() -> RuleBook:
    """The committed rules, compiled once in a process."""
    return RuleBook(load_rules(), load_words())
