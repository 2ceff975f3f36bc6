"""Writes a stock Rasa project with our data: the same intents, rules and answers as responses."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from clinic.settings import PROJECT_ROOT
from knowledge.files import read_answers

STOCK_CONFIG = Path(__file__).parent / "stock" / "config.yml"


def write_stock_project(folder: Path) -> None:
    """Answers become a retrieval intent `faq`; everything else is copied as it stands."""
    yaml = YAML()
    shutil.copytree(PROJECT_ROOT / "data", folder / "data")
    shutil.copy(STOCK_CONFIG, folder / "config.yml")
    answers = read_answers(PROJECT_ROOT / "knowledge" / "content")
    faq = [
        {
            "intent": f"faq/{answer.topic}",
            "examples": "".join(f"- {phrasing}\n" for phrasing in answer.phrasings),
        }
        for answer in answers
    ]
    yaml.dump({"version": "3.1", "nlu": faq}, folder / "data" / "nlu" / "faq.yml")
    yaml.dump({"version": "3.1", "rules": [_FAQ_RULE]}, folder / "data" / "rules_faq.yml")
    yaml.dump({"version": "3.1", "stories": [_STORY]}, folder / "data" / "stories.yml")
    domain: dict[str, Any] = yaml.load(PROJECT_ROOT / "domain.yml")
    domain["intents"] = [*domain["intents"], "faq", "nlu_fallback"]
    for answer in answers:
        domain["responses"][f"utter_faq/{answer.topic}"] = [{"text": answer.web}]
    yaml.dump(domain, folder / "domain.yml")


_FAQ_RULE = {
    "rule": "Answer from the responses",
    "steps": [{"intent": "faq"}, {"action": "utter_faq"}],
}
_STORY = {
    "story": "A greeting, a question and thanks",
    "steps": [
        {"intent": "greet"},
        {"action": "utter_greet"},
        {"intent": "ask_question"},
        {"action": "action_answer_question"},
        {"intent": "thank"},
        {"action": "utter_thank"},
    ],
}
