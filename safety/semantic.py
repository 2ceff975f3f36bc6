"""The half of detection that reads meaning: a kernel machine over sentence vectors."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from safety.assessment import Category

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class KernelMachine:
    """An RBF support-vector machine with a calibrated probability, as plain arrays.

    `support` is (n, d) unit rows, `weights` is (n,). Kept as arrays and not pickled, so that a
    model file can carry no code.
    """

    support: Vectors
    weights: NDArray[np.float64]
    intercept: float
    gamma: float
    slope: float
    offset: float

    def probability(self, vectors: Vectors) -> NDArray[np.float64]:
        """Probability of the positive class for each unit row of `vectors` (m, d)."""
        distances = 2.0 - 2.0 * (vectors @ self.support.T)
        decision = np.exp(-self.gamma * distances) @ self.weights + self.intercept
        return np.asarray(1.0 / (1.0 + np.exp(-(self.slope * decision + self.offset))))


@dataclass(frozen=True)
class SemanticModel:
    """Two machines, "a crisis at all" and "urgent or worse", and the examples' categories."""

    crisis: KernelMachine
    urgent: KernelMachine
    check_in_threshold: float
    urgent_threshold: float
    examples: Vectors
    """(k, d) unit rows of the crisis examples."""
    categories: tuple[Category, ...]
    """The category of each example row."""
    fingerprint: str
    """What it was trained from: see `safety.training.fingerprint`."""

    def score(self, vectors: Vectors) -> tuple[float, float]:
        """Highest probability of a crisis and of urgency over the windows of one text."""
        return (
            float(self.crisis.probability(vectors).max()),
            float(self.urgent.probability(vectors).max()),
        )

    def category_of(self, vectors: Vectors, *, neighbours: int = 7) -> Category:
        """The category that the nearest crisis examples vote for, weighed by nearness."""
        similarity = (vectors @ self.examples.T).max(axis=0)
        nearest = np.argsort(-similarity)[:neighbours]
        votes: dict[Category, float] = {}
        for index in nearest:
            category = self.categories[int(index)]
            votes[category] = votes.get(category, 0.0) + float(similarity[index]) ** 4
        return max(votes, key=lambda category: votes[category])

    def save(self, path: Path) -> None:
        """Write one `.npz` file, whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial.npz")
        np.savez_compressed(
            partial,
            **_arrays("crisis", self.crisis),
            **_arrays("urgent", self.urgent),
            thresholds=np.array([self.check_in_threshold, self.urgent_threshold]),
            examples=self.examples.astype(np.float16),
            categories=np.array([category.value for category in self.categories]),
            fingerprint=np.array(self.fingerprint),
        )
        partial.replace(path)

    @classmethod
    def load(cls, path: Path) -> SemanticModel:
        """Read `save` back; OSError, KeyError or ValueError when the file is not one."""
        with np.load(path, allow_pickle=False) as data:
            return cls(
                crisis=_machine("crisis", data),
                urgent=_machine("urgent", data),
                check_in_threshold=float(data["thresholds"][0]),
                urgent_threshold=float(data["thresholds"][1]),
                examples=data["examples"].astype(np.float32),
                categories=tuple(Category(str(name)) for name in data["categories"]),
                fingerprint=str(data["fingerprint"]),
            )


def _arrays(name: str, machine: KernelMachine) -> dict[str, NDArray[np.generic]]:
    scalars = [machine.intercept, machine.gamma, machine.slope, machine.offset]
    return {
        f"{name}_support": machine.support.astype(np.float16),
        f"{name}_weights": machine.weights,
        f"{name}_scalars": np.array(scalars),
    }


def _machine(name: str, data: np.lib.npyio.NpzFile) -> KernelMachine:
    return KernelMachine(
        data[f"{name}_support"].astype(np.float32),
        data[f"{name}_weights"],
        *(float(value) for value in data[f"{name}_scalars"]),
    )
