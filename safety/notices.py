"""When a person is told again that this is an automated assistant. Pure.

At the start the channel itself shows the notice. Afterwards: at the first message after seven days
of silence, and every three hours of a conversation (docs/safety-protocol.md says which laws ask).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from safety.state import SafetyState

SILENCE = timedelta(days=7)
REMINDER = timedelta(hours=3)
_NOTE_EVERY = timedelta(minutes=10)
"""How exactly it is known when a person last wrote; spares a write in each turn."""


def look(state: SafetyState, now: datetime) -> tuple[SafetyState, str]:
    """The state after a message at `now`, and the id of the notice that is due, or ""."""
    if state.noticed_at is None or state.seen_at is None:
        return replace(state, noticed_at=now, seen_at=now), ""
    silent, since = now - state.seen_at, now - state.noticed_at
    if silent > SILENCE or silent < -_NOTE_EVERY:
        return replace(state, noticed_at=now, seen_at=now), "notice.automated"
    if since >= REMINDER:
        return replace(state, noticed_at=now, seen_at=now), "notice.reminder"
    if silent >= _NOTE_EVERY:
        return replace(state, seen_at=now), ""
    return state, ""
