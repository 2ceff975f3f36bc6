"""Where the law asks for more, production does not start before the clinic has written it down."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from clinic.facts import ClinicFacts, read_facts
from clinic.settings import PROJECT_ROOT
from safety.errors import SafetyFileWrong
from safety.states import StateNotAllowed, Switch, load_states, require_allowed, shared_states

CLINIC = read_facts(PROJECT_ROOT / "clinic.yml")


@pytest.mark.parametrize(
    ("clinic", "part"),
    [
        (replace(CLINIC, state=""), "two letters"),
        (replace(CLINIC, state="IL"), "state_confirmed"),
        (replace(CLINIC, state="NV"), "ask a lawyer"),
    ],
)
def test_not_allowed_yet(clinic: ClinicFacts, part: str) -> None:
    """The sentence says what to write."""
    with pytest.raises(StateNotAllowed, match=part):
        require_allowed(clinic, shared_states())


def test_allowed() -> None:
    """A confirmed state, one without a row, and clinics elsewhere may start."""
    require_allowed(replace(CLINIC, state="IL", state_confirmed=date(2026, 1, 1)), shared_states())
    require_allowed(replace(CLINIC, state="CO"), shared_states())
    require_allowed(replace(CLINIC, region="CA", state=""), shared_states())


def test_switched_off() -> None:
    """A state that is off stays off, whatever the clinic confirmed."""
    law = replace(shared_states()["IL"], chat=Switch.OFF)
    clinic = replace(CLINIC, state="IL", state_confirmed=date(2026, 1, 1))
    with pytest.raises(StateNotAllowed, match="does not allow"):
        require_allowed(clinic, {"IL": law})


@pytest.mark.parametrize(
    ("row", "part"),
    [
        ("{state: UT}", "write `law:`"),
        ("{state: UT, law: x, chat: 'on', review_by: soon, why: y}", "review_by"),
        ("{state: UT, law: x, chat: maybe, review_by: 2027-01-01, why: y}", "ask_lawyer"),
    ],
)
def test_broken_table(tmp_path: Path, row: str, part: str) -> None:
    """Every row needs its parts."""
    path = tmp_path / "states.yml"
    path.write_text(f"- {row}\n")
    with pytest.raises(SafetyFileWrong, match=part):
        load_states(path)
