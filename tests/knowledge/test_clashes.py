from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from knowledge.clashes import check_clashes
from knowledge.editing import approve, save_draft
from knowledge.errors import ContentRefused
from tests.knowledge.conftest import MakeAnswer, StubEncoder


def test_a_phrasing_that_finds_another_topic_is_refused(
    make_answer: MakeAnswer, encoder: StubEncoder
) -> None:
    """The same words in another order ask the same; file, line and both topics are named."""
    first = make_answer(phrasings=("may I drive home today", "going home by car"))
    second = make_answer("driving", phrasings=("rules of the road", "today, may i drive home?"))
    (problem,) = check_clashes([first, second], encoder)
    assert problem.file == "driving.md"
    assert "finds going_home, which has 'may I drive home today'" in problem.message


def test_only_the_asked_topics_are_looked_at(make_answer: MakeAnswer, encoder: StubEncoder) -> None:
    """An answer that is about to go live is compared with all others, whatever their order."""
    first = make_answer(phrasings=("may I drive home today",))
    second = make_answer("driving", phrasings=("today, may i drive home?",))
    (problem,) = check_clashes([first, second], encoder, only={"going_home"})
    assert problem.file == "going_home.md"
    assert check_clashes([first], encoder, only={"going_home"}) == ()


def test_it_cannot_be_approved(
    session: Session, make_answer: MakeAnswer, encoder: StubEncoder
) -> None:
    """Nothing goes live, and the approval is not recorded."""
    first = save_draft(session, make_answer(), author="Ann")
    approve(session, first.id, reviewer="Ben", encoder=encoder)
    words = tuple(f"on going_home, question {number}" for number in range(40))
    second = save_draft(session, make_answer("driving", phrasings=words), author="Ann")
    with pytest.raises(ContentRefused, match="finds going_home"):
        approve(session, second.id, reviewer="Ben", encoder=encoder)
