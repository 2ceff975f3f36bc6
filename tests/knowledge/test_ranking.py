from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from knowledge.errors import RankingFileWrong
from knowledge.ranking import Ranking, read_ranking, shipped_ranking, write_ranking


@pytest.mark.parametrize(
    ("scores", "outcome", "chosen"),
    [
        ([0.1, 0.9, 0.2], "answered", [1]),
        ([0.9], "answered", [0]),
        ([0.9, 0.88, 0.1], "clarify", [0, 1]),
        ([0.5, 0.45, 0.1], "clarify", [0, 1]),
        ([0.5, 0.55, 0.45, 0.58], "clarify", [3, 1, 0]),
        ([0.59, 0.1], "abstained", []),
        ([0.3, 0.39], "abstained", []),
        ([], "abstained", []),
    ],
)
def test_scores_decide_about_the_outcome(
    ranking: Ranking, scores: list[float], outcome: str, chosen: list[int]
) -> None:
    """One clear topic is answered, two or three near ones are offered, else it abstains."""
    decided, numbers = ranking.decide(np.array(scores))
    assert (decided, list(numbers)) == (outcome, chosen)


def test_scores_are_probabilities(ranking: Ranking) -> None:
    """Evidence of any size gives a score from 0 to 1."""
    evidence = np.array([[1000.0] * 8, [0.0] * 8, [-1000.0] * 8])
    scores = ranking.scores(evidence)
    assert (scores >= 0).all()
    assert (scores <= 1).all()
    assert scores[0] > scores[1] > scores[2]


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
    del content["coefficients"]["gap"]
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(RankingFileWrong, match="features"):
        read_ranking(path)


def test_the_shipped_ranking_makes_sense() -> None:
    """Closeness speaks for a topic, a gap against it, and the limits are in order."""
    shipped = shipped_ranking()
    weights = dict(shipped.coefficients)
    # Two views of the same closeness: only their sum has a meaning.
    assert weights.pop("best_phrasing") + weights["top_phrasings"] > 0
    for name, weight in weights.items():
        assert weight < 0 if name == "gap" else weight > 0, name
    assert 0 < shipped.clarify_at <= shipped.answer_at < 1
