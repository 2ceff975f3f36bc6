from __future__ import annotations

import pytest

from knowledge.evidence import FEATURES, Corpus, Table, build_corpus
from knowledge.glossary import Folding
from tests.knowledge.conftest import MakeLive, StubEncoder

FOLDING = Folding(())


@pytest.fixture
def corpus(make_live: MakeLive, encoder: StubEncoder) -> Corpus:
    answers = [
        make_live("bdnf", "what is bdnf", "bdnf protein growth", "nerve growth factor"),
        make_live("driving", "may i drive home", "car after session", web="Wait a day. No car."),
    ]
    return build_corpus(answers, encoder, FOLDING, gaps=("price of session", "parking garage"))


def _ask(corpus: Corpus, encoder: StubEncoder, text: str) -> dict[str, Table]:
    table = corpus.evidence(encoder.encode([text])[0], FOLDING.content_stems(text))
    assert table.shape == (len(corpus.topics), len(FEATURES))
    return dict(zip(FEATURES, table.T, strict=True))


def test_evidence_speaks_for_the_topic_that_is_asked_about(
    corpus: Corpus, encoder: StubEncoder
) -> None:
    """Every feature but the shared one is higher for the right topic."""
    found = _ask(corpus, encoder, "growth of bdnf")
    for name in ("best_phrasing", "top_phrasings", "title", "bm25", "coverage", "neighbors"):
        assert found[name][0] > found[name][1], name
    assert found["sentence"].max() < 0.5


def test_shares_stay_between_zero_and_one(corpus: Corpus, encoder: StubEncoder) -> None:
    """BM25, coverage and neighbors are shares, whatever is asked."""
    for text in ("bdnf bdnf bdnf", "car", "xyzzy", "", "what is bdnf may i drive home"):
        found = _ask(corpus, encoder, text)
        for name in ("bm25", "coverage", "neighbors"):
            assert (found[name] >= 0).all()
            assert (found[name] <= 1 + 1e-9).all()


def test_a_word_that_no_topic_has_lowers_coverage(corpus: Corpus, encoder: StubEncoder) -> None:
    """Unknown words weigh most: this is what makes search abstain."""
    assert _ask(corpus, encoder, "bdnf")["coverage"][0] == pytest.approx(1.0)
    assert _ask(corpus, encoder, "bdnf invoice")["coverage"][0] < 0.6
    assert _ask(corpus, encoder, "invoice")["coverage"].max() == 0


def test_gaps_speak_against_every_topic(corpus: Corpus, encoder: StubEncoder) -> None:
    """A question like one that has no answer is close to the gap, and far from its neighbors."""
    found = _ask(corpus, encoder, "price of session")
    assert found["gap"] == pytest.approx([1.0, 1.0])
    assert found["neighbors"].max() < 0.5


def test_a_gap_that_an_answer_repeats_is_no_gap(make_live: MakeLive, encoder: StubEncoder) -> None:
    """Staff close a gap by writing it as a phrasing; almost the same words are enough."""
    answers = [make_live("price", "What does a session cost?", "cost of one long session here")]
    gaps = ("what does a SESSION cost", "cost of one long sessions here", "parking garage")
    corpus = build_corpus(answers, encoder, FOLDING, gaps=gaps)
    assert len(corpus.gap_rows) == 1


def test_a_new_topic_closes_the_gaps_near_it(make_live: MakeLive, encoder: StubEncoder) -> None:
    """Nobody judged a later topic to leave the gap open, so being near is enough."""
    answers = [make_live("price", "what does it cost to come")]
    gaps = ("what does it cost", "parking garage")
    for judged, left in (({"price"}, 2), ({"bdnf"}, 1), (None, 2)):
        corpus = build_corpus(answers, encoder, FOLDING, gaps=gaps, judged=judged)
        assert len(corpus.gap_rows) == left, judged


def test_without_itself_a_phrasing_is_no_longer_exact(corpus: Corpus, encoder: StubEncoder) -> None:
    """Left out for fitting, a phrasing gives neither its vector nor its words."""
    row = int(corpus.phrasing_rows[0][0])
    stems = corpus.stems[row]
    full = corpus.evidence(corpus.vectors[row], stems)
    left = corpus.evidence(corpus.vectors[row], stems, without=row)
    best, coverage = FEATURES.index("best_phrasing"), FEATURES.index("coverage")
    assert full[0, best] == pytest.approx(1.0)
    assert left[0, best] < 0.9
    word = int(corpus.phrasing_rows[1][0])
    drive = corpus.evidence(corpus.vectors[word], corpus.stems[word], without=word)
    assert (
        drive[1, coverage] < corpus.evidence(corpus.vectors[word], corpus.stems[word])[1, coverage]
    )


def test_a_gap_can_be_left_out_too(corpus: Corpus) -> None:
    """Left out for fitting, a gap does not point at itself."""
    row = int(corpus.gap_rows[0])
    left = corpus.evidence(corpus.vectors[row], corpus.stems[row], without=row)
    assert left[0, FEATURES.index("gap")] < 0.9


def test_no_answers_give_no_rows(encoder: StubEncoder) -> None:
    """An empty knowledge base can be asked."""
    corpus = build_corpus([], encoder, FOLDING, gaps=("parking",))
    assert corpus.evidence(encoder.encode(["bdnf"])[0], ["bdnf"]).shape == (0, len(FEATURES))
    assert encoder.encoded == ["bdnf"]
