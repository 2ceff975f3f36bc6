"""The content that comes with the package, searched with the real encoder."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

import knowledge
from knowledge.checks import check_answers
from knowledge.files import AnswerFile, read_answers, render_answer
from knowledge.fitting import CONTENT, as_live
from knowledge.glossary import shipped_glossary
from knowledge.gold import load_gold
from knowledge.ranking import shipped_ranking
from knowledge.search import SearchIndex
from language.encoder import shared_encoder

GOLD = Path(knowledge.__file__).parent / "gold"


@pytest.fixture(scope="module")
def files() -> tuple[AnswerFile, ...]:
    return read_answers(CONTENT)


@pytest.fixture(scope="module")
def index(files: tuple[AnswerFile, ...]) -> SearchIndex:
    return SearchIndex.build(as_live(files), shared_encoder())


def test_every_shipped_answer_passes_the_checks(files: tuple[AnswerFile, ...]) -> None:
    """The first stock can go live as it is."""
    assert files
    assert [str(problem) for problem in check_answers(files)] == []


def test_shipped_files_are_in_the_form_that_export_writes(files: tuple[AnswerFile, ...]) -> None:
    """An export of untouched answers makes no difference to a folder under version control."""
    for answer in files:
        assert render_answer(answer) == (CONTENT / answer.file).read_text(encoding="utf-8")


def test_the_glossary_and_the_gold_questions_can_be_read(index: SearchIndex) -> None:
    """Both files are well formed, and gold questions accept topics that exist."""
    assert shipped_glossary()
    for question in load_gold(GOLD):
        if question.expected == "answer":
            assert set(question.accept) & set(index.answers), question.id


def test_the_ranking_was_fitted_for_this_encoder() -> None:
    """After a change of the encoder the ranking must be fitted again."""
    assert shipped_ranking().fitted_on["encoder"] == shared_encoder().fingerprint()


def test_gold_questions_find_their_answers(index: SearchIndex) -> None:
    """Most unseen questions are answered rightly, hardly any wrongly."""
    outcomes: Counter[str] = Counter()
    for question in load_gold(GOLD):
        if question.expected != "answer":
            continue
        result = index.find_answer(question.text, previous=question.previous)
        right = result.topic in question.accept
        outcomes["right" if right else result.outcome] += 1
    assert outcomes["right"] >= 0.7 * outcomes.total(), outcomes
    assert outcomes["answered"] <= 0.04 * outcomes.total(), outcomes


def test_known_gaps_are_not_answered(index: SearchIndex) -> None:
    """Questions on the list of those without an answer find none."""
    answered = [
        question.id
        for question in load_gold(GOLD / "no_answer.yml")
        if index.find_answer(question.text).outcome == "answered"
    ]
    assert len(answered) <= 2, answered


@pytest.mark.parametrize(
    "text",
    [
        "how much does it cost",
        "what would I have to pay for the whole thing",
        "what's the weather tomorrow",
        "can you write my homework",
        "what are your opening hours",
    ],
)
def test_what_nobody_wrote_about_is_not_answered(index: SearchIndex, text: str) -> None:
    """Prices, hours and the weather have no reviewed answer."""
    assert index.find_answer(text).outcome == "abstained"
