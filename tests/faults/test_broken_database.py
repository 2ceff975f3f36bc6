"""The database is locked, read-only or gone: crisis messages are met and recorded once."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.assistant import Assistant, text_of, wait_until

pytestmark = pytest.mark.slow

CRISIS = "i want to kill myself"
QUESTION = "what are the side effects of ketamine?"
CRISIS_LIMIT = 2.0


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


@contextmanager
def _read_only(folder: Path) -> Iterator[None]:
    """Permissions do not bind root, so root marks the files immutable.

    The shared-memory index beside them is left alone: it is mapped, and the kernel ends a process
    whose map turns read-only under it (`kap serve` then starts it again).
    """
    files = [str(path) for path in folder.glob("kap.db*") if path.suffix != ".db-shm"]
    as_root = os.geteuid() == 0
    deny, allow = (["chattr", "+i"], ["chattr", "-i"]) if as_root else (
        ["chmod", "a-w"], ["chmod", "u+w"],
    )  # fmt: skip
    done = subprocess.run([*deny, *files], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("files cannot be made read-only here")
    try:
        yield
    finally:
        subprocess.run([*allow, *files], check=True)


def _crisis_is_met(assistant: Assistant) -> None:
    visitor = assistant.visitor()
    assert "988" in text_of(visitor.say(CRISIS, limit=CRISIS_LIMIT))
    later = visitor.say("ok", limit=CRISIS_LIMIT)
    assert later[0]["outcome"] == "crisis", "safety mode holds while the database is away"


@contextmanager
def _recorded_once(assistant: Assistant) -> Iterator[None]:
    before = len(assistant.escalations())
    yield
    wait_until(lambda: len(assistant.escalations()) == before + 1, limit=20)
    spool = assistant.home / "spool" / "escalations.spool"
    wait_until(lambda: not spool.exists() or spool.stat().st_size == 0, limit=20)
    assert len(assistant.escalations()) == before + 1


@pytest.fixture(scope="module")
def assistant(prepared_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """One assistant that outlives every outage of this module."""
    folder = tmp_path_factory.mktemp("broken-database")
    (folder / "logs").mkdir()
    made = Assistant(Path(shutil.copytree(prepared_home, folder / "home")), folder / "logs")
    yield made.start()
    made.stop()


def test_database_locked(assistant: Assistant) -> None:
    """A locked database delays nobody's answer for long, and the record follows."""
    other = assistant.visitor()
    with _recorded_once(assistant), _locked(assistant.database_file):
        _crisis_is_met(assistant)
        assert other.say("hello", limit=4)[0]["outcome"] == "other"
        assert other.say(QUESTION, limit=6)[0]["outcome"] == "answered"


def test_database_read_only(assistant: Assistant) -> None:
    """A read-only database stops no reply; the record is written when it can be."""
    with _recorded_once(assistant), _read_only(assistant.home):
        _crisis_is_met(assistant)
        assert assistant.visitor().say(QUESTION)[0]["outcome"] == "answered"


def test_database_gone_and_restored(assistant: Assistant) -> None:
    """A removed database stops no reply; once it is back it holds the record exactly once."""
    aside = assistant.home / "aside"
    aside.mkdir()
    with _recorded_once(assistant):
        for path in assistant.home.glob("kap.db*"):
            shutil.move(path, aside / path.name)
        _crisis_is_met(assistant)
        assert assistant.visitor().say(QUESTION)[0]["text"]
        for path in aside.iterdir():
            shutil.move(path, assistant.home / path.name)


def test_conversation_survives_the_outage(assistant: Assistant) -> None:
    """What was said while the database was locked stands in the history afterwards."""
    visitor = assistant.visitor()
    visitor.say("hello")
    with _locked(assistant.database_file):
        visitor.say(QUESTION)
    visitor.say("thank you")
    said = [row["text"] for row in visitor.history() if row["from"] == "person"]
    assert said == ["hello", QUESTION, "thank you"]


def test_restart_during_the_outage_keeps_safety_mode(assistant: Assistant) -> None:
    """A record that only the spool holds is not lost when the chat server restarts."""
    visitor = assistant.visitor()
    with _recorded_once(assistant):
        with _locked(assistant.database_file):
            assert "988" in text_of(visitor.say(CRISIS, limit=CRISIS_LIMIT))
            assistant.kill("bot")
        assistant.start(actions=False, wait_for_model=False)
    assert visitor.say("what are the side effects?")[0]["outcome"] == "crisis"
