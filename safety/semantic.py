"""The half of detection that reads meaning: a kernel machine over sentence vectors and words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from safety.assessment import Category, Tier
from safety.word_features import of_one

Vectors = NDArray[np.float32]
TIERS = (Tier.CHECK_IN, Tier.URGENT, Tier.EMERGENCY)
"""The columns of everything below: "this tier or a higher one"."""


@dataclass(frozen=True)
class Thresholds:
    """Probabilities from which the semantic half acts."""

    check_in: float
    urgent: float
    emergency: float
    weak: float
    """From here a message counts in a conversation's memory."""
    enough: float
    """The sum of such scores that makes a conversation a check-in."""


@dataclass(frozen=True)
class Reading:
    """What the semantic half found: the tier, and the probability of each tier or a higher one."""

    tier: Tier
    crisis: float
    urgent: float
    emergency: float


@dataclass(frozen=True)
class SemanticModel:
    """Kernel ridge regression with two kernels, as plain arrays: a model file can hold no code.

    A text's decision is the highest over its windows of `exp(-gamma d^2) @ weights`, plus what its
    words weigh.
    """

    rows: Vectors
    """(n, d) unit rows, one for each example."""
    weights: NDArray[np.float32]
    """(n, 3), for each example and tier."""
    word_weights: NDArray[np.float32]
    """(2 * SIZE, 3), for each hashed feature and tier."""
    rare: NDArray[np.float32]
    """(2 * SIZE,), see `safety.word_features.rarity`."""
    gamma: float
    curves: NDArray[np.float64]
    """(3, 2): slope and offset that turn a decision into a probability."""
    thresholds: Thresholds
    categories: tuple[Category, ...]
    """The category of each row; `none` for the harmless ones."""
    fingerprint: str
    """What it was trained from: see `safety.training.fingerprint`."""

    def read(self, texts: Sequence[str], vectors: Sequence[Vectors]) -> Reading:
        """Assess one message in one or more readings; `vectors` holds the windows of each."""
        found = np.max(
            [self._decision(text, rows) for text, rows in zip(texts, vectors, strict=True)], axis=0
        )
        crisis, urgent, emergency = self._probabilities(found)
        return Reading(self._tier(crisis, urgent, emergency), crisis, urgent, emergency)

    def _decision(self, text: str, vectors: Vectors) -> NDArray[np.float64]:
        kernel = np.exp(-self.gamma * (2.0 - 2.0 * (vectors @ self.rows.T)))
        places, weighed = of_one(text, self.rare)
        by_words = weighed @ self.word_weights[places]
        return np.asarray((kernel @ self.weights).max(axis=0) + by_words, dtype=np.float64)

    def _probabilities(self, decisions: NDArray[np.float64]) -> tuple[float, float, float]:
        odds = self.curves[:, 0] * decisions + self.curves[:, 1]
        first, second, third = 1.0 / (1.0 + np.exp(-odds))
        return float(first), float(second), float(third)

    def _tier(self, crisis: float, urgent: float, emergency: float) -> Tier:
        limits = self.thresholds
        if emergency >= limits.emergency and crisis >= limits.check_in:
            return Tier.EMERGENCY
        if urgent >= limits.urgent:
            return Tier.URGENT
        return Tier.CHECK_IN if crisis >= limits.check_in else Tier.NONE

    def category_of(self, vectors: Sequence[Vectors], *, neighbours: int = 7) -> Category:
        """The category that the nearest crisis examples vote for, weighed by nearness."""
        similarity = (np.concatenate(list(vectors)) @ self.rows.T).max(axis=0)
        votes: dict[Category, float] = {}
        counted_votes = 0
        for index in np.argsort(-similarity):
            category = self.categories[int(index)]
            if category is Category.NONE:
                continue
            votes[category] = votes.get(category, 0.0) + float(similarity[index]) ** 4
            counted_votes += 1
            if counted_votes == neighbours:
                break
        return max(votes, key=lambda category: votes[category])

    def save(self, path: Path) -> None:
        """Write one `.npz` file, whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial.npz")
        limits = self.thresholds
        np.savez_compressed(
            partial,
            rows=self.rows.astype(np.float16),
            weights=self.weights.astype(np.float32),
            word_weights=self.word_weights.astype(np.float16),
            rare=self.rare.astype(np.float16),
            gamma=np.array(self.gamma),
            curves=self.curves,
            thresholds=np.array(
                [limits.check_in, limits.urgent, limits.emergency, limits.weak, limits.enough]
            ),
            categories=np.array([category.value for category in self.categories]),
            fingerprint=np.array(self.fingerprint),
        )
        partial.replace(path)

    @classmethod
    def load(cls, path: Path) -> SemanticModel:
        """Read `save` back; OSError, KeyError or ValueError when the file is not one."""
        with np.load(path, allow_pickle=False) as data:
            return cls(
                rows=data["rows"].astype(np.float32),
                weights=data["weights"],
                word_weights=data["word_weights"].astype(np.float32),
                rare=data["rare"].astype(np.float32),
                gamma=float(data["gamma"]),
                curves=data["curves"],
                thresholds=Thresholds(*(float(value) for value in data["thresholds"])),
                categories=tuple(Category(str(name)) for name in data["categories"]),
                fingerprint=str(data["fingerprint"]),
            )
