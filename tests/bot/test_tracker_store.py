"""Conversations are encrypted, complete and erasable, and survive an absent database."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import pytest

from bot import without_tensorflow

without_tensorflow.install()

from rasa.shared.core.domain import Domain  # noqa: E402
from rasa.shared.core.events import ActionExecuted, SessionStarted, UserUttered  # noqa: E402
from rasa.shared.core.trackers import DialogueStateTracker  # noqa: E402

from bot.tables import forget_silent_since  # noqa: E402
from bot.tracker_store import EncryptedTrackerStore  # noqa: E402
from clinic.database import Database  # noqa: E402
from clinic.settings import Settings  # noqa: E402

pytestmark = pytest.mark.slow


@pytest.fixture
def store(settings: Settings, database: Database) -> EncryptedTrackerStore:
    made = EncryptedTrackerStore(database, settings.cipher())
    made.domain = Domain.empty()
    return made


async def _say(store: EncryptedTrackerStore, *texts: str) -> DialogueStateTracker:
    tracker = await store.get_or_create_tracker("c1")
    for text in texts:
        tracker.update(UserUttered(text))
        tracker.update(ActionExecuted("action_listen"))
    await store.save(tracker)
    return tracker


async def _texts(store: EncryptedTrackerStore, *, full: bool = False) -> list[str | None]:
    tracker = await (store.retrieve_full_tracker("c1") if full else store.retrieve("c1"))
    assert tracker is not None
    return [event.text for event in tracker.events if isinstance(event, UserUttered)]


async def test_events_come_back_in_order(store: EncryptedTrackerStore) -> None:
    """Several saves add up, and nothing is stored twice."""
    await _say(store, "one")
    await _say(store, "two", "three")
    assert await _texts(store) == ["one", "two", "three"]
    assert list(await store.keys()) == ["c1"]
    assert await store.retrieve("unknown") is None


async def test_text_is_encrypted(store: EncryptedTrackerStore, tmp_path: Path) -> None:
    """No word stands in the database in plain."""
    await _say(store, "marmalade")
    dump = "".join(sqlite3.connect(tmp_path / "kap.db").iterdump())
    assert "tracker_events" in dump
    assert "marmalade" not in dump


async def test_only_the_latest_session_is_retrieved(store: EncryptedTrackerStore) -> None:
    """Rasa gets the session it goes on with; the history has all of them."""
    tracker = await _say(store, "old")
    tracker.update(SessionStarted())
    tracker.update(UserUttered("new"))
    await store.save(tracker)
    assert await _texts(store) == ["new"]
    await _say(store, "newer")
    assert await _texts(store, full=True) == ["old", "new", "newer"]


async def test_long_session_is_cut_for_rasa_and_kept_whole(store: EncryptedTrackerStore) -> None:
    """Rasa gets the latest events only, and what follows is appended once all the same."""
    said = [f"message {number}" for number in range(100)]
    for text in said:
        await _say(store, text)
    assert (await _texts(store))[-20:] == said[-20:]
    assert len(await _texts(store)) < 100
    assert await _texts(store, full=True) == said


async def test_turns_during_an_outage_are_kept(
    store: EncryptedTrackerStore, tmp_path: Path
) -> None:
    """A locked database takes the turn later, in order and once."""
    await _say(store, "before")
    other = sqlite3.connect(tmp_path / "kap.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    await _say(store, "meanwhile")
    assert await _texts(store) == ["before", "meanwhile"]
    other.close()
    time.sleep(1.1)
    await store.flush()
    await store.flush()
    assert await _texts(store) == ["before", "meanwhile"]


async def test_conversation_begun_while_reading_failed(
    store: EncryptedTrackerStore, tmp_path: Path
) -> None:
    """What is said while the stored part cannot be read is added to it, not lost."""
    await _say(store, "before")
    aside = tmp_path / "aside.db"
    (tmp_path / "kap.db").rename(aside)
    await _say(store, "meanwhile")
    aside.rename(tmp_path / "kap.db")
    time.sleep(1.1)
    await store.flush()
    assert await _texts(store, full=True) == ["before", "meanwhile"]


async def test_deletion(store: EncryptedTrackerStore, database: Database) -> None:
    """One conversation, or everything older than a moment, is erased for good."""
    await _say(store, "one")
    with database.session() as session:
        forget_silent_since(session, time.time() - 1000)
    assert await _texts(store) == ["one"]
    with database.session() as session:
        forget_silent_since(session, time.time() + 1000)
    assert await store.retrieve("c1") is None
    await _say(store, "two")
    await store.delete("c1")
    assert await store.retrieve("c1") is None
