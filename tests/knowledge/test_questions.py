from __future__ import annotations

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet
from sqlalchemy.orm import Session

from knowledge.models import UnansweredQuestion
from knowledge.questions import LONGEST, Seal, record_unanswered, unanswered

SEAL = Seal(Fernet(Fernet.generate_key()), b"a key")


def _rows(session: Session) -> list[UnansweredQuestion]:
    statement = sa.select(UnansweredQuestion).order_by(UnansweredQuestion.id)
    rows = list(session.execute(statement).scalars())
    for row in rows:
        session.refresh(row)
    return rows


def test_the_same_question_is_counted(session: Session) -> None:
    """Questions that differ in details and signs only share a row, per channel."""
    record_unanswered(
        session, "Call me at 555-010-0199: what does it cost?", channel="web", seal=SEAL
    )
    record_unanswered(
        session, "call me at 555-010-0123  what does it COST", channel="web", seal=SEAL
    )
    record_unanswered(
        session, "call me at 555-010-0123 what does it cost", channel="sms", seal=SEAL
    )
    session.commit()
    first, second = _rows(session)
    assert (first.count, first.channel, second.count, second.channel) == (2, "web", 1, "sms")
    assert "555" not in SEAL.open(first.sealed_text)
    assert "[phone]: what does it cost?" in SEAL.open(first.sealed_text)
    assert first.asked_at >= first.first_asked_at
    assert [row.count for row in unanswered(session)] == [2, 1]


@pytest.mark.parametrize("text", ["", "  ", "?!", "\N{SKULL}"])
def test_a_text_without_words_is_dropped(session: Session, text: str) -> None:
    """Nothing is kept of signs and pictures alone."""
    record_unanswered(session, text, channel="web", seal=SEAL)
    assert _rows(session) == []


def test_a_long_text_is_masked_before_it_is_cut(session: Session) -> None:
    """A detail that the cut would halve is masked all the same."""
    text = "a " * (LONGEST // 2 - 4) + "ann@example.org " + "b " * 500
    record_unanswered(session, text, channel="web", seal=SEAL)
    kept = SEAL.open(_rows(session)[0].sealed_text)
    assert len(kept) <= LONGEST
    assert "ann@" not in kept


def test_words_stand_sealed(session: Session) -> None:
    """Neither the text nor its digest tells the words to somebody without the key."""
    record_unanswered(session, "what about marmalade", channel="web", seal=SEAL)
    row = _rows(session)[0]
    assert "marmalade" not in row.sealed_text
    assert row.text_key != Seal(SEAL.cipher, b"another").digest("what about marmalade")
