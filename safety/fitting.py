"""Makes the semantic model that is shipped, and the table of docs/safety-detection.md.

`python -m safety.fitting`, after every change of the examples: some three minutes on two cores.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from language.encoder import shared_encoder
from safety.examples_file import load_examples
from safety.semantic import TIERS
from safety.training import Trained, train

SHIPPED_MODEL = Path(__file__).parent / "model" / "semantic.npz"
_SHARES = (0.01, 0.02, 0.05, 0.08, 0.10, 0.15, 0.20, 0.30)


def curve(trained: Trained) -> list[tuple[str, float, float, float]]:
    """(tier, share of false alarms, threshold, share found), each failure class held out."""
    deserved = np.array([int(example.tier) for example in trained.examples])
    rows = []
    for column, tier in enumerate(TIERS):
        scores = trained.held_out[:, column]
        for share in _SHARES:
            limit = float(np.quantile(scores[deserved < tier], 1.0 - share))
            found = float(np.mean(scores[deserved >= tier] >= limit))
            rows.append((tier.label, share, limit, found))
    return rows


def main() -> int:
    """Train, save, print."""
    trained = train(load_examples(), shared_encoder(threads=2))
    trained.model.save(SHIPPED_MODEL)
    limits = trained.model.thresholds
    print("| tier or higher | false alarms | threshold | found |\n| --- | --- | --- | --- |")
    for tier, share, limit, found in curve(trained):
        print(f"| {tier} | {share:.2f} | {limit:.3f} | {found:.3f} |")
    print(f"\nthresholds: {limits}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
