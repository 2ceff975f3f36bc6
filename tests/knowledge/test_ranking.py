from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from knowledge.errors import RankingFileWrong
from knowledge.evidence import FEATURES, NONE_FEATURES, Evidence
from knowledge.ranking import Ranking, read_ranking, shipped_ranking, write_ranking

KINDS = ("answer", "answer", "answer", "advice", "advice", "clinic")


@pytest.mark.parametrize(
    ("chances", "outcome", "chosen"),
    [
        ([0.1, 0.8, 0.0, 0.0, 0.0, 0.0], "answered", [1]),
        ([0.5, 0.1, 0.0, 0.0, 0.0, 0.0], "answered", [0]),
        ([0.4, 0.38, 0.01, 0.0, 0.0, 0.0], "clarify", [0, 1]),
        ([0.2, 0.22, 0.21, 0.0, 0.0, 0.0], "clarify", [1, 2, 0]),
        ([0.3, 0.1, 0.0, 0.0, 0.0, 0.0], "abstained", []),
        ([0.3, 0.0, 0.0, 0.3, 0.35, 0.0], "advice", [4]),
        ([0.2, 0.0, 0.0, 0.1, 0.0, 0.6], "clinic", [5]),
        ([0.3, 0.0, 0.0, 0.0, 0.0, 0.3], "abstained", []),
        ([0.4, 0.0, 0.0, 0.2, 0.2, 0.0], "abstained", []),
        ([0.0, 0.0, 0.0, 0.0, 0.0, 0.0], "abstained", []),
    ],
)
def test_chances_decide_about_the_outcome(
    ranking: Ranking, chances: list[float], outcome: str, chosen: list[int]
) -> None:
    """One clear topic is answered, near ones are offered, redirects count together."""
    decided, numbers = ranking.decide(np.array(chances), KINDS)
    assert (decided, list(numbers)) == (outcome, chosen)


def test_chances_add_up_to_one(ranking: Ranking) -> None:
    """Evidence of any size gives chances; what speaks for a target takes from none."""
    rows = np.stack([np.full(len(FEATURES), size) for size in (100.0, 0.0, -100.0)])
    chances, none = ranking.chances(Evidence(targets=rows, none=np.zeros(len(NONE_FEATURES))))
    assert (chances >= 0).all()
    assert chances.sum() + none == pytest.approx(1.0)
    assert chances[0] > chances[1] >= chances[2]


def test_what_is_far_is_never_found(ranking: Ranking) -> None:
    """Shared words alone do not make a topic fit."""
    table = np.ones((1, len(FEATURES)))
    table[0, FEATURES.index("best_phrasing")] = 0.3
    evidence = Evidence(targets=table, none=np.zeros(len(NONE_FEATURES)))
    assert ranking.chances(evidence)[0][0] > 0
    assert replace(ranking, least_closeness=0.4).chances(evidence)[0][0] == 0


def test_a_ranking_survives_its_file(ranking: Ranking, tmp_path: Path) -> None:
    """What is written is read back the same."""
    write_ranking(ranking, tmp_path / "ranking.json")
    assert read_ranking(tmp_path / "ranking.json") == ranking


def test_files_that_do_not_fit_are_refused(ranking: Ranking, tmp_path: Path) -> None:
    """Missing, broken and outdated files all say how to write a new one."""
    path = tmp_path / "ranking.json"
    with pytest.raises(RankingFileWrong, match=r"python -m knowledge\.fitting"):
        read_ranking(path)
    for content in ("{", "[]", '{"intercept": 1}'):
        path.write_text(content, encoding="utf-8")
        with pytest.raises(RankingFileWrong):
            read_ranking(path)
    write_ranking(ranking, path)
    content = json.loads(path.read_text(encoding="utf-8"))
    del content["coefficients"]["ridge"]
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(RankingFileWrong, match="features"):
        read_ranking(path)


def test_the_shipped_ranking_makes_sense() -> None:
    """Closeness and shared words speak for a topic, gaps against all, limits are chances."""
    shipped = shipped_ranking()
    weights, against = shipped.coefficients, shipped.none_coefficients
    # Views of the same closeness: only their sum has a meaning.
    assert sum(weights[name] for name in ("best_phrasing", "top_phrasings", "ridge")) > 0
    assert weights["bm25"] + weights["coverage"] > 0
    assert against["gap"] > 0
    assert against["distance"] > 0
    for limit in (shipped.redirect_at, shipped.something_at, shipped.answer_at):
        assert 0 < limit < 1


def test_the_shipped_ranking_knows_how_sure_it_is() -> None:
    """In cross-validation by topic, a chance of n tenths is right about that often."""
    rows = shipped_ranking().fitted_on["reliability"]
    total = sum(count for *_, count in rows)
    off = sum(abs(mean - right) * count for mean, right, count in rows) / total
    assert off <= 0.12
