"""How evidence becomes chances, and chances an outcome. Fitted beforehand, never while serving."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from knowledge.corpus import ADVICE, ANSWER, CLINIC, Rows
from knowledge.errors import RankingFileWrong
from knowledge.evidence import FEATURES, NONE_FEATURES, Evidence, Table

SHIPPED = Path(__file__).parent / "ranking.json"
MOST_CHOICES = 3
_LEAST_CHOICE = 0.1
"""Share of the best topic's chance below which a topic is not offered as a choice."""
_LEAST_OFFER = 0.12
"""Chance that the best topic must have for choices to be offered at all."""
_LEAST_REDIRECT = 0.4
"""Chance that a kind of redirect must have: orders to some other machine also say "can you"."""
_CLEAR_REDIRECT = 0.6
"""Share of the best answer's chance that the best redirect must have: many faint ones prove little.
"""

Outcome = Literal["answered", "clarify", "advice", "clinic", "abstained"]


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """A conditional logit: the chance of each target, or of none, is the softmax of its worth.

    The limits are chances from 0 to 1.
    """

    coefficients: Mapping[str, float]
    none_coefficients: Mapping[str, float]
    redirect_at: float
    """Least share of all advice, or all clinic redirects, in what is asked at all, to redirect."""
    something_at: float
    """Least chance of anything at all; below it, search abstains."""
    answer_at: float
    """Least share of one topic in the chances of all topics to answer with it; else choices."""
    least_closeness: float
    """Least cosine to a phrasing; a target below it is never found, whatever words it shares."""
    fitted_on: Mapping[str, Any]

    def chances(self, evidence: Evidence) -> tuple[Table, float]:
        """(targets,) the chance that the question is about each target, and that of none."""
        weights = np.array([self.coefficients[name] for name in FEATURES])
        against = np.array([self.none_coefficients[name] for name in NONE_FEATURES])
        worth = np.append(evidence.targets @ weights, evidence.none @ against)
        raised = np.exp(worth - worth.max())
        chances = raised / raised.sum()
        far = evidence.column("best_phrasing") < self.least_closeness
        return np.where(far, 0.0, chances[:-1]), float(chances[-1])

    def decide(self, chances: Table, kinds: Sequence[str]) -> tuple[Outcome, Rows]:
        """The outcome for these chances, and the numbers of the targets it is about, best first."""
        kind_of = np.array(kinds)
        mass = {kind: chances[kind_of == kind].sum() for kind in (ANSWER, ADVICE, CLINIC)}
        total = sum(mass.values())
        if total < self.something_at:
            return "abstained", np.array([], dtype=np.intp)
        kind: Literal["advice", "clinic"] = "advice" if mass[ADVICE] >= mass[CLINIC] else "clinic"
        best = _best(chances, kind_of == kind)[:1]
        clear = mass[kind] >= max(self.redirect_at * total, _LEAST_REDIRECT)
        if clear and chances[best[0]] >= _CLEAR_REDIRECT * chances[kind_of == ANSWER].max(
            initial=0
        ):
            return kind, best
        if mass[ANSWER] < self.something_at:
            return "abstained", np.array([], dtype=np.intp)
        return self._answer(chances, kind_of == ANSWER)

    def _answer(self, chances: Table, answers: Table) -> tuple[Outcome, Rows]:
        order = _best(chances, answers)
        total = chances[order].sum()
        if not total > 0:
            return "abstained", order[:0]
        if chances[order[0]] / total >= self.answer_at:
            return "answered", order[:1]
        if chances[order[0]] < _LEAST_OFFER:
            return "abstained", order[:0]
        near = order[chances[order] >= _LEAST_CHOICE * chances[order[0]]][:MOST_CHOICES]
        return ("clarify", near) if len(near) > 1 else ("answered", near)


def _best(chances: Table, chosen: Table) -> Rows:
    numbers = np.flatnonzero(chosen)
    found: Rows = numbers[np.argsort(-chances[numbers], kind="stable")]
    return found


def read_ranking(path: Path) -> Ranking:
    """The ranking in a JSON file; RankingFileWrong when it does not fit this program."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        ranking = Ranking(**content)
    except (OSError, ValueError, TypeError) as error:
        raise RankingFileWrong(file=path.name, what=type(error).__name__) from error
    if tuple(ranking.coefficients) != FEATURES or tuple(ranking.none_coefficients) != NONE_FEATURES:
        raise RankingFileWrong(file=path.name, what="its features are not those of this version")
    return ranking


def write_ranking(ranking: Ranking, path: Path) -> None:
    """Write the ranking as JSON, the same bytes for the same ranking."""
    path.write_text(json.dumps(asdict(ranking), indent=2) + "\n", encoding="utf-8")


@lru_cache(maxsize=1)
def shipped_ranking() -> Ranking:
    """The ranking that comes with the package."""
    return read_ranking(SHIPPED)
