from __future__ import annotations

import numpy as np
import pytest

from knowledge.corpus import Corpus, build_corpus
from knowledge.cues import CUES, find_cues
from knowledge.evidence import FEATURES, NONE_FEATURES, Asked, Evidence, gather
from knowledge.glossary import Folding
from knowledge.redirects import Redirect
from tests.knowledge.conftest import MakeLive, StubEncoder

FOLDING = Folding(())
BOOKING = Redirect(id="booking", kind="clinic", reply="x", examples=("can you book me a session",))


@pytest.fixture
def corpus(make_live: MakeLive, encoder: StubEncoder) -> Corpus:
    answers = [
        make_live("bdnf", "what is bdnf", "bdnf protein growth", "nerve growth factor"),
        make_live("driving", "may i drive home", "car after session", web="Wait a day. No car."),
    ]
    return build_corpus(
        answers, encoder, FOLDING, redirects=[BOOKING],
        gaps=("price of session", "parking garage"),
    )  # fmt: skip


def _ask(corpus: Corpus, encoder: StubEncoder, text: str) -> Evidence:
    found = gather(
        corpus,
        Asked(
            vector=encoder.encode([text])[0],
            stems=FOLDING.content_stems(text),
            cues=find_cues(text),
        ),
    )
    assert found.targets.shape == (len(corpus.targets), len(FEATURES))
    assert found.none.shape == (len(NONE_FEATURES),)
    return found


def _without(corpus: Corpus, row: int, *, left_out: bool) -> Evidence:
    asked = Asked(vector=corpus.vectors[row], stems=corpus.stems[row], cues=[False] * len(CUES))
    return gather(corpus, asked, without=row if left_out else None)


def test_evidence_speaks_for_the_topic_that_is_asked_about(
    corpus: Corpus, encoder: StubEncoder
) -> None:
    """Every feature but the shared ones is higher for the right topic."""
    found = _ask(corpus, encoder, "growth of bdnf")
    for name in ("best_phrasing", "top_phrasings", "title", "bm25", "coverage", "neighbors",
                 "ridge"):  # fmt: skip
        assert found.column(name)[0] > found.column(name)[1], name
    assert found.column("sentence").max() < 0.5


def test_shares_stay_between_zero_and_one(corpus: Corpus, encoder: StubEncoder) -> None:
    """BM25, coverage and neighbors are shares, whatever is asked."""
    for text in ("bdnf bdnf bdnf", "car", "xyzzy", "", "what is bdnf may i drive home"):
        found = _ask(corpus, encoder, text)
        for name in ("bm25", "coverage", "neighbors", "kind_neighbors"):
            assert (found.column(name) >= 0).all()
            assert (found.column(name) <= 1 + 1e-9).all()


def test_a_word_that_no_target_has_lowers_coverage(corpus: Corpus, encoder: StubEncoder) -> None:
    """Unknown words weigh most: this is what makes search abstain."""
    assert _ask(corpus, encoder, "bdnf").column("coverage")[0] == pytest.approx(1.0)
    assert _ask(corpus, encoder, "bdnf invoice").column("coverage")[0] < 0.7
    assert _ask(corpus, encoder, "invoice").column("coverage").max() == 0
    uncovered = NONE_FEATURES.index("uncovered")
    assert _ask(corpus, encoder, "invoice").none[uncovered] == pytest.approx(1.0)


def test_gaps_speak_for_none(corpus: Corpus, encoder: StubEncoder) -> None:
    """A question like one that has no answer is close to the gap, and far from its neighbors."""
    found = _ask(corpus, encoder, "price of session")
    assert found.none[NONE_FEATURES.index("gap")] == pytest.approx(1.0)
    assert found.column("neighbors").max() < 0.5


def test_cues_count_for_redirects_only(corpus: Corpus, encoder: StubEncoder) -> None:
    """ "You" speaks for a clinic fact, and says nothing about answers."""
    found = _ask(corpus, encoder, "can you do that for me")
    assert list(found.column("clinic_you")) == [0, 0, 1]
    assert list(found.column("clinic")) == [0, 0, 1]
    assert not found.column("advice_you").any()


def test_a_gap_that_a_phrasing_repeats_is_closed(make_live: MakeLive, encoder: StubEncoder) -> None:
    """Once somebody wrote an answer, the question is no longer without one."""
    answers = [make_live("price", "price of session", "what a session costs")]
    closed = build_corpus(answers, encoder, FOLDING, gaps=("Price of session?", "parking garage"))
    assert len(closed.gap_rows) == 1


def test_without_itself_a_phrasing_is_no_longer_exact(corpus: Corpus) -> None:
    """Left out for fitting, a phrasing gives neither its vector nor its words."""
    row = int(corpus.phrasing_rows[0][0])
    full, left = _without(corpus, row, left_out=False), _without(corpus, row, left_out=True)
    assert full.column("best_phrasing")[0] == pytest.approx(1.0)
    assert left.column("best_phrasing")[0] < 0.9
    assert left.column("ridge")[0] < full.column("ridge")[0]
    row = int(corpus.phrasing_rows[1][0])
    full, left = _without(corpus, row, left_out=False), _without(corpus, row, left_out=True)
    assert left.column("coverage")[1] < full.column("coverage")[1]


def test_a_gap_can_be_left_out_too(corpus: Corpus) -> None:
    """Left out for fitting, a gap does not point at itself."""
    row = int(corpus.gap_rows[0])
    assert _without(corpus, row, left_out=True).none[NONE_FEATURES.index("gap")] < 0.9


def test_no_answers_give_no_rows(encoder: StubEncoder) -> None:
    """An empty knowledge base can be asked."""
    corpus = build_corpus([], encoder, FOLDING)
    asked = Asked(vector=np.zeros(1, np.float32), stems=["bdnf"], cues=[False] * len(CUES))
    assert gather(corpus, asked).targets.shape == (0, len(FEATURES))


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("Should I stop my pills?", "verdict"),
        ("I'm nursing, is that ok", "have"),
        ("what if my mom has it", "relative"),
        ("do u take insurance", "you"),
        ("50 mg", "amount"),
        ("how do people feel", "general"),
    ],
)
def test_cues_are_found(text: str, cue: str) -> None:
    """Each cue is found however it is typed."""
    assert dict(zip(CUES, find_cues(text), strict=True))[cue]
