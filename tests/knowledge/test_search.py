from __future__ import annotations

import pytest

from knowledge.glossary import GlossaryTerm
from knowledge.parts import is_follow_up, split_questions
from knowledge.ranking import Ranking
from knowledge.redirects import Redirect
from knowledge.search import SearchIndex
from tests.knowledge.conftest import MakeLive, StubEncoder

DOSE = Redirect(
    id="dose", kind="advice", reply="dose", topics=("spray", "bdnf"),
    examples=(
        "how much spray should i take", "what dose should i take", "how many milligrams for me",
    ),
)  # fmt: skip
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
        answers, encoder, glossary=[SPRAVATO], redirects=[DOSE], gaps=("where can i park my car",),
        ranking=ranking,
    )  # fmt: skip


@pytest.mark.parametrize("text", ["Does ketamine raise BDNF?", "so does bdnf raise with ketamine"])
def test_a_known_question_is_answered(index: SearchIndex, text: str) -> None:
    """The result names the topic, and lists candidates best first."""
    result = index.find_answer(text)
    assert (result.outcome, result.topic, result.topics) == ("answered", "bdnf", ("bdnf",))
    assert result.candidates[0] == ("bdnf", result.score)
    assert 0.6 <= result.score <= 1


def test_a_phrasing_always_finds_its_answer(index: SearchIndex) -> None:
    """The exact words that staff wrote score 1, whatever the signs around them."""
    result = index.find_answer("  Nasal spray, DANGERS!!")
    assert (result.outcome, result.topic, result.score) == ("answered", "spray_risks", 1.0)


def test_near_topics_are_offered(index: SearchIndex) -> None:
    """When two topics fit about as well, both are candidates and none is the answer."""
    result = index.find_answer("nasal spray")
    assert (result.outcome, result.topic) == ("clarify", None)
    assert set(result.topics) == {"spray", "spray_risks"}


@pytest.mark.parametrize(
    "text",
    ["", "   ", "?!", "\N{SKULL}", "what is the invoice for bdnf parking permits", "hello",
     "where can i park my car", "who won the football game last night"],
)  # fmt: skip
def test_what_no_answer_covers_is_abstained(index: SearchIndex, text: str) -> None:
    """Unknown words, known gaps and empty texts find nothing."""
    result = index.find_answer(text)
    assert (result.outcome, result.topic, result.topics) == ("abstained", None, ())


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
    index = SearchIndex.build([], encoder, glossary=(), redirects=(), gaps=(), ranking=ranking)
    assert index.find_answer("what is bdnf").outcome == "abstained"


def test_answers_are_encoded_through_the_cache_and_questions_are_not(
    make_live: MakeLive, ranking: Ranking
) -> None:
    """No message ever reaches the cache."""
    encoder, cache = StubEncoder(), StubEncoder()
    answers = [make_live("bdnf", "what is bdnf")]
    index = SearchIndex.build(
        answers, encoder, cache=cache, glossary=(), redirects=(), gaps=(), ranking=ranking
    )
    index.find_answer("a private question")
    assert "what is bdnf" in cache.encoded
    assert encoder.encoded == ["a private question"]


def test_advice_is_redirected_with_the_general_answer(index: SearchIndex) -> None:
    """A question for a verdict names its redirect, and the nearest general answer if one fits."""
    result = index.find_answer("nasal spray benefits, and what dose for me should i take")
    assert (result.outcome, result.redirect, result.topics) == ("advice", "dose", ("spray",))
    assert index.find_answer("how many milligrams for me").redirect == "dose"


def test_two_questions_get_both_answers(index: SearchIndex) -> None:
    """Each part is searched by itself; one that finds nothing does not hide the other."""
    both = index.find_answer("What is bdnf? And may I drive a car home?")
    assert (both.outcome, both.topics) == ("answered", ("bdnf", "driving"))
    one = index.find_answer("do you have parking permits and may i drive a car home")
    assert (one.outcome, one.topics) == ("answered", ("driving",))
    advice = index.find_answer("What is bdnf? What dose should I take?")
    assert (advice.outcome, advice.redirect, advice.topics) == ("advice", "dose", ("bdnf",))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("does it hurt and do i need a ride", ("does it hurt", "do i need a ride")),
        ("What is it? How does it work?", ("What is it?", "How does it work?")),
        ("is it safe and effective", ()),
        ("what is bdnf", ()),
        (
            "I have been reading about this for weeks because nothing else has worked for my "
            "brother, and our doctor told us to ask. How long does it last?",
            ("How long does it last?",),
        ),
    ],
)
def test_messages_are_split_into_questions(text: str, parts: tuple[str, ...]) -> None:
    """At question words after "and", at sentence ends, and out of a long story."""
    assert split_questions(text) == parts


def test_a_search_is_quick_with_a_thousand_answers(make_live: MakeLive, ranking: Ranking) -> None:
    """What a search does is bounded: one product with the vectors, no loop over phrasings."""
    encoder = StubEncoder()
    answers = [
        make_live(f"topic_{n}", *(f"question {m} of topic {n} about {m * n}" for m in range(40)))
        for n in range(1000)
    ]
    index = SearchIndex.build(answers, encoder, glossary=(), redirects=(), gaps=(), ranking=ranking)
    assert index.corpus.vectors.shape[0] == 42_000
    assert index.find_answer("question 3 of topic 7 about 21").topic == "topic_7"
