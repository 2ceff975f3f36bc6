"""How visitors rate replies. Neither the question nor the reply is stored with a rating."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from cryptography.fernet import MultiFernet
from sqlalchemy.orm import Session

from clinic.database import insert_statement
from visitors.models import feedback


@dataclass(frozen=True, kw_only=True)
class Rating:
    """One visitor's view of one reply; a second one of the same reply replaces the first."""

    conversation_id: str
    reply_id: str
    channel: str
    outcome: str
    topic: str | None
    revision: int | None
    helpful: bool
    reason: str
    """The person's words; stored encrypted. Empty when none were given."""
    created_at: datetime

    @property
    def id(self) -> str:
        """The same for every rating of the same reply."""
        name = f"{self.conversation_id}\x00{self.reply_id}"
        return hashlib.sha256(name.encode()).hexdigest()


def save_rating(session: Session, rating: Rating, cipher: MultiFernet) -> None:
    """Add the rating, or put it in the place of an earlier one."""
    sealed = cipher.encrypt(rating.reason.encode()).decode() if rating.reason else None
    row = {
        "id": rating.id,
        "created_at": rating.created_at,
        "conversation_id": rating.conversation_id,
        "channel": rating.channel,
        "outcome": rating.outcome,
        "topic": rating.topic,
        "revision": rating.revision,
        "helpful": rating.helpful,
        "reason": sealed,
    }
    insert = insert_statement(session, feedback).values(**row)
    changed = {key: row[key] for key in ("created_at", "helpful", "reason")}
    session.execute(insert.on_conflict_do_update(index_elements=["id"], set_=changed))
