"""Is this message a crisis? Rules read everything; sentence vectors read meaning. Pure."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from language.encoder import shared_encoder
from language.errors import LanguageError
from safety.assessment import Assessment, Category, Tier
from safety.rulebook import RuleBook, shared_rules
from safety.semantic import Reading, SemanticModel, Vectors

logger = logging.getLogger(__name__)

SEMANTIC = "semantic"
"""Stands among the rule ids when the examples decided the tier."""


DOUBTED = "doubted"
"""Stands among the rule ids when the examples lowered what the rules had found."""
DOUBTFUL, SURE_OF_NOTHING = 0.2, 0.04
"""Scores under which a rule's finding is lowered to the gentle question, and dropped."""
LEAST_WORDS = 3
"""Below it the rules decide alone: a bare "no" or "ok thanks" says nothing by itself."""
MOST_WINDOWS = 6
"""Of one message, whatever its length: what keeps an assessment quick."""


class Detector:
    """Both halves together. Safe to share between threads."""

    def __init__(self, rules: RuleBook, semantic: SemanticModel | None) -> None:
        self._rules = rules
        self._semantic = semantic

    @property
    def has_semantic_half(self) -> bool:
        """False when only the rules decide."""
        return self._semantic is not None

    @property
    def weak(self) -> float:
        """Score from which a message counts in a conversation's memory."""
        return self._semantic.thresholds.weak if self._semantic else 1.1

    @property
    def enough(self) -> float:
        """Sum of such scores from which a conversation is a check-in."""
        return self._semantic.thresholds.enough if self._semantic else 10.0

    def assess_by_rules(self, text: str) -> Assessment:
        """What the rules alone find: a few milliseconds, no sentence encoder."""
        return replace(self._by_rules(self._rules.match_text(text)), rules_alone=True)

    def _by_rules(self, ids: Iterable[str]) -> Assessment:
        fired = [self._rules.rules[rule_id] for rule_id in ids]
        subjects = {rule.category for rule in fired if rule.category is not Category.NONE}
        if not fired:
            return Assessment()
        worst = max(rule.tier for rule in fired)
        deciding = [rule for rule in fired if rule.tier == worst]
        category = min((rule.category for rule in deciding), key=lambda item: item.precedence)
        return Assessment(
            tier=worst,
            category=category if worst else Category.NONE,
            rules=tuple(sorted(rule.id for rule in fired)),
            subjects=tuple(sorted(subjects, key=lambda item: item.precedence)),
        )

    def assess(self, text: str) -> Assessment:
        """What both halves find. A failing encoder leaves the rules' finding; never raises."""
        read = self._rules.read(text)
        by_rules = self._by_rules(read.ids)
        readings = _readings(read.plain or text, read.repaired)
        words = max(len(each.split()) for each, _ in readings)
        if self._semantic is None or words < LEAST_WORDS:
            return by_rules
        encoder = shared_encoder()
        try:
            vectors = [encoder.encode_windows(each, most=most) for each, most in readings]
        except (LanguageError, RuntimeError, ValueError) as error:
            logger.error("sentence encoder failed (%s): rules decide alone", type(error).__name__)
            return replace(by_rules, rules_alone=True)
        found = self._semantic.read([each for each, _ in readings], vectors)
        hidden = read.hidden or len(readings) > 1
        return self._combined(by_rules, self._semantic, found, vectors, hidden=hidden)

    @staticmethod
    def _combined(
        by_rules: Assessment, model: SemanticModel, found: Reading, vectors: list[Vectors], *,
        hidden: bool,
    ) -> Assessment:  # fmt: skip
        """The higher tier of both. Who names self-harm needs half the score: it is seldom named
        by somebody whom it does not concern."""
        if Category.SELF_HARM in by_rules.subjects and found.crisis >= model.thresholds.weak:
            found = replace(found, tier=max(found.tier, Tier.CHECK_IN))
        if found.tier <= by_rules.tier:
            return _doubted(by_rules, found.crisis, hidden=hidden)
        category = by_rules.category
        if category is Category.NONE:
            category = model.category_of(vectors)
        return replace(
            by_rules,
            tier=found.tier,
            category=category,
            rules=(*by_rules.rules, SEMANTIC),
            score=found.crisis,
        )


def _readings(text: str, repaired: str) -> list[tuple[str, int]]:
    """The text as typed and, where it was disguised, as repaired; each with the most windows that
    may be encoded of it."""
    if not repaired:
        return [(text, MOST_WINDOWS)]
    return [(text, MOST_WINDOWS // 2), (repaired, MOST_WINDOWS // 2)]


def _doubted(by_rules: Assessment, score: float, *, hidden: bool) -> Assessment:
    """The rules' finding, lowered where the examples say that the words mean something else.

    A pattern meets a few words; the examples see the message. What an urgent rule found is silenced
    by very sure examples only, and what vectors read badly is left to the rules: disguises, slang,
    misspellings. What is lowered stays a subject, so that an answer carries the help line.
    """
    tier = by_rules.tier
    if not hidden and score < DOUBTFUL:
        gentle = tier > Tier.CHECK_IN and score >= SURE_OF_NOTHING
        tier = Tier.CHECK_IN if gentle else Tier.NONE
    if tier is by_rules.tier:
        return replace(by_rules, score=score)
    subjects = tuple(dict.fromkeys((by_rules.category, *by_rules.subjects)))
    category = by_rules.category if tier else Category.NONE
    return replace(
        by_rules, tier=tier, category=category, score=score, subjects=subjects,
        rules=(*by_rules.rules, DOUBTED),
    )  # fmt: skip


def load_detector(model_file: Path | None) -> Detector:
    """The committed rules with a trained semantic half; without one the rules decide alone."""
    semantic = None
    if model_file is not None:
        try:
            semantic = SemanticModel.load(model_file)
        except (OSError, KeyError, ValueError) as error:
            logger.error("no semantic safety model (%s): run `kap setup`", type(error).__name__)
    return Detector(shared_rules(), semantic)


@lru_cache(maxsize=4)
def shared_detector(model_file: Path | None) -> Detector:
    """One detector for a process and model file."""
    return load_detector(model_file)
