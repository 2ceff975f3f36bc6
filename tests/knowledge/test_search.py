from __future__ import annotations

import time

import pytest

from knowledge.glossary import GlossaryTerm
from knowledge.ranking import Ranking
from knowledge.search import SearchIndex, is_follow_up
from tests.knowledge.conftest import MakeLive, StubEncoder

SPRAVATO = GlossaryTerm(
    term="esketamine", type="drug", definition="A nose spray.", misspellings=("spravado",)
)


@pytest.fixture
def index(make_live: MakeLive, encoder: StubEncoder, ranking: Ranking) -> SearchIndex:
    growth = ("what is bdnf", "does ketamine raise bdnf", "brain growth protein")
    driving = ("may i drive a car home", "driving after a session", "car keys after ketamine")
    answers = [
        make_live("bdnf", *growth, revision_id=4),
        make_live("driving", *driving),
        make_live("spray", "how does the esketamine nasal spray work", "nasal spray benefits"),
        make_live("spray_risks", "how risky is the ketamine nasal spray", "nasal spray dangers"),
    ]
    return SearchIndex.build(
        answers, encoder, glossary=[SPRAVATO], gaps=("where can i park my car",), ranking=ranking
    )


@pytest.mark.parametrize("text", ["Does ketamine raise BDNF?", "so does bdnf raise with ketamine"])
def test_a_known_question_is_answered(index: SearchIndex, text: str) -> None:
    """The result names topic and revision, and lists candidates best first."""
    result = index.find_answer(text)
    assert (result.outcome, result.topic, result.revision_id) == ("answered", "bdnf", 4)
    assert result.candidates[0] == ("bdnf", result.score)
    assert 0.6 <= result.score <= 1


def test_a_phrasing_always_finds_its_answer(index: SearchIndex) -> None:
    """The exact words that staff wrote score 1, whatever the signs around them."""
    result = index.find_answer("  Nasal spray, DANGERS!!")
    assert (result.outcome, result.topic, result.score) == ("answered", "spray_risks", 1.0)


def test_near_topics_are_offered(index: SearchIndex) -> None:
    """When two topics fit about as well, both are candidates and none is the answer."""
    result = index.find_answer("nasal spray")
    assert (result.outcome, result.topic, result.revision_id) == ("clarify", None, None)
    assert {topic for topic, _ in result.candidates} == {"spray", "spray_risks"}


@pytest.mark.parametrize(
    "text",
    ["", "   ", "?!", "\N{SKULL}", "what is the invoice for bdnf parking permits", "hello",
     "where can i park my car", "who won the football game last night"],
)  # fmt: skip
def test_what_no_answer_covers_is_abstained(index: SearchIndex, text: str) -> None:
    """Unknown words, known gaps and empty texts find nothing."""
    result = index.find_answer(text)
    assert (result.outcome, result.topic, result.revision_id) == ("abstained", None, None)


def test_misspelled_terms_are_found(index: SearchIndex) -> None:
    """The glossary's misspellings count as the term."""
    result = index.find_answer("how does the spravado nasal spray work on you")
    assert result.topic == "spray"


def test_a_follow_up_leans_on_the_message_before(index: SearchIndex) -> None:
    """Alone it finds nothing; with the last message it finds that topic."""
    text = "and why is that?"
    assert index.find_answer(text).outcome == "abstained"
    result = index.find_answer(text, previous=("may i drive", "say, what is bdnf"))
    assert result.topic == "bdnf"


def test_a_follow_up_about_something_else_is_not_answered(index: SearchIndex) -> None:
    """What it asks must be covered itself, or the old answer would come again."""
    result = index.find_answer("and what is the invoice for it", previous=("what is bdnf",))
    assert result.outcome == "abstained"


def test_a_full_question_ignores_what_was_before(index: SearchIndex) -> None:
    """Messages that stand alone are searched alone."""
    text = "where do people park near the clinic building when visiting a friend"
    assert index.find_answer(text, previous=("what is bdnf",)) == index.find_answer(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("and how long does that last?", True),
        ("why", True),
        ("what about kids", True),
        ("is it safe", True),
        ("what is bdnf", False),
        ("does ketamine raise blood pressure", False),
        ("it would be good to know whether people can drive home after that", False),
    ],
)
def test_follow_ups_are_short_and_point_back(text: str, expected: bool) -> None:
    """Only short messages with a word that points back count."""
    assert is_follow_up(text) is expected


def test_an_empty_index_abstains(encoder: StubEncoder, ranking: Ranking) -> None:
    """Without live answers there is nothing to say."""
    index = SearchIndex.build([], encoder, glossary=(), gaps=(), ranking=ranking)
    assert index.find_answer("what is bdnf").outcome == "abstained"


def test_answers_are_encoded_through_the_cache_and_questions_are_not(
    make_live: MakeLive, ranking: Ranking
) -> None:
    """No message ever reaches the cache."""
    encoder, cache = StubEncoder(), StubEncoder()
    answers = [make_live("bdnf", "what is bdnf")]
    index = SearchIndex.build(answers, encoder, cache=cache, glossary=(), gaps=(), ranking=ranking)
    index.find_answer("a private question")
    assert "what is bdnf" in cache.encoded
    assert encoder.encoded == ["a private question"]


def test_a_search_is_quick(make_live: MakeLive, ranking: Ranking) -> None:
    """With eight answers a search takes less than 5 ms."""
    encoder = StubEncoder()
    answers = [
        make_live(f"topic_{n}", *(f"question {m} of topic {n} about {m * n}" for m in range(70)))
        for n in range(8)
    ]
    index = SearchIndex.build(answers, encoder, glossary=(), gaps=(), ranking=ranking)
    times = []
    for number in range(20):
        start = time.perf_counter()
        index.find_answer(f"tell me of topic {number} and question 3")
        times.append(time.perf_counter() - start)
    assert sorted(times)[10] < 0.005
