"""What speaks for each target when a question comes in, and what speaks for none of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.corpus import ADVICE, ANSWER, CLINIC, Corpus, Rows
from knowledge.cues import CUES
from knowledge.vectors import Vectors

FEATURES = (
    "best_phrasing", "top_phrasings", "title", "sentence", "bm25", "coverage", "neighbors",
    "kind_neighbors", "ridge", "kind_ridge", "advice", "clinic",
    *(f"advice_{cue}" for cue in CUES), *(f"clinic_{cue}" for cue in CUES),
)  # fmt: skip
"""Columns of the evidence for a target: cosines to the best phrasing, to the mean of the best
three, to the title and to the best sentence; BM25 as a share of its highest value; the share of the
question's words, weighted by rarity, that the target's texts have; the share of the target, and of
its kind, among the nearest phrasings; what the ridge says for it, and at most for its kind; and
whether it is a redirect, alone and together with each cue."""
NONE_FEATURES = ("bias", "gap", "gap_neighbors", "gap_ridge", "distance", "uncovered", "shortness")
"""Evidence that nothing fits: a constant; cosine, share and ridge of the nearest gaps; distance to
the nearest phrasing; the share of the question's words that no target has; and one over their
number."""

NEAR_COPY = 0.9
"""Cosine from which two phrasings say the same in almost the same words."""
_NEIGHBORS = 30
_NEIGHBOR_SCALE = 0.05
_BM25_K1 = 1.2
_BM25_B = 0.75

Table = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """`targets` (targets, FEATURES) and `none` (NONE_FEATURES,)."""

    targets: Table
    none: Table

    def column(self, name: str) -> Table:
        """(targets,) one feature."""
        return self.targets[:, FEATURES.index(name)]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question, ready to be compared: unit vector, content stems and cues."""

    vector: Vectors
    stems: Sequence[str]
    cues: Sequence[bool]


def gather(corpus: Corpus, asked: Asked, *, without: int | None = None) -> Evidence:
    """Evidence for a question.

    `without` is the row of a phrasing or gap that is the question itself: the evidence is then as
    if it, and near copies of it beside it, had never been written. For fitting.
    """
    if not corpus.targets:
        return Evidence(targets=np.zeros((0, len(FEATURES))), none=np.ones(len(NONE_FEATURES)))
    # One more place, reached by the filler -1, for lists that are shorter than others.
    cosines = np.append(corpus.vectors @ asked.vector, np.float32(0.0)).astype(np.float64)
    words = list(dict.fromkeys(asked.stems))
    columns = [corpus.columns[word] for word in words if word in corpus.columns]
    counts, lengths = corpus.counts[:, columns].toarray(), corpus.lengths
    copies = None
    if without is not None:
        copies = _copies(corpus, without)
        cosines[copies] = 0.0
        counts, lengths = _forget(corpus, copies, columns, counts, lengths)
    best = -np.partition(-cosines[corpus.phrasing_rows], 2, axis=1)[:, :3]
    best.sort(axis=1)
    bm25, coverage, rarest = _lexical(counts, lengths, unknown=len(words) - len(columns))
    shares, gap_share = _neighbor_shares(corpus, cosines[:-1])
    ridge = _ridge(corpus, asked.vector, copies)
    plain = (
        best[:, 2],
        best.mean(axis=1),
        cosines[corpus.title_rows],
        cosines[corpus.sentence_rows].max(axis=1, initial=0.0),
        bm25,
        coverage,
        shares,
        _by_kind(corpus, shares, np.sum),
        ridge[:-1],
        _by_kind(corpus, ridge[:-1], np.max),
    )
    gap = cosines[corpus.gap_rows].max(initial=0.0)
    none = [1.0, gap, gap_share, ridge[-1], 1.0 - best[:, 2].max(initial=0.0), 1.0 - rarest,
            1.0 / max(len(words), 1)]  # fmt: skip
    table = np.hstack([np.stack(plain, axis=1), _redirect_columns(corpus, asked.cues)])
    return Evidence(targets=table, none=np.array(none))


def _redirect_columns(corpus: Corpus, cues: Sequence[bool]) -> Table:
    kinds = [corpus.of_kind(kind).astype(np.float64) for kind in (ADVICE, CLINIC)]
    columns = [*kinds, *(kind * cue for kind in kinds for cue in cues)]
    return np.stack(columns, axis=1)


def _by_kind(corpus: Corpus, values: Table, reduce: np.ufunc | object) -> Table:
    """(targets,) the sum or maximum of the values over all targets of the same kind."""
    spread = np.zeros(len(values))
    for kind in (ANSWER, ADVICE, CLINIC):
        mine = corpus.of_kind(kind)
        if mine.any():
            spread[mine] = reduce(values[mine])  # type: ignore[operator]
    return spread


def _ridge(corpus: Corpus, vector: Vectors, copies: Rows | None) -> Table:
    if copies is None:
        return corpus.ridge.scores(vector)
    owner = int(corpus.owners[copies[0]])
    return corpus.ridge.scores_without(vector, corpus.vectors[copies], owner)


def _neighbor_shares(corpus: Corpus, cosines: Table) -> tuple[Table, float]:
    asked = np.flatnonzero(corpus.owners >= 0)
    near = asked
    if len(asked) > _NEIGHBORS:
        near = asked[np.argpartition(cosines[asked], -_NEIGHBORS)[-_NEIGHBORS:]]
    weights = np.exp((cosines[near] - cosines[near].max()) / _NEIGHBOR_SCALE)
    votes = np.bincount(corpus.owners[near], weights, minlength=len(corpus.targets) + 1)
    shares: Table = votes / votes.sum()
    return shares[:-1], float(shares[-1])


def _copies(corpus: Corpus, row: int) -> Rows:
    beside = np.flatnonzero(corpus.owners == corpus.owners[row])
    alike = corpus.vectors[beside] @ corpus.vectors[row] >= NEAR_COPY
    copies: Rows = beside[alike | (beside == row)]
    return copies


def _forget(
    corpus: Corpus, copies: Rows, columns: Sequence[int], counts: Table, lengths: Table
) -> tuple[Table, Table]:
    target = int(corpus.owners[copies[0]])
    if target == len(corpus.targets):
        return counts, lengths
    gone = [stem for row in copies for stem in corpus.stems[int(row)]]
    counts, lengths = counts.copy(), lengths.copy()
    lengths[target] -= len(gone)
    for place, column in enumerate(columns):
        counts[target, place] -= sum(1 for stem in gone if corpus.columns[stem] == column)
    return counts, lengths


def _lexical(counts: Table, lengths: Table, *, unknown: int) -> tuple[Table, Table, float]:
    """BM25 and coverage per target, and the highest coverage; `unknown` words no target has."""
    targets = len(counts)
    spread = (counts > 0).sum(axis=0)
    # In fitting, a word may have been forgotten everywhere: it then counts as unknown.
    rarity = np.log((targets + 1) / np.where(spread > 0, spread, 0.5))
    highest = np.log((targets + 1) / 0.5)
    total = rarity.sum() + unknown * highest
    covered = ((counts > 0) * rarity).sum(axis=1)
    coverage = covered / total if total > 0 else np.zeros(targets)
    found = rarity[spread > 0].sum() / total if total > 0 else 0.0

    idf = np.log1p((targets - spread + 0.5) / (spread + 0.5))
    norm = _BM25_K1 * (1 - _BM25_B + _BM25_B * lengths / max(lengths.mean(), 1.0))
    gain = counts * (_BM25_K1 + 1) / (counts + norm[:, np.newaxis])
    most = idf[spread > 0].sum() * (_BM25_K1 + 1)
    bm25 = (gain * idf).sum(axis=1) / most if most > 0 else np.zeros(targets)
    return bm25, coverage, float(found)
