"""Fits a conditional logit: which of many targets, or none, a question is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.model_selection import GroupKFold

from knowledge.corpus import Corpus
from knowledge.evidence import Asked, Evidence, Table, gather

_CANDIDATES = 16
_PENALTY = 2.0
FOLDS = 5
NONE_SHARE = 0.25
"""Share of questions that nothing answers, as far as anyone can say before a clinic opens."""


@dataclass(frozen=True, kw_only=True)
class Example:
    """Evidence for one question; `target` is the number of its target, None when it has none."""

    evidence: Evidence
    target: int | None


def examples_of(corpus: Corpus, texts_cues: Sequence[Sequence[bool]]) -> Iterator[Example]:
    """Every phrasing, example and gap as a question; `texts_cues` has the cues of each row."""
    for row in np.flatnonzero(corpus.owners >= 0):
        asked = Asked(
            vector=corpus.vectors[row], stems=corpus.stems[int(row)], cues=texts_cues[int(row)]
        )
        owner = int(corpus.owners[row])
        evidence = gather(corpus, asked, without=int(row))
        yield Example(evidence=evidence, target=owner if owner < len(corpus.targets) else None)


@dataclass(frozen=True, kw_only=True)
class _Rows:
    """`tables` (examples, candidates, features) with the none option last; `right` the index."""

    tables: Table
    none: Table
    right: NDArray[np.intp]
    weights: Table


def fit(examples: Sequence[Example]) -> tuple[Table, Table]:
    """Coefficients of the target features and of the none features."""
    rows = _rows(examples)
    features, against = rows.tables.shape[2], rows.none.shape[1]

    def loss(parameters: Table) -> tuple[float, Table]:
        worth = np.hstack([rows.tables @ parameters[:features],
                           (rows.none @ parameters[features:])[:, np.newaxis]])  # fmt: skip
        worth -= worth.max(axis=1, keepdims=True)
        chances = np.exp(worth)
        chances /= chances.sum(axis=1, keepdims=True)
        places = np.arange(len(rows.right))
        value = -(rows.weights * np.log(chances[places, rows.right] + 1e-12)).sum()
        chances[places, rows.right] -= 1.0
        chances *= rows.weights[:, np.newaxis]
        slope = np.concatenate([
            np.einsum("nc,ncf->f", chances[:, :-1], rows.tables), chances[:, -1] @ rows.none
        ])  # fmt: skip
        return value + _PENALTY / 2 * parameters @ parameters, slope + _PENALTY * parameters

    start = np.zeros(features + against)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 500})
    return found.x[:features], found.x[features:]


def folds(examples: Sequence[Example]) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """(fitted on, held out) so that no target, and no gap, is on both sides."""
    groups = [
        example.target if example.target is not None else -1 - number
        for number, example in enumerate(examples)
    ]
    places = np.zeros(len(examples))
    count = min(FOLDS, len(set(groups)))
    yield from GroupKFold(n_splits=count).split(places, groups=groups)


def _rows(examples: Sequence[Example]) -> _Rows:
    width = min(_CANDIDATES, len(examples[0].evidence.targets))
    tables, none, right = [], [], []
    for example in examples:
        table = example.evidence.targets
        nearest = np.argsort(-(table[:, 0] + table[:, 1]), kind="stable")
        if example.target is None:
            chosen, place = nearest[:width], width
        else:
            others = nearest[nearest != example.target][: width - 1]
            chosen, place = np.concatenate([[example.target], others]), 0
        tables.append(table[chosen])
        none.append(example.evidence.none)
        right.append(place)
    return _Rows(
        tables=np.array(tables),
        none=np.array(none),
        right=np.array(right, dtype=np.intp),
        weights=importance([example.target for example in examples]),
    )


def importance(targets: Sequence[int | None]) -> Table:
    """(questions,) weights of mean one: `NONE_SHARE` of the questions have no target."""
    without = np.array([target is None for target in targets])
    shares = np.where(without, NONE_SHARE, 1 - NONE_SHARE)
    counts = np.where(without, without.sum(), (~without).sum())
    weights: Table = shares * len(without) / counts
    return weights
