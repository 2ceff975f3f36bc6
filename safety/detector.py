"""Is this message a crisis? Rules read everything; sentence vectors read meaning. Pure."""

from __future__ import annotations

import logging
from functools import lru_cache
from pathlib import Path

from language.encoder import shared_encoder
from language.errors import LanguageError
from safety.assessment import Assessment, Category, Tier
from safety.rulebook import RuleBook, shared_rules
from safety.semantic import SemanticModel

logger = logging.getLogger(__name__)

SEMANTIC = "semantic"
"""Stands among the rule ids when the examples decided the tier."""


class Detector:
    """Both halves together. Safe to share between threads."""

    def __init__(self, rules: RuleBook, semantic: SemanticModel | None) -> None:
        self._rules = rules
        self._semantic = semantic

    @property
    def has_semantic_half(self) -> bool:
        """False when only the rules decide."""
        return self._semantic is not None

    def assess_by_rules(self, text: str) -> Assessment:
        """What the rules alone find: a few milliseconds, no sentence encoder."""
        fired = [self._rules.rules[rule_id] for rule_id in self._rules.match_text(text)]
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
        by_rules = self.assess_by_rules(text)
        if self._semantic is None or not text.strip():
            return by_rules
        try:
            vectors = shared_encoder().encode_windows(text)
        except (LanguageError, RuntimeError, ValueError) as error:
            logger.error("sentence encoder failed (%s): rules decide alone", type(error).__name__)
            return by_rules
        return self._combined(by_rules, self._semantic, vectors)

    @staticmethod
    def _combined(by_rules: Assessment, model: SemanticModel, vectors: object) -> Assessment:
        crisis, urgent = model.score(vectors)  # type: ignore[arg-type]
        tier = Tier.NONE
        if urgent >= model.urgent_threshold:
            tier = Tier.URGENT
        elif crisis >= model.check_in_threshold:
            tier = Tier.CHECK_IN
        if tier <= by_rules.tier:
            return Assessment(
                tier=by_rules.tier, category=by_rules.category, rules=by_rules.rules,
                score=crisis, subjects=by_rules.subjects,
            )  # fmt: skip
        category = by_rules.category
        if category is Category.NONE:
            category = model.category_of(vectors)  # type: ignore[arg-type]
        return Assessment(
            tier=tier,
            category=category,
            rules=(*by_rules.rules, SEMANTIC),
            score=crisis,
            subjects=by_rules.subjects,
        )


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
