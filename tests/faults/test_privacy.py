"""A person's words stay out of logs, standard streams and readable files."""

from __future__ import annotations

import time

import pytest

from tests.assistant import Assistant

pytestmark = pytest.mark.slow

SECRETS = ("marmalade", "212-555-0147", "zanzibar@mail.example")


def test_words_are_nowhere_in_plain_text(assistant: Assistant) -> None:
    """Secrets sent through every kind of turn are found in no log and no file of the home."""
    assistant.start()
    visitor = assistant.visitor()
    for secret in SECRETS:
        visitor.say(f"hello i am {secret}")
        visitor.say(f"what are the side effects of ketamine for {secret}?")
        visitor.say(f"does {secret} sell bicycles")
    assistant.kill("actions")
    visitor.say(f"what is bdnf {SECRETS[0]}")
    visitor.say(f"i want to kill myself, says {SECRETS[0]} {SECRETS[1]}")
    visitor.say(f"{SECRETS[0]} again")
    time.sleep(1)
    history = str(visitor.history())
    assert SECRETS[0] in history, "the person can still read it"
    for secret in SECRETS:
        assert secret not in assistant.logs()
        for path in assistant.home.rglob("*"):
            if path.is_file():
                assert secret.encode() not in path.read_bytes(), path.name


def test_files_are_for_their_owner_only(assistant: Assistant) -> None:
    """Keys, database and spool cannot be read by other users of the machine."""
    assistant.start(actions=False)
    assistant.visitor().say("i want to kill myself")
    for name in ("keys.env", "kap.db"):
        assert (assistant.home / name).stat().st_mode & 0o077 == 0
