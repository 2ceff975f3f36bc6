"""Trains the semantic half from the written examples in `safety/examples/`."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.svm import SVC

from clinic.yaml_files import line_of, read_yaml, text_list
from language.encoder import Encoder
from safety.assessment import Category, Tier
from safety.errors import SafetyFileWrong
from safety.semantic import KernelMachine, SemanticModel, Vectors

EXAMPLES_FOLDER = Path(__file__).parent / "examples"
FOLDS = 5
PENALTY = 4.0
GAMMA = 2.0
ORDINARY = frozenset({"everyday", "kap", "request", "sms", "spam"})
"""Failure classes (the second part of a group's id) that must almost never trigger."""
RECIPE = "2"
"""Raised when training itself changes, so that old models are trained anew."""


@dataclass(frozen=True)
class Example:
    """One written example; `group` is its failure class, kept together in cross-validation."""

    text: str
    tier: Tier
    category: Category
    group: str


def load_examples(folder: Path = EXAMPLES_FOLDER) -> list[Example]:
    """Read every example file; SafetyFileWrong names file, line and what to write instead."""
    examples: list[Example] = []
    for path in sorted(folder.glob("*.yml")):
        content = read_yaml(path)
        if not isinstance(content, list):
            raise SafetyFileWrong(path, 1, "write a list of groups with id, tier, category, texts")
        for node in content:
            examples.extend(_group(path, node))
    if not examples:
        raise SafetyFileWrong(folder, None, "holds no examples: restore them from the project")
    return examples


def _group(path: Path, node: object) -> list[Example]:
    if not isinstance(node, dict) or not node.get("id"):
        raise SafetyFileWrong(path, line_of(node), "every group needs `id:`")
    try:
        tier = Tier.from_label(str(node.get("tier")))
        category = Category(node.get("category") or "none")
    except ValueError as error:
        raise SafetyFileWrong(path, line_of(node), f"group {node['id']}: {error}") from error
    return [
        Example(text, tier, category, str(node["id"])) for text in text_list(path, node, "texts")
    ]


def fingerprint(encoder_fingerprint: str, folder: Path = EXAMPLES_FOLDER) -> str:
    """Changes whenever the trained model would: examples, encoder or training recipe."""
    digest = hashlib.sha256(f"{RECIPE} {PENALTY} {GAMMA} {encoder_fingerprint}".encode())
    for path in sorted(folder.glob("*.yml")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def train(examples: Sequence[Example], encoder: Encoder) -> SemanticModel:
    """Fit both machines; thresholds come from held-out failure classes."""
    vectors = encoder.encode([example.text for example in examples])
    tiers = np.array([int(example.tier) for example in examples])
    groups = np.array([example.group for example in examples])
    crisis, crisis_scores = _fit(vectors, tiers > Tier.NONE, groups)
    urgent, urgent_scores = _fit(vectors, tiers > Tier.CHECK_IN, groups)
    is_crisis = tiers > Tier.NONE
    ordinary = np.array([example.group.split(".")[1] in ORDINARY for example in examples])
    return SemanticModel(
        crisis=crisis,
        urgent=urgent,
        check_in_threshold=max(
            threshold_at(crisis_scores, ~is_crisis, false_alarms=0.08),
            threshold_at(crisis_scores, ordinary, false_alarms=0.01),
        ),
        urgent_threshold=max(
            threshold_at(urgent_scores, ~is_crisis, false_alarms=0.015),
            threshold_at(urgent_scores, ordinary, false_alarms=0.001),
        ),
        examples=vectors[is_crisis],
        categories=tuple(example.category for example in examples if example.tier > Tier.NONE),
        fingerprint=fingerprint(encoder.fingerprint()),
    )


def _fit(
    vectors: Vectors, labels: NDArray[np.bool_], groups: NDArray[np.str_]
) -> tuple[KernelMachine, NDArray[np.float64]]:
    """The machine, and the probability of each row when its failure class was held out."""
    decisions = np.zeros(len(labels))
    for inside, outside in GroupKFold(FOLDS).split(vectors, labels, groups):
        machine = _new_machine().fit(vectors[inside], labels[inside])
        decisions[outside] = machine.decision_function(vectors[outside])
    slope, offset = _calibrated(decisions, labels)
    machine = _new_machine().fit(vectors, labels)
    fitted = KernelMachine(
        support=machine.support_vectors_.astype(np.float32),
        weights=machine.dual_coef_[0],
        intercept=float(machine.intercept_[0]),
        gamma=GAMMA,
        slope=slope,
        offset=offset,
    )
    return fitted, 1.0 / (1.0 + np.exp(-(slope * decisions + offset)))


def _new_machine() -> SVC:
    return SVC(kernel="rbf", C=PENALTY, gamma=GAMMA, class_weight="balanced")


def _calibrated(decisions: NDArray[np.float64], labels: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and offset of a logistic curve through the held-out decisions (Platt 1999)."""
    curve = LogisticRegression(C=1e6).fit(decisions.reshape(-1, 1), labels)
    return float(curve.coef_[0, 0]), float(curve.intercept_[0])


def threshold_at(
    scores: NDArray[np.float64], negative: NDArray[np.bool_], *, false_alarms: float
) -> float:
    """The score that this share of the negatives reaches."""
    return float(np.quantile(scores[negative], 1.0 - false_alarms))
