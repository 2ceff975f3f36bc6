from __future__ import annotations

from knowledge.evidence import FEATURES
from knowledge.fitting import as_live, fit_ranking
from knowledge.search import SearchIndex
from tests.knowledge.conftest import MakeAnswer, MakeLive, StubEncoder

TOPICS = {
    "bdnf": ("bdnf protein", "growth", "nerve cells"),
    "driving": ("drive a car", "car home", "driving license"),
    "spray": ("nasal spray", "spray for the nose", "spray bottle"),
}
FRAMES = ("what is {}", "tell me about {}", "explain {} to me", "is {} good", "{} meaning")
GAPS = tuple(
    frame.format(thing)
    for thing in ("football tickets", "parking permits", "an invoice")
    for frame in FRAMES
)


def test_fitting_learns_to_answer_and_to_abstain(make_live: MakeLive, encoder: StubEncoder) -> None:
    """The ranking answers questions it has not seen, and abstains on things nobody wrote about."""
    answers = [
        make_live(topic, *(frame.format(thing) for thing in things for frame in FRAMES))
        for topic, things in TOPICS.items()
    ]
    ranking = fit_ranking(answers, encoder, gaps=GAPS)
    assert set(ranking.coefficients) == set(FEATURES)
    assert ranking == fit_ranking(answers, encoder, gaps=GAPS)
    told = dict(ranking.fitted_on)
    assert sum(count for _, _, count in told.pop("reliability")) == 60
    assert told == {
        "topics": list(TOPICS),
        "phrasings": 45,
        "examples": 0,
        "gaps": 15,
        "encoder": "stub",
    }
    index = SearchIndex.build(
        answers, encoder, glossary=(), redirects=(), gaps=GAPS, ranking=ranking
    )
    assert index.find_answer("say more on the bdnf protein").topic == "bdnf"
    assert index.find_answer("is the nasal spray any good").topic == "spray"
    assert index.find_answer("say more on football tickets").outcome == "abstained"


def test_files_can_stand_in_for_live_answers(make_answer: MakeAnswer) -> None:
    """Files become live answers with revision numbers of their own."""
    first, second = as_live([make_answer(), make_answer("side_effects")])
    assert (first.revision_id, second.revision_id) == (1, 2)
    assert first.web == make_answer().web
