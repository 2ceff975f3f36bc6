"""A linear reading of sentence vectors: which target's phrasings a question resembles as a whole.

Ridge regression onto the targets has a closed form, so it is fitted again in a moment whenever an
answer changes, and can be asked what it would say had some phrasings never been written.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.vectors import Vectors

_PENALTY = 3.0
Table = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Ridge:
    """`weights` (width + 1, classes); the last row is the intercept."""

    weights: Table
    inverse: Table
    """(width + 1, width + 1) inverse of the penalised, weighted cross products."""
    importance: Table
    """(classes,) weight of each phrasing of the class: rare classes count as much as common."""

    @classmethod
    def fit(cls, vectors: Vectors, owners: NDArray[np.intp], *, classes: int) -> Ridge:
        """Fit to the rows that have an owner."""
        rows = np.flatnonzero(owners >= 0)
        sizes = np.bincount(owners[rows], minlength=classes)
        importance = np.sqrt(max(sizes.mean(), 1.0) / np.maximum(sizes, 1))
        known = _with_one(vectors[rows])
        weighted = known * importance[owners[rows]][:, np.newaxis]
        wanted = np.zeros((known.shape[1], classes))
        np.add.at(wanted.T, owners[rows], weighted)
        penalty = _PENALTY * np.eye(known.shape[1])
        inverse = np.linalg.inv(known.T @ weighted + penalty)
        return cls(weights=inverse @ wanted, inverse=inverse, importance=importance)

    def scores(self, vector: Vectors) -> Table:
        """(classes,) about 1 for the class that the vector belongs to, about 0 for others."""
        scores: Table = _with_one(vector[np.newaxis])[0] @ self.weights
        return scores

    def scores_without(self, vector: Vectors, left_out: Vectors, owner: int) -> Table:
        """The same, as if the class `owner` had never had the rows `left_out`."""
        gone = _with_one(left_out)
        weight = self.importance[owner]
        covered = gone @ self.inverse
        kernel = np.eye(len(gone)) / weight - covered @ gone.T
        wanted = np.zeros((len(gone), self.weights.shape[1]))
        wanted[:, owner] = 1.0
        change = covered.T @ np.linalg.solve(kernel, gone @ self.weights - wanted)
        scores: Table = _with_one(vector[np.newaxis])[0] @ (self.weights + change)
        return scores


def _with_one(vectors: Vectors) -> Table:
    return np.hstack([vectors.astype(np.float64), np.ones((len(vectors), 1))])
