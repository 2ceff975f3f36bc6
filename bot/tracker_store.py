"""Rasa's conversations in our database: encrypted, never blocking, never losing a turn.

Rasa's own SQL store runs in the event loop (a locked database freezes every conversation), keeps
plain text, and hands a failing database's conversations to a store that forgets them.
"""

from __future__ import annotations

import json
import logging
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.fernet import InvalidToken, MultiFernet
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.events import Event, SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import distinct, func, insert, select
from sqlalchemy.orm import Session

from bot.tables import forget_conversation, tracker_events
from clinic.database import Database
from clinic.errors import DatabaseAway

logger = logging.getLogger(__name__)

MOST_EVENTS = 60
"""Latest events of a session that Rasa gets: some eight turns, more than any rule looks back."""
_MOST_UNSAVED = 2_000


@dataclass
class _Unsaved:
    """A conversation that the database has not taken yet."""

    tracker: DialogueStateTracker
    detached: bool
    """True when it was begun without knowing what the database holds: all of it is new."""


class EncryptedTrackerStore(TrackerStore):
    """One row for each event. While the database is away, conversations live in memory."""

    def __init__(self, database: Database, cipher: MultiFernet) -> None:
        super().__init__(domain=None)
        self._database = database
        self._cipher = cipher
        self._unsaved: OrderedDict[str, _Unsaved] = OrderedDict()
        self._unknown: set[str] = set()

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Append the events that the database lacks; keep them in memory when it is away."""
        conversation_id = tracker.sender_id
        waiting = self._unsaved.get(conversation_id)
        detached = conversation_id in self._unknown or bool(waiting and waiting.detached)
        events = [(event.type_name, event.timestamp, event.as_dict()) for event in tracker.events]
        try:
            await self._database.write(
                lambda session: self._append(session, conversation_id, events, detached=detached)
            )
        except DatabaseAway:
            self._keep(conversation_id, _Unsaved(tracker, detached))
            return
        self._unsaved.pop(conversation_id, None)
        self._unknown.discard(conversation_id)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The latest events of the latest session; None for an unknown conversation."""
        if sender_id in self._unsaved:
            return self._unsaved[sender_id].tracker.copy()
        return await self._load(sender_id, all_sessions=False)

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """Events of all sessions that the database holds, and those that still wait for it."""
        stored = await self._load(conversation_id, all_sessions=True)
        waiting = self._unsaved.get(conversation_id)
        if waiting is None:
            return stored
        if stored is None:
            return waiting.tracker.copy()
        known = {(event.type_name, event.timestamp) for event in stored.events}
        for event in waiting.tracker.events:
            if (event.type_name, event.timestamp) not in known:
                stored.update(event)
        return stored

    async def keys(self) -> Iterable[str]:
        """Ids of all stored conversations."""
        query = select(distinct(tracker_events.c.conversation_id))
        return await self._database.read(lambda session: session.execute(query).scalars().all())

    async def flush(self) -> None:
        """Offer waiting conversations to the database again."""
        for waiting in list(self._unsaved.values()):
            await self.save(waiting.tracker)

    async def delete(self, conversation_id: str) -> None:
        """Erase one conversation for good; DatabaseAway when the database does not answer."""
        await self._database.write(lambda session: forget_conversation(session, conversation_id))
        self._unsaved.pop(conversation_id, None)

    def drop(self, conversation_id: str) -> None:
        """Forget what memory holds of a conversation that was erased in the database."""
        self._unsaved.pop(conversation_id, None)

    def _keep(self, conversation_id: str, unsaved: _Unsaved) -> None:
        self._unsaved[conversation_id] = unsaved
        self._unsaved.move_to_end(conversation_id)
        if len(self._unsaved) > _MOST_UNSAVED:
            self._unsaved.popitem(last=False)
            logger.error("the database is away and memory is full: oldest conversation dropped")

    async def _load(
        self, conversation_id: str, *, all_sessions: bool
    ) -> DialogueStateTracker | None:
        try:
            events = await self._database.read(
                lambda session: self._read(session, conversation_id, all_sessions=all_sessions)
            )
        except DatabaseAway:
            self._unknown.add(conversation_id)
            return None
        self._unknown.discard(conversation_id)
        if not events:
            return None
        return DialogueStateTracker.from_events(conversation_id, events, self.domain.slots)

    def _read(self, session: Session, conversation_id: str, *, all_sessions: bool) -> list[Event]:
        start = 0 if all_sessions else _first_position(session, conversation_id)
        rows = session.execute(
            select(tracker_events.c.data)
            .where(tracker_events.c.conversation_id == conversation_id)
            .where(tracker_events.c.position >= start)
            .order_by(tracker_events.c.position)
        ).scalars()
        return [event for token in rows if (event := self._event(token)) is not None]

    def _event(self, token: str) -> Event | None:
        try:
            return Event.from_parameters(json.loads(self._cipher.decrypt(token.encode())))
        except InvalidToken:
            logger.error("a stored event cannot be read: check KAP_TEXT_KEYS")
            return None

    def _append(
        self,
        session: Session,
        conversation_id: str,
        events: list[tuple[str, float, dict[str, object]]],
        *,
        detached: bool,
    ) -> None:
        total = _total(session, conversation_id)
        known = 0 if detached else total - _first_position(session, conversation_id)
        rows = [
            {
                "conversation_id": conversation_id,
                "position": total + offset,
                "timestamp": timestamp,
                "type_name": type_name,
                "data": self._cipher.encrypt(json.dumps(event).encode()).decode(),
            }
            for offset, (type_name, timestamp, event) in enumerate(events[known:])
        ]
        if rows:
            session.execute(insert(tracker_events), rows)


def _total(session: Session, conversation_id: str) -> int:
    mine = tracker_events.c.conversation_id == conversation_id
    return int(session.execute(select(func.count()).where(mine)).scalar_one())


def _first_position(session: Session, conversation_id: str) -> int:
    """Position of the first event that Rasa gets: within the session, and not too far back."""
    latest_start = (
        select(func.max(tracker_events.c.position))
        .where(tracker_events.c.conversation_id == conversation_id)
        .where(tracker_events.c.type_name == SessionStarted.type_name)
    )
    begun = session.execute(latest_start).scalar_one() or 0
    return max(begun, _total(session, conversation_id) - MOST_EVENTS)
