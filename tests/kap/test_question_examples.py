from __future__ import annotations

from pathlib import Path

from ruamel.yaml import YAML

from clinic.settings import PROJECT_ROOT
from kap.question_examples import write_question_examples
from knowledge.files import read_answers


def test_rasa_is_shown_questions_of_every_topic(tmp_path: Path) -> None:
    """Some phrasings of each answer, and nothing that Rasa reads as an entity."""
    target = tmp_path / "questions.yml"
    count = write_question_examples(PROJECT_ROOT, target)
    (asked, other) = YAML(typ="safe").load(target)["nlu"]
    assert (asked["intent"], other["intent"]) == ("ask_question", "off_topic")
    lines = asked["examples"].splitlines() + other["examples"].splitlines()
    assert len(lines) == count
    assert not any(sign in line for line in lines for sign in "[]{}()")
    for answer in read_answers(PROJECT_ROOT / "knowledge" / "content"):
        assert f"- {answer.phrasings[0].strip()}" in lines or "(" in answer.phrasings[0]
