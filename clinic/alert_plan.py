"""Who is told of a crisis, and in which hours: the `alerts:` and `staffed_hours:` of clinic.yml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from clinic.errors import FileWrong
from clinic.secret import Secret
from clinic.yaml_files import line_of

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SPAN = re.compile(r"([0-2]\d):([0-5]\d)\s*-\s*([0-2]\d):([0-5]\d)")
_KNOWN = {"on_call", "misconduct", "repeat_minutes", "probe_minutes"}


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who can be paged. `target` is an Apprise address and prints as stars."""

    name: str
    target: Secret
    always: bool
    """False: in staffed hours only."""


@dataclass(frozen=True, kw_only=True)
class StaffedHours:
    """When the clinic is staffed, in its own time zone. Without any day it never is."""

    zone: str = "UTC"
    days: Mapping[int, tuple[time, time]] = field(default_factory=dict)
    """0 is Monday -> from, to."""

    def is_open(self, now: datetime) -> bool:
        """Whether staff are at work at this moment."""
        local = now.astimezone(ZoneInfo(self.zone))
        span = self.days.get(local.weekday())
        return span is not None and span[0] <= local.time() < span[1]

    def next_opening(self, now: datetime) -> datetime | None:
        """When staff come to work next; None when no day is staffed."""
        local = now.astimezone(ZoneInfo(self.zone))
        for ahead in range(8):
            day = local + timedelta(days=ahead)
            span = self.days.get(day.weekday())
            if span is None:
                continue
            opening = day.replace(hour=span[0].hour, minute=span[0].minute, second=0, microsecond=0)
            if opening > local:
                return opening.astimezone(now.tzinfo)
        return None


@dataclass(frozen=True, kw_only=True)
class AlertPlan:
    """Whom alerts go to, in order."""

    on_call: tuple[Person, ...] = ()
    misconduct: tuple[Person, ...] = ()
    repeat_after: timedelta = timedelta(minutes=10)
    """After this time without an acknowledgement the next person is paged."""
    probe_every: timedelta = timedelta(minutes=60)
    hours: StaffedHours = field(default_factory=StaffedHours)


def read_alert_plan(
    path: Path, content: Mapping[str, Any], environ: Mapping[str, str]
) -> AlertPlan:
    """Read and check both parts of `clinic.yml`; FileWrong names the line and what to write.

    `env:NAME` as a target stands for a setting in `environ`.
    """
    alerts = content.get("alerts") or {}
    if not isinstance(alerts, dict):
        raise FileWrong(path, line_of(content, "alerts"), "write `on_call:` lines under `alerts:`")
    for key in alerts:
        if key not in _KNOWN:
            known = ", ".join(sorted(_KNOWN))
            raise FileWrong(
                path, line_of(alerts, key), f"`{key}` is unknown under `alerts:`: write {known}"
            )
    return AlertPlan(
        on_call=_people(path, alerts, "on_call", environ),
        misconduct=_people(path, alerts, "misconduct", environ),
        repeat_after=_minutes(path, alerts, "repeat_minutes", 10),
        probe_every=_minutes(path, alerts, "probe_minutes", 60),
        hours=_hours(path, content),
    )


def _people(
    path: Path, alerts: Mapping[str, Any], key: str, environ: Mapping[str, str]
) -> tuple[Person, ...]:
    rows = alerts.get(key) or []
    if not isinstance(rows, list):
        raise FileWrong(path, line_of(alerts, key), f"write a list of people under `{key}:`")
    return tuple(_person(path, row, key, environ) for row in rows)


def _person(path: Path, row: Any, key: str, environ: Mapping[str, str]) -> Person:
    line = line_of(row)
    if not isinstance(row, dict) or not row.get("name") or not row.get("target"):
        raise FileWrong(path, line, f"every person under `{key}:` needs `name:` and `target:`")
    when = str(row.get("when") or "always")
    if when not in ("always", "opening"):
        raise FileWrong(path, line, f"`when: {when}` is unknown: write `always` or `opening`")
    name, target = str(row["name"]), str(row["target"])
    if target.startswith("env:"):
        setting = target.removeprefix("env:").strip()
        target = environ.get(setting) or ""
        if not target:
            raise FileWrong(
                path, line, f"{name}: set {setting} in the environment to an Apprise address"
            )
    if not _is_address(target):
        raise FileWrong(
            path, line,
            f"{name}: `target:` is no address that can be sent to; write an Apprise address such "
            "as 'mailto://user:password@mail.example' or 'env:NAME_OF_A_SETTING'",
        )  # fmt: skip
    return Person(name=name, target=Secret(target), always=when == "always")


@lru_cache(maxsize=64)
def _is_address(target: str) -> bool:
    from apprise import Apprise  # slow to import, and most start-ups name nobody

    return Apprise.instantiate(target, suppress_exceptions=True) is not None


def _minutes(path: Path, alerts: Mapping[str, Any], key: str, default: int) -> timedelta:
    value = alerts.get(key, default)
    if not isinstance(value, int) or not 1 <= value <= 24 * 60:
        raise FileWrong(path, line_of(alerts, key), f"`{key}` must be minutes, from 1 to 1440")
    return timedelta(minutes=value)


def _hours(path: Path, content: Mapping[str, Any]) -> StaffedHours:
    hours = content.get("staffed_hours")
    if hours is None:
        return StaffedHours()
    if not isinstance(hours, dict):
        raise FileWrong(
            path, line_of(content, "staffed_hours"),
            "write `timezone: America/Denver` and days such as `monday: \"09:00-17:00\"`",
        )  # fmt: skip
    days = {}
    for key, value in hours.items():
        if key == "timezone":
            continue
        if key not in DAYS:
            raise FileWrong(
                path, line_of(hours, key), f"`{key}` is no day: write {', '.join(DAYS)}"
            )
        if value is not None:
            days[DAYS.index(key)] = _span(path, line_of(hours, key), str(value))
    return StaffedHours(zone=_zone(path, hours), days=days)


def _zone(path: Path, hours: Mapping[str, Any]) -> str:
    name = str(hours.get("timezone") or "")
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise FileWrong(
            path, line_of(hours, "timezone") if "timezone" in hours else line_of(hours),
            "`timezone:` is missing or unknown: write one such as America/Denver",
        ) from None  # fmt: skip
    return name


def _span(path: Path, line: int | None, value: str) -> tuple[time, time]:
    found = _SPAN.fullmatch(value.strip())
    try:
        start, end = (
            (time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4])))
            if found
            else (time(1), time(0))
        )
    except ValueError:
        start, end = time(1), time(0)
    if start >= end:
        raise FileWrong(path, line, f'{value!r} are no hours: write them as "09:00-17:00"')
    return start, end
