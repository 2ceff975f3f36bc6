"""How long each kind of record is kept: the `retention:` of clinic.yml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from clinic.errors import FileWrong
from clinic.yaml_files import line_of


@dataclass(frozen=True, kw_only=True)
class Retention:
    """Ages after which the worker erases a record. Yearly counts stay: they hold no person."""

    conversations: timedelta = timedelta(days=30)
    """What was said in ordinary chats."""
    check_ins: timedelta = timedelta(days=365)
    """Check-ins: a record without words."""
    escalations: timedelta = timedelta(days=6 * 365)
    """Urgent and emergency messages, with their encrypted words and their alerts."""
    callbacks: timedelta = timedelta(days=90)
    """Requests for a call, with name and number."""
    probes: timedelta = timedelta(days=7)
    """What the synthetic probe leaves."""


_KINDS = {
    "conversations_days": "conversations",
    "callbacks_days": "callbacks",
    "check_ins_days": "check_ins",
    "escalations_days": "escalations",
}


def read_retention(path: Path, content: Mapping[str, Any]) -> Retention:
    """Read and check the part of `clinic.yml`; FileWrong names the line and what to write."""
    given = content.get("retention") or {}
    if not isinstance(given, dict):
        raise FileWrong(path, line_of(content, "retention"), f"write {', '.join(_KINDS)} in days")
    ages = {}
    for key, days in given.items():
        if key not in _KINDS:
            raise FileWrong(
                path, line_of(given, key), f"`{key}` is unknown: write {', '.join(_KINDS)}"
            )
        if not isinstance(days, int) or not 1 <= days <= 36_500:
            raise FileWrong(path, line_of(given, key), f"`{key}` must be a number of days from 1")
        ages[_KINDS[key]] = timedelta(days=days)
    return Retention(**ages)
