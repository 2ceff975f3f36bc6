"""Laws of US states: whether the chat may run where the clinic is, and when to look again. Pure."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from clinic.facts import ClinicFacts
from clinic.yaml_files import line_of
from safety.errors import SafetyError, SafetyFileWrong
from safety.yaml_lists import read_list

STATES_FILE = Path(__file__).parent / "states.yml"


class Switch(enum.StrEnum):
    """Whether the chat may run in a state."""

    ON = "on"
    ASK_LAWYER = "ask_lawyer"
    OFF = "off"


class StateNotAllowed(SafetyError):
    """The chat may not start in this clinic's state."""


@dataclass(frozen=True, kw_only=True)
class StateLaw:
    """One row of the table."""

    state: str
    law: str
    chat: Switch
    review_by: date
    why: str


def load_states(path: Path = STATES_FILE) -> Mapping[str, StateLaw]:
    """Laws by state; SafetyFileWrong names the row and what to write."""
    laws = {}
    for node in read_list(path, "rows with state, law, chat, review_by, why"):
        missing = [key for key in ("state", "law", "chat", "review_by", "why") if not node.get(key)]
        if missing or not isinstance(node["review_by"], date):
            what = missing[0] if missing else "review_by"
            raise SafetyFileWrong(path, line_of(node), f"write `{what}:` (dates as 2027-05-01)")
        try:
            chat = Switch(node["chat"])
        except ValueError:
            raise SafetyFileWrong(
                path, line_of(node), 'write `chat:` as "on", ask_lawyer or "off"'
            ) from None
        laws[str(node["state"])] = StateLaw(
            state=str(node["state"]), law=str(node["law"]), chat=chat,
            review_by=node["review_by"], why=str(node["why"]),
        )  # fmt: skip
    return laws


@lru_cache(maxsize=1)
def shared_states() -> Mapping[str, StateLaw]:
    """The committed table, read once in a process."""
    return load_states()


def require_allowed(clinic: ClinicFacts, laws: Mapping[str, StateLaw]) -> None:
    """StateNotAllowed says what to write when production may not start in the clinic's state."""
    if clinic.region != "US":
        return
    if not clinic.state:
        raise StateNotAllowed("clinic.yml lacks `state:`: write the two letters of the state")
    law = laws.get(clinic.state)
    if law is None or law.chat is Switch.ON:
        return
    if law.chat is Switch.OFF:
        raise StateNotAllowed(f"{law.law} ({clinic.state}) does not allow it: {law.why}")
    if clinic.state_confirmed is None:
        raise StateNotAllowed(
            f"{law.law} ({clinic.state}): ask a lawyer, then write the date of the answer as "
            f"`state_confirmed:` in clinic.yml. {law.why}"
        )
