"""Keeps what visitors asked in vain, masked and sealed, so that staff see what is missing."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from knowledge.masking import mask
from knowledge.models import UnansweredQuestion, utc_now
from knowledge.words import plain


class Cipher(Protocol):
    """What encrypts, such as `MultiFernet`."""

    def encrypt(self, data: bytes) -> bytes:
        """Seal."""

    def decrypt(self, token: bytes) -> bytes:
        """Open."""


@dataclass(frozen=True)
class Seal:
    """How questions are kept: encrypted, with a keyed digest to find the same words again."""

    cipher: Cipher
    key: bytes

    def close(self, text: str) -> str:
        """The sealed text."""
        return self.cipher.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """The text that `close` sealed."""
        return self.cipher.decrypt(sealed.encode()).decode()

    def digest(self, text: str) -> str:
        """The same for the same words; tells nothing to somebody without the key."""
        return hmac.new(self.key, plain(text).encode(), hashlib.sha256).hexdigest()


LONGEST = 500
"""Characters of a question that are kept."""


def record_unanswered(session: Session, text: str, *, channel: str, seal: Seal) -> None:
    """Keep the masked question, or count it once more when the channel brought it before.

    Works inside the caller's transaction and does not commit. A text without words is dropped.
    """
    # Masked before it is cut, so that half a phone number cannot stay.
    masked = " ".join(mask(text).split())[:LONGEST]
    if not plain(masked):
        return
    key = seal.digest(masked)
    if _count_again(session, key, channel):
        return
    row = UnansweredQuestion(text_key=key, sealed_text=seal.close(masked), channel=channel)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        _count_again(session, key, channel)


def unanswered(session: Session, *, limit: int = 100) -> list[UnansweredQuestion]:
    """Questions without an answer, those asked most often first."""
    statement = select(UnansweredQuestion).order_by(
        UnansweredQuestion.count.desc(), UnansweredQuestion.asked_at.desc()
    )
    return list(session.execute(statement.limit(limit)).scalars())


def _count_again(session: Session, key: str, channel: str) -> bool:
    statement = (
        update(UnansweredQuestion)
        .where(UnansweredQuestion.text_key == key, UnansweredQuestion.channel == channel)
        .values(count=UnansweredQuestion.count + 1, asked_at=utc_now())
    )
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return bool(result.rowcount)
