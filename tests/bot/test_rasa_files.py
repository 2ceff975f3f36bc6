"""What Rasa's own validation lets pass: unused and missing parts, and the doors that stay shut."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.channels.messages import OUTCOMES
from clinic.settings import PROJECT_ROOT
from language.sms_length import Encoding, measure

READ = YAML(typ="safe")
DOMAIN: dict[str, Any] = READ.load(PROJECT_ROOT / "domain.yml")
FILLED = {
    "$clinic_name": "Cedar Hollow Clinic (example)",
    "$clinic_phone": "555-010-0100",
    "$clinic_hours": "Monday to Friday, 9 am to 5 pm",
    "$crisis_reach": "call or text 988",
    "$emergency": "911",
}


def _files(folder: str) -> list[Path]:
    return sorted((PROJECT_ROOT / "data" / folder).glob("*.yml"))


def _rules() -> list[dict[str, Any]]:
    return [rule for path in _files("stories") for rule in READ.load(path)["rules"]]


def _named(key: str) -> set[str]:
    return {step[key] for rule in _rules() for step in rule["steps"] if key in step}


def test_intents_fit_together() -> None:
    """Every intent of the domain has examples and a rule, and none is unknown."""
    trained = {row["intent"] for path in _files("nlu") for row in READ.load(path)["nlu"]}
    assert trained == set(DOMAIN["intents"]) == _named("intent")


def test_every_response_is_used() -> None:
    """A response that nothing utters is refused."""
    code = "".join(path.read_text() for path in (PROJECT_ROOT / "actions").glob("*.py"))
    spoken_by_actions = set(re.findall(r'"(utter_\w+)"', code))
    assert set(DOMAIN["responses"]) == spoken_by_actions | {
        name for name in _named("action") if name.startswith("utter_")
    }


def test_every_action_exists() -> None:
    """The domain's actions are those of the action server."""
    from rasa_sdk.executor import ActionExecutor

    executor = ActionExecutor()
    executor.register_package("actions")
    assert set(DOMAIN["actions"]) == set(executor.actions)


def test_doors_that_stay_shut() -> None:
    """No forms, no slots with custom mappings, no slot validation action, no open channel."""
    assert "forms" not in DOMAIN
    assert "slots" not in DOMAIN
    assert "action_validate_slot_mappings" not in DOMAIN["actions"]
    for name in ("credentials.yml", "endpoints.yml"):
        assert READ.load(PROJECT_ROOT / name) == {}
    code = [path for folder in ("bot", "kap") for path in (PROJECT_ROOT / folder).rglob("*.py")]
    assert not any("enable-api" in path.read_text() for path in code)


def test_crisis_classifier_is_last() -> None:
    """Nothing runs after it that could overrule it; SafetyPolicy stands first."""
    config = READ.load(PROJECT_ROOT / "config.yml")
    assert config["pipeline"][-1]["name"].endswith("CrisisClassifier")
    assert config["policies"][0]["name"].endswith("SafetyPolicy")


VARIATIONS = {
    f"{name}.{number}": variation
    for name, variations in DOMAIN["responses"].items()
    for number, variation in enumerate(variations)
}


@pytest.mark.parametrize("name", sorted(VARIATIONS))
def test_response_is_one_payload(name: str) -> None:
    """Each variation is a custom payload with a known outcome, a web form and a short SMS form."""
    variant = VARIATIONS[name]
    assert set(variant) == {"custom"}
    payload = variant["custom"]
    assert payload["outcome"] in OUTCOMES
    assert payload["web"].strip()
    sms = payload["sms"]
    for placeholder, value in FILLED.items():
        sms = sms.replace(placeholder, value)
    assert "$" not in sms
    assert measure(sms).encoding is Encoding.GSM_7
    assert measure(sms).segments <= 2
