"""How evidence becomes a score, and a score an outcome. Fitted beforehand, never while serving."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from knowledge.errors import RankingFileWrong
from knowledge.evidence import FEATURES, Rows, Table

SHIPPED = Path(__file__).parent / "ranking.json"
MOST_CHOICES = 3
_CLOSENESS = FEATURES.index("best_phrasing")

Outcome = Literal["answered", "clarify", "abstained"]


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """A logistic model over the features, and the limits that decide about the outcome.

    `answer_at` and `clarify_at` are scores from 0 to 1; `margin` is the least distance in log-odds
    between the first and the second topic.
    """

    coefficients: Mapping[str, float]
    intercept: float
    answer_at: float
    clarify_at: float
    margin: float
    least_closeness: float
    """Least cosine to a phrasing; a topic below it is never offered, whatever words it shares."""
    fitted_on: Mapping[str, Any]

    @property
    def judged(self) -> frozenset[str] | None:
        """Topics that were live when it was fitted: none of them answers the gaps of that time."""
        topics = self.fitted_on.get("topics")
        return None if topics is None else frozenset(topics)

    def scores(self, evidence: Table) -> Table:
        """(topics,) from (topics, features): how likely each topic answers the question."""
        weights = np.array([self.coefficients[name] for name in FEATURES])
        odds = evidence @ weights + self.intercept
        scores: Table = 1.0 / (1.0 + np.exp(-np.clip(odds, -30.0, 30.0)))
        far = evidence[:, _CLOSENESS] < self.least_closeness
        return np.where(far, scores * self.clarify_at, scores)

    def decide(self, scores: Table) -> tuple[Outcome, Rows]:
        """The outcome for these scores, and the numbers of the topics it is about, best first."""
        order = np.argsort(-scores, kind="stable")
        if not len(order) or scores[order[0]] < self.clarify_at:
            return "abstained", order[:0]
        best = scores[order[0]]
        odds = _log_odds(scores[order])
        if best >= self.answer_at and (len(order) == 1 or odds[0] - odds[1] >= self.margin):
            return "answered", order[:1]
        near = order[(scores[order] >= self.clarify_at)][:MOST_CHOICES]
        return ("clarify", near) if len(near) > 1 else ("abstained", near[:0])


def _log_odds(scores: Table) -> Table:
    held = np.clip(scores, 1e-12, 1 - 1e-12)
    odds: Table = np.log(held) - np.log1p(-held)
    return odds


def read_ranking(path: Path) -> Ranking:
    """The ranking in a JSON file; RankingFileWrong when it does not fit this program."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        ranking = Ranking(**content)
    except (OSError, ValueError, TypeError) as error:
        raise RankingFileWrong(file=path.name, what=type(error).__name__) from error
    if set(ranking.coefficients) != set(FEATURES):
        raise RankingFileWrong(file=path.name, what="its features are not those of this version")
    return ranking


def write_ranking(ranking: Ranking, path: Path) -> None:
    """Write the ranking as JSON, the same bytes for the same ranking."""
    path.write_text(json.dumps(asdict(ranking), indent=2) + "\n", encoding="utf-8")


@lru_cache(maxsize=1)
def shipped_ranking() -> Ranking:
    """The ranking that comes with the package."""
    return read_ranking(SHIPPED)
