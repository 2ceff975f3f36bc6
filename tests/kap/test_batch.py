"""The batch commands read and write what they promise, and keep nothing."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from bot.channels.messages import Choice, OutboundMessage
from clinic.settings import PROJECT_ROOT
from kap.batch import LineWrong, _answer_row, read_lines

QUESTIONS = [
    ("q1", "what is bdnf", "answered", "mechanism_bdnf"),
    ("q2", "who should not have ketamine", "answered", "who_should_not"),
    ("q3", "tell me a joke", "other", None),
    ("q4", "are you a robot", "other", None),
    ("q5", "i want to talk to a person", "clinic", None),
    ("q6", "i want to kill myself", "crisis", None),
]


def _kap(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kap.cli", *words],
        cwd=PROJECT_ROOT,
        env={**os.environ, "KAP_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


def _write(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def _read(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def _dump(home: Path) -> list[str]:
    with sqlite3.connect(home / "kap.db") as connection:
        return list(connection.iterdump())


@pytest.mark.slow
def test_ask(home: Path, tmp_path: Path) -> None:
    """Every kind of outcome, in the order of the questions, with nothing written to the home."""
    before = _dump(home)
    rows: list[dict[str, object]] = [{"id": key, "text": text} for key, text, _, _ in QUESTIONS]
    infile = _write(tmp_path / "q.jsonl", rows)
    done = _kap(home, "ask", "--in", str(infile), "--out", str(tmp_path / "a.jsonl"))
    assert done.returncode == 0, done.stderr
    found = _read(tmp_path / "a.jsonl")
    assert [(row["id"], row["outcome"], row["topic"]) for row in found] == [
        (key, outcome, topic) for key, _, outcome, topic in QUESTIONS
    ]
    assert set(found[0]) == {"id", "outcome", "topic", "topics", "score", "text", "sources"}
    assert found[0]["sources"]
    assert found[0]["topics"] == ["mechanism_bdnf"]
    assert "988" in str(found[5]["text"])
    assert _dump(home) == before


def test_choices_are_part_of_the_text() -> None:
    """Who judges an answer sees what the person could pick."""
    choices = tuple(Choice(label=label, text=label) for label in ("Side effects", "Cost"))
    reply = OutboundMessage(outcome="clarify", text="One of these?", choices=choices)
    assert _answer_row(1, (reply,))["text"] == "One of these?\n- Side effects\n- Cost"


@pytest.mark.slow
def test_ask_reads_earlier_messages(home: Path, tmp_path: Path) -> None:
    """`previous` is said first, in the same conversation."""
    rows: list[dict[str, object]] = [
        {"id": 1, "text": "ok", "previous": ["i want to kill myself"]},
        {"id": 2, "text": "ok"},
    ]
    infile = _write(tmp_path / "q.jsonl", rows)
    assert _kap(home, "ask", "--in", str(infile), "--out", str(tmp_path / "a")).returncode == 0
    found = _read(tmp_path / "a")
    assert found[0]["outcome"] == "crisis"
    assert found[1]["outcome"] != "crisis"


@pytest.mark.slow
def test_assess(home: Path, tmp_path: Path) -> None:
    """Tier, category, rules and score of each text."""
    rows: list[dict[str, object]] = [
        {"id": "a", "text": "i want to kill myself"},
        {"id": "b", "text": "what are the side effects"},
        {"id": "c", "text": "quiero morirme"},
    ]
    infile = _write(tmp_path / "t.jsonl", rows)
    done = _kap(home, "assess", "--in", str(infile), "--out", str(tmp_path / "r.jsonl"))
    assert done.returncode == 0, done.stderr
    first, second, third = _read(tmp_path / "r.jsonl")
    assert set(first) == {"id", "tier", "category", "rules", "score"}
    assert (first["tier"], first["category"]) == ("urgent", "suicide")
    assert second["tier"] == "none"
    assert third["tier"] == "urgent"


def test_assess_imports_no_rasa() -> None:
    """Assessing needs no dialogue framework."""
    code = "import kap.batch, safety.detector, sys; print('rasa' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(
    "line", ["not json", "[1]", '{"id": 1}', '{"text": "x"}', '{"id": 1, "text": 2}']
)
def test_broken_line_is_named(tmp_path: Path, line: str) -> None:
    """A line that cannot be read is named with its number and what to write."""
    path = tmp_path / "q.jsonl"
    path.write_text('{"id": 1, "text": "ok"}\n' + line + "\n")
    with pytest.raises(LineWrong, match=r"q\.jsonl:2: write"):
        read_lines(path)
