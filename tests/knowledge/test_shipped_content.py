"""The content that comes with the package, searched with the real encoder."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

import knowledge
from clinic.facts import ASKED_FOR
from knowledge.checks import check_answers
from knowledge.files import AnswerFile, read_answers, render_answer
from knowledge.fitting import CONTENT, as_live
from knowledge.glossary import shipped_glossary
from knowledge.gold import load_gold
from knowledge.ranking import shipped_ranking
from knowledge.redirects import shipped_redirects
from knowledge.replies import shipped_replies
from knowledge.search import SearchIndex, shipped_gaps
from knowledge.words import plain
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
    assert outcomes["answered"] <= 0.05 * outcomes.total(), outcomes


def test_other_outcomes_are_found(index: SearchIndex) -> None:
    """Questions for a verdict, for a clinic fact and without an answer end as they should."""
    wanted = {"advice": "advice", "clinic": "clinic", "abstain": "abstained", "other": "abstained"}
    cases = [question for question in load_gold(GOLD) if question.expected in wanted]
    assert len(cases) >= 60
    outcomes = Counter(
        index.find_answer(each.text, previous=each.previous).outcome == wanted[each.expected]
        for each in cases
    )
    assert outcomes[True] >= 0.85 * outcomes.total(), outcomes


def test_known_gaps_are_not_answered(index: SearchIndex) -> None:
    """Questions on the list of those without an answer find none."""
    answered = [gap for gap in shipped_gaps() if index.find_answer(gap).outcome == "answered"]
    assert len(answered) <= 0.02 * len(shipped_gaps()), answered


@pytest.mark.parametrize(
    "text", ["what's the weather tomorrow", "write my homework for me", "who is the president"]
)
def test_what_nobody_wrote_about_is_not_answered(index: SearchIndex, text: str) -> None:
    """The weather has no reviewed answer."""
    assert index.find_answer(text).outcome == "abstained"


def test_redirects_fit_together(index: SearchIndex) -> None:
    """Every reply and every fact exists, and every topic that may come along."""
    for redirect in shipped_redirects():
        assert redirect.reply in shipped_replies(), redirect.id
        assert not redirect.fact or redirect.fact in ASKED_FOR, redirect.id
        assert set(redirect.topics) <= set(index.answers), redirect.id
    spoken = {redirect.reply for redirect in shipped_redirects()}
    assert set(shipped_replies()) == spoken | {"clinic_fact", "clinic_fact_missing"}


def test_no_text_asks_for_the_same_twice(files: tuple[AnswerFile, ...]) -> None:
    """A phrasing, an example or a gap that stands twice would pull both ways."""
    texts = [plain(text) for answer in files for text in answer.phrasings]
    texts += [plain(text) for redirect in shipped_redirects() for text in redirect.examples]
    texts += [plain(text) for text in shipped_gaps()]
    gold = {plain(question.text) for question in load_gold(GOLD)}
    assert [text for text, count in Counter(texts).items() if count > 1] == []
    assert gold.isdisjoint(texts), "gold questions are kept apart"


def test_there_are_enough_gold_questions() -> None:
    """Two hundred with an answer and sixty with other outcomes, at least."""
    expected = Counter(question.expected for question in load_gold(GOLD))
    assert expected["answer"] >= 200
    assert expected.total() - expected["answer"] >= 60
