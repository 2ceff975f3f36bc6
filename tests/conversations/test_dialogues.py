"""Conversations as people have them, through the running servers. The dialogues are data.

A turn says what the person writes, and of the reply: `outcome`, `topic` or `topics` (any order),
`has` and `lacks` (words, whatever their case), `choices` (least number) and `unlike` (the number of
an earlier turn whose reply it must not repeat).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.assistant import Assistant, text_of

pytestmark = pytest.mark.slow
FOLDER = Path(__file__).parent / "dialogues"
DIALOGUES = [each for path in sorted(FOLDER.glob("*.yml")) for each in YAML(typ="safe").load(path)]
_KNOWN = {"say", "outcome", "topic", "topics", "has", "lacks", "choices", "unlike"}


@pytest.fixture(scope="module")
def running(prepared_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """One assistant for all dialogues; each has a session of its own."""
    folder = tmp_path_factory.mktemp("dialogues")
    (folder / "logs").mkdir()
    made = Assistant(Path(shutil.copytree(prepared_home, folder / "home")), folder / "logs")
    yield made.start()
    made.stop()


def test_there_are_enough_dialogues() -> None:
    """Thirty at least, each of several turns, with names of their own."""
    assert len(DIALOGUES) >= 30
    assert len({dialogue["name"] for dialogue in DIALOGUES}) == len(DIALOGUES)
    assert all(len(dialogue["turns"]) >= 2 for dialogue in DIALOGUES)


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=[d["name"] for d in DIALOGUES])
def test_dialogue(running: Assistant, dialogue: Mapping[str, Any]) -> None:
    """Every turn gets what the dialogue says."""
    visitor = running.visitor()
    said: list[str] = []
    for number, turn in enumerate(dialogue["turns"], start=1):
        assert set(turn) <= _KNOWN, f"turn {number} has unknown parts"
        replies = visitor.say(turn["say"])
        _check(turn, replies, said, f"turn {number}, {turn['say']!r}: {replies}")
        said.append(text_of(replies))


def _check(
    turn: Mapping[str, Any], replies: list[dict[str, Any]], said: list[str], where: str
) -> None:
    offered = [choice["label"] for reply in replies for choice in reply["choices"]]
    text = "\n".join([text_of(replies), *offered])
    if "outcome" in turn:
        assert replies[0]["outcome"] == turn["outcome"], where
    if "topic" in turn:
        assert replies[0]["topics"][:1] == [turn["topic"]], where
    if "topics" in turn:
        assert set(replies[0]["topics"]) == set(turn["topics"]), where
    for word in _list(turn.get("has")):
        assert str(word).lower() in text.lower(), where
    for word in _list(turn.get("lacks")):
        assert str(word).lower() not in text.lower(), where
    assert len(replies[-1]["choices"]) >= turn.get("choices", 0), where
    if "unlike" in turn:
        assert text_of(replies) != said[turn["unlike"] - 1], where


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
