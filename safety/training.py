"""Trains the semantic half from the written examples in `safety/examples/`."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from language.encoder import Encoder
from safety.examples_file import EXAMPLES_FOLDER, Example
from safety.semantic import TIERS, SemanticModel, Thresholds, Vectors
from safety.word_features import counted, rarity, weighed

GAMMA = 2.0
WORDS = 0.4
"""Weight of the kernel over words beside the one over sentence vectors."""
PENALTY = 0.3
ORDINARY_PENALTY = 0.3
"""Of the penalty of others, for harmless examples of the classes below."""
ORDINARY = frozenset({"chat", "everyday", "kap", "request", "sms", "spam"})
"""Failure classes (the second part of a group's id) that must almost never trigger."""
WEAK, ENOUGH = 0.5, 1.5
"""Of the check-in threshold: from where a message counts in memory, and the sum that suffices."""
RECIPE = "5"
"""Raised when training itself changes, so that old models are trained anew."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Trained:
    """A model, and the decisions that it gave each example with its failure class held out."""

    model: SemanticModel
    examples: Sequence[Example]
    held_out: Floats
    """(n, 3) probabilities of each tier or a higher one."""


def fingerprint(encoder_fingerprint: str, folder: Path = EXAMPLES_FOLDER) -> str:
    """Changes whenever the trained model would: examples, encoder or training recipe."""
    recipe = f"{RECIPE} {GAMMA} {WORDS} {PENALTY} {ORDINARY_PENALTY} {WEAK} {ENOUGH}"
    digest = hashlib.sha256(f"{recipe} {encoder_fingerprint}".encode())
    for path in sorted(folder.glob("*.yml")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def train(examples: Sequence[Example], encoder: Encoder) -> Trained:
    """Fit twice: with each example's first window, then with its most alarming one."""
    windows = [encoder.encode_windows(example.text) for example in examples]
    features = counted([example.text for example in examples])
    rare = rarity(features)
    words = weighed(features, rare)
    wanted = _wanted(examples)
    by_words = np.asarray((words @ words.T).todense(), dtype=np.float64) * WORDS
    rows = np.stack([each[0] for each in windows])
    penalties = _penalties(examples, wanted)
    factor = _factor(rows, by_words, penalties)
    rows = _most_alarming(windows, rows, cho_solve(factor, wanted), wanted)
    inverse = cho_solve(_factor(rows, by_words, penalties), np.eye(len(rows)))
    solved = inverse @ wanted
    decisions = _held_out(examples, wanted, solved, inverse)
    curves = np.array([_curve(decisions[:, tier], wanted[:, tier] > 0) for tier in range(3)])
    held_out = 1.0 / (1.0 + np.exp(-(decisions * curves[:, 0] + curves[:, 1])))
    model = SemanticModel(
        rows=rows,
        weights=solved.astype(np.float32),
        word_weights=_word_weights(words, solved),
        rare=rare,
        gamma=GAMMA,
        curves=curves,
        thresholds=choose_thresholds(examples, held_out),
        categories=tuple(example.category for example in examples),
        fingerprint=fingerprint(encoder.fingerprint()),
    )
    return Trained(model, examples, held_out)


def is_ordinary(example: Example) -> bool:
    """Whether the example stands for messages that must almost never trigger."""
    return example.group.split(".")[1] in ORDINARY


def _wanted(examples: Sequence[Example]) -> Floats:
    """(n, 3) of 1 and -1: whether an example deserves each tier or a higher one."""
    tiers = np.array([int(example.tier) for example in examples])
    return np.stack([np.where(tiers >= tier, 1.0, -1.0) for tier in TIERS], axis=1)


def _penalties(examples: Sequence[Example], wanted: Floats) -> Floats:
    """(n,) Crisis and harmless examples weigh the same in sum; ordinary ones more than others."""
    crisis = wanted[:, 0] > 0
    share = np.where(crisis, crisis.mean(), 1.0 - crisis.mean())
    ordinary = np.array([is_ordinary(example) for example in examples])
    return np.asarray(PENALTY * 2.0 * share * np.where(ordinary, ORDINARY_PENALTY, 1.0))


def _factor(rows: Vectors, by_words: Floats, penalties: Floats) -> tuple[Floats, bool]:
    kernel = np.exp(-GAMMA * (2.0 - 2.0 * (rows @ rows.T).astype(np.float64))) + by_words
    kernel[np.diag_indices_from(kernel)] += penalties
    return cho_factor(kernel, lower=True, overwrite_a=True)


def _most_alarming(
    windows: Sequence[Vectors], rows: Vectors, solved: Floats, wanted: Floats
) -> Vectors:
    """Of each long crisis text the window that carries the crisis; of others the first."""
    picked = rows.copy()
    for place, each in enumerate(windows):
        if len(each) > 1 and wanted[place, 0] > 0:
            scores = np.exp(-GAMMA * (2.0 - 2.0 * (each @ rows.T))) @ solved[:, 0]
            picked[place] = each[int(scores.argmax())]
    return picked


def _held_out(
    examples: Sequence[Example], wanted: Floats, solved: Floats, inverse: Floats
) -> Floats:
    """What each example would get had its whole failure class been left out of training.

    For ridge regression this needs no second fit: y_G - (K^-1_GG)^-1 (K^-1 y)_G.
    """
    decisions = np.zeros_like(wanted)
    classes = np.array([example.failure_class for example in examples])
    for name in np.unique(classes):
        mine = np.flatnonzero(classes == name)
        block = inverse[np.ix_(mine, mine)]
        decisions[mine] = wanted[mine] - np.linalg.solve(block, solved[mine])
    return decisions


def _word_weights(words: csr_matrix, solved: Floats) -> NDArray[np.float32]:
    return np.asarray(words.T @ solved * WORDS, dtype=np.float32)


def _curve(decisions: Floats, labels: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and offset of a logistic curve through the held-out decisions (Platt 1999)."""
    curve = LogisticRegression(C=1e6).fit(decisions.reshape(-1, 1), labels)
    return float(curve.coef_[0, 0]), float(curve.intercept_[0])


def choose_thresholds(examples: Sequence[Example], held_out: Floats) -> Thresholds:
    """By the share of false alarms among examples whose whole failure class was held out.

    docs/safety-detection.md says why these shares, and shows the curve.
    """
    tiers = np.array([int(example.tier) for example in examples])
    harmless = tiers == 0
    alike = harmless & ~np.array([is_ordinary(example) for example in examples])
    check_in = threshold_at(held_out[alike, 0], false_alarms=0.15)
    return Thresholds(
        check_in=check_in,
        urgent=threshold_at(held_out[harmless, 1], false_alarms=0.02),
        emergency=threshold_at(held_out[tiers < 3, 2], false_alarms=0.05),
        weak=WEAK * check_in,
        enough=ENOUGH * check_in,
    )


def threshold_at(scores: Floats, *, false_alarms: float) -> float:
    """The score that this share of the scores reaches."""
    return float(np.quantile(scores, 1.0 - false_alarms))
