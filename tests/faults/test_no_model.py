"""Without a trained model the safety net still stands."""

from __future__ import annotations

import pytest

from tests.assistant import Assistant, text_of

pytestmark = pytest.mark.slow


def test_no_dialogue_model(assistant: Assistant) -> None:
    """A question gets an honest apology, a crisis the hotline and one record."""
    for model in (assistant.home / "models").glob("kap-*.tar.gz"):
        model.unlink()
    assistant.start(wait_for_model=False)
    assert "988" in text_of(assistant.visitor().say("what is bdnf?"))
    assert "988" in text_of(assistant.visitor().say("i want to kill myself", limit=2))
    assert len(assistant.escalations()) == 1


def test_damaged_dialogue_model(assistant: Assistant) -> None:
    """A model file that cannot be read is the same as none."""
    for model in (assistant.home / "models").glob("kap-*.tar.gz"):
        model.write_bytes(b"not a model")
    assistant.start(wait_for_model=False)
    assert "988" in text_of(assistant.visitor().say("i want to kill myself", limit=2))


def test_no_semantic_model(assistant: Assistant) -> None:
    """Without the examples' model the rules decide alone."""
    (assistant.home / "models" / "safety.npz").unlink()
    assistant.start()
    assert "988" in text_of(assistant.visitor().say("i want to kill myself", limit=2))
    assert assistant.visitor().say("what is bdnf?")[0]["outcome"] == "answered"
