from __future__ import annotations

from datetime import date

import pytest

from knowledge.checks import check_answers
from knowledge.files import Source, parse_answer, render_answer
from knowledge.glossary import GlossaryTerm
from tests.knowledge.conftest import WEB, MakeAnswer

ARTICLE = Source(kind="article", title="An article", section="A section")
LONG_WORDS = (
    "Pharmacological neuromodulation facilitates extraordinarily heterogeneous psychotherapeutic "
    "possibilities within interdisciplinary rehabilitation communities."
)


def test_a_good_answer_has_no_problems(make_answer: MakeAnswer) -> None:
    """The sample that every other test spoils passes all checks."""
    assert check_answers([make_answer(), make_answer("side_effects")], glossary=()) == ()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"topic": "Going-Home", "file": ""}, "Write the topic 'Going-Home' as"),
        ({"file": "other.md"}, "Name the file going_home.md"),
        ({"title": ""}, "Give the answer a title."),
        ({"related": ("Side Effects",)}, "Write the related topic 'Side Effects' as"),
        ({"related": ("going_home",)}, "own topic out of related"),
        ({"related": ("risks", "risks")}, "Name the related topic 'risks' once only."),
        ({"review_by": None}, "Say under review_by when"),
        ({"reviewer": "Dr. Lee"}, "Fill in reviewed_on too"),
        ({"reviewed_on": date(2026, 1, 1)}, "Fill in reviewer too"),
        ({"web": "Too short."}, "The web text has 2 words: write 60 to 180."),
        ({"web": WEB + " It is so." * 50}, "words: write 60 to 180."),
        ({"web": f"{WEB}\n\n{' '.join([LONG_WORDS] * 5)}"}, "reads like school grade"),
        ({"sms": ""}, "Write an SMS text."),
        ({"sms": "a" * 307}, "is 307 characters: take out 1 to fit in 306"),
        ({"sms": "[" * 154}, "is 308 characters: take out 4"),
        ({"sms": "It’s fine – really"}, "A text message cannot carry ’ –"),
        ({"sms": "One line.\nAnother."}, "as one paragraph on one line"),
        ({"sms": "It is **fine**."}, "Write the SMS text without marks"),
        ({"phrasings": ("what now",)}, "List 39 more phrasings: 1 of 40 so far."),
        ({"never_say": ()}, "List under never_say at least one"),
        ({"never_say": ("?!",)}, "Write words under never_say"),
        ({"never_say": ("Feel  DIZZY",)}, "The web text says 'Feel  DIZZY'"),
        ({"never_say": ("feel fine after",)}, "The SMS text says 'feel fine after'"),
        ({"never_say": ("about going",)}, "The title says 'about going'"),
        ({"sources": ()}, "Name at least one source."),
        ({"sources": (Source(kind="article", title="A"),)}, "Name the section of the article"),
        ({"sources": (Source(kind="article", title="", section="S"),)}, "Give the source its tit"),
        ({"sources": (Source(kind="outside", title="A"),)}, "Give the source its address"),
        ({"sources": (Source(kind="outside", title="A", address="example.org"),)}, "its address"),
        ({"sources": (Source(kind="outside", title="A", address="https://a.b c"),)}, "its address"),
    ],
)  # fmt: skip
def test_every_rule_is_broken_by_one_answer(
    make_answer: MakeAnswer, changes: dict[str, object], message: str
) -> None:
    """Each rule gives one sentence that says what to do."""
    problems = check_answers([make_answer(**changes)], glossary=())
    assert [problem for problem in problems if message in problem.message], problems
    assert len(problems) == 1, problems


@pytest.mark.parametrize(
    ("addition", "message"),
    [
        ("It is a cure.", "Take out 'cure'"),
        ("A Breakthrough came.", "Take out 'Breakthrough'"),
        ("It is a game-changer.", "Take out 'game-changer'"),
        ("It is no miracle.", "Take out 'miracle'"),
        ("It helps instantly.", "Take out 'instantly'"),
        ("It can reset the brain.", "Take out 'reset'"),
        ("It saves your sanity.", "Take out 'sanity'"),
        ("After a failed treatment.", "Take out 'failed treatment'"),
        ("A beacon of hope.", "Take out 'beacon'"),
        ("It is a lifeline.", "Take out 'lifeline'"),
        ("He committed suicide.", "Take out 'committed suicide'"),
        ("Take 50 mg.", "Take out the dose '50 mg'"),
        ("It is 0.5mg/kg here.", "Take out the dose '0.5mg/kg'"),
        ("Use 20 to 30 mcg.", "Take out the dose '20 to 30 mcg'"),
        ("Use two milliliters.", "Take out the dose 'two milliliters'"),
        ("It is <b>good</b>.", "Take out '<b>'"),
        ("You &amp; me.", "Take out '&amp;'"),
        ("It is good \N{SMILING FACE WITH OPEN MOUTH}", "Take out the emoji (smiling face"),
        ("It is good!", "End the sentence with a period"),
        ("# Heading", "Use only short paragraphs"),
        ("1. First", "Use only short paragraphs"),
        ("* First", "Use only short paragraphs"),
        ("See [this](https://example.org).", "Use only short paragraphs"),
        ("It is *very* good.", "Use only short paragraphs"),
        ("It is **very good.", "Use only short paragraphs"),
        ("It is `good`.", "Use only short paragraphs"),
    ],
)
def test_words_and_marks_that_no_text_may_have(
    make_answer: MakeAnswer, addition: str, message: str
) -> None:
    """Each forbidden wording is reported at its own line."""
    answer = make_answer(web=f"{WEB}\n\n{addition}")
    on_disk = parse_answer(render_answer(answer), file=answer.file)
    problems = check_answers([on_disk], glossary=())
    expected = render_answer(answer).split("\n").index(addition) + 1
    assert any(message in each.message and each.line == expected for each in problems), problems


@pytest.mark.parametrize(
    "addition",
    [
        "Call the **988 Suicide & Crisis Lifeline** now.",
        "For instance, you may feel dizzy.",
        "It is a secure place for you.",
        "One study patient had to stop at 180/115.",
        "It went up about 3 to 7 points.",
        "A 5 year study at 2 sites, in **two or more** steps.",
        "Spravato® is a spray – a short one.",
        "Some people at 5 < 6 said so.",
    ],
)
def test_harmless_words_pass(make_answer: MakeAnswer, addition: str) -> None:
    """Near misses of the forbidden wordings are not reported."""
    assert check_answers([make_answer(web=f"{WEB}\n\n{addition}")], glossary=()) == ()


def test_two_answers_cannot_share_a_topic(make_answer: MakeAnswer) -> None:
    """The later answer hears about it."""
    first = make_answer(file="a.md")
    problems = check_answers([first, make_answer(file="going_home.md")], glossary=())
    assert [each.message for each in problems if each.file == "going_home.md"] == [
        "The topic going_home is taken by a.md: choose another name."
    ]


def test_two_topics_cannot_claim_a_phrasing(make_answer: MakeAnswer) -> None:
    """The same words, however they are written, belong to one topic; both are named."""
    other = make_answer("side_effects")
    stolen = (*other.phrasings[:-1], "Question 3, on GOING home?!")
    thief = make_answer("side_effects", phrasings=stolen)
    problems = check_answers([make_answer(), thief], glossary=())
    assert len(problems) == 1
    assert "Two topics claim the phrasing" in problems[0].message
    assert "going_home and side_effects" in problems[0].message
    assert problems[0].file == "side_effects.md"


def test_a_phrasing_stands_once_in_its_answer(make_answer: MakeAnswer) -> None:
    """Phrasings that differ in signs only are the same phrasing."""
    phrasings = (*make_answer().phrasings, "What now?", "what now")
    problems = check_answers([make_answer(phrasings=phrasings)], glossary=())
    assert [each.message for each in problems] == [
        "Take out the phrasing 'what now': 'What now?' says the same."
    ]


def test_words_of_the_glossary_count_as_easy(make_answer: MakeAnswer) -> None:
    """Medical words that the clinic explains do not make a text hard."""
    word = "electroconvulsive"
    web = "You may have had electroconvulsive therapy. " * 14
    term = GlossaryTerm(term=word, type="treatment", definition="A treatment.")
    assert check_answers([make_answer(web=web)], glossary=())
    assert check_answers([make_answer(web=web)], glossary=[term]) == ()


def test_a_problem_reads_as_one_line(make_answer: MakeAnswer) -> None:
    """Printed, a problem gives file, line and what to do."""
    problem = check_answers([make_answer(title="")], glossary=())[0]
    assert str(problem) == "going_home.md, line 1: Give the answer a title."
