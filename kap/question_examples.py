"""Shows Rasa what questions sound like, from the shipped answers, redirects and gaps.

Rasa only has to tell questions from other talk; which answer fits is decided by search, so a new
answer needs no training.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ruamel.yaml import YAML

from knowledge.files import read_answers
from knowledge.redirects import load_redirects
from knowledge.words import tokens

_EACH = 6
"""Examples from each answer and redirect: enough to show the subject, few enough to train fast."""


def write_question_examples(root: Path, target: Path) -> int:
    """Write Rasa training data; the number of examples. Texts come from `root`/knowledge."""
    knowledge = root / "knowledge"
    groups = [answer.phrasings for answer in read_answers(knowledge / "content")]
    groups += [redirect.examples for redirect in load_redirects(knowledge / "redirect_data")]
    questions = [text for group in groups for text in _spread(group)]
    questions += _lines(knowledge / "gaps" / "near.txt")
    off_topic = [text for text in _lines(knowledge / "gaps" / "far.txt") if len(tokens(text)) > 3]
    examples = {"ask_question": questions, "off_topic": off_topic}
    with open(target, "w", encoding="utf-8") as file:
        YAML(typ="safe").dump(
            {
                "version": "3.1",
                "nlu": [
                    {"intent": intent, "examples": "".join(f"- {_safe(text)}\n" for text in texts)}
                    for intent, texts in examples.items()
                ],
            },
            file,
        )
    return len(questions) + len(off_topic)


def _spread(texts: Sequence[str]) -> Sequence[str]:
    step = max(1, len(texts) // _EACH)
    return texts[::step][:_EACH]


def _lines(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _safe(text: str) -> str:
    # Rasa reads brackets and braces in examples as entities.
    return "".join(sign for sign in text if sign not in "[](){}")
