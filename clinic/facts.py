"""The clinic's own facts, read from `clinic.yml`: the one file a clinic edits first."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from clinic.alert_plan import AlertPlan, read_alert_plan
from clinic.errors import FileWrong
from clinic.retention import Retention, read_retention
from clinic.sms_setup import SmsSetup, read_sms
from clinic.yaml_files import line_of, read_yaml, text_list

REGIONS = ("US", "CA", "GB", "IE", "AU", "NZ", "EU", "ZZ")
_PHONE = re.compile(r"\+?[0-9][0-9 ().-]{5,}[0-9]")
_ORIGIN = re.compile(r"https?://[^/\s]+")
ASKED_FOR = (
    "address", "parking", "prices", "insurance", "referral", "cancelling", "booking", "team",
    "services", "visits", "records",
)  # fmt: skip
"""Facts that visitors ask for and a clinic may leave empty; they are then sent to the phone."""
LONGEST_FACT = 250
"""Characters, so that a fact fits in two text messages with the words around it."""
_KNOWN = {
    "name", "region", "state", "state_confirmed", "phone", "hours", "website", "public_url",
    "misconduct_contact", "allowed_origins", "facts", "alerts", "staffed_hours", "retention", "sms",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ClinicFacts:
    """What visitors may be told about the clinic. Texts are shown as written."""

    name: str
    region: str
    """ISO country code, `EU`, or `ZZ` for elsewhere: decides which hotlines are shown."""
    phone: str
    hours: str
    website: str = ""
    misconduct_contact: str
    """Phone or e-mail of somebody outside the treating team."""
    allowed_origins: tuple[str, ...] = ()
    asked_for: Mapping[str, str] = field(default_factory=dict)
    """Some of `ASKED_FOR` -> a sentence."""
    state: str = ""
    """Two letters of the state, in the United States: decides which laws are looked up."""
    state_confirmed: date | None = None
    """When a lawyer agreed to the chat in this state."""
    public_url: str = ""
    """Where staff reach the chat server from outside: links in alerts begin with it."""
    alerts: AlertPlan = field(default_factory=AlertPlan)
    retention: Retention = field(default_factory=Retention)
    sms: SmsSetup = field(default_factory=SmsSetup)

    def placeholders(self) -> dict[str, str]:
        """Values for `$clinic_name` and the like in scripted texts."""
        return {
            "clinic_name": self.name,
            "clinic_phone": self.phone,
            "clinic_hours": self.hours,
            "clinic_website": self.website,
            "misconduct_contact": self.misconduct_contact,
        }


def read_facts(path: Path, environ: Mapping[str, str] | None = None) -> ClinicFacts:
    """Read and check `clinic.yml`; FileWrong names the line and what to write instead.

    Alert targets may stand in `environ` (the process's own when left out).
    """
    content = read_yaml(path)
    if not isinstance(content, dict):
        raise FileWrong(path, 1, "write one `name: value` on each line")
    for key in content:
        if key not in _KNOWN:
            known = ", ".join(sorted(_KNOWN))
            raise FileWrong(
                path, line_of(content, key), f"`{key}` is unknown: write one of {known}"
            )
    region = _text(path, content, "region", "the country code of the clinic, such as US").upper()
    if region not in REGIONS:
        raise FileWrong(
            path, line_of(content, "region"),
            f"region {region!r} has no hotlines: write one of {', '.join(REGIONS)}",
        )  # fmt: skip
    return ClinicFacts(
        name=_text(path, content, "name", "the clinic's name"),
        region=region,
        phone=_phone(path, content),
        hours=_text(path, content, "hours", "when the phone is answered, such as 'Mon-Fri 9-5'"),
        website=str(content.get("website") or ""),
        misconduct_contact=_text(
            path, content, "misconduct_contact", "who takes reports about staff, by phone or e-mail"
        ),
        allowed_origins=_origins(path, content),
        asked_for=_asked_for(path, content),
        state=str(content.get("state") or "").upper(),
        state_confirmed=_date(path, content, "state_confirmed"),
        public_url=_address(path, content, "public_url"),
        alerts=read_alert_plan(path, content, os.environ if environ is None else environ),
        retention=read_retention(path, content),
        sms=read_sms(path, content),
    )


def _date(path: Path, content: Mapping[str, Any], key: str) -> date | None:
    value = content.get(key)
    if value is not None and not isinstance(value, date):
        raise FileWrong(path, line_of(content, key), f"write `{key}:` as a date: 2026-11-21")
    return value


def _address(path: Path, content: Mapping[str, Any], key: str) -> str:
    value = str(content.get(key) or "").rstrip("/")
    if value and not _ORIGIN.match(value):
        raise FileWrong(
            path, line_of(content, key), f"write `{key}:` like https://chat.clinic.example"
        )
    return value


def _asked_for(path: Path, content: Mapping[str, Any]) -> dict[str, str]:
    facts = content.get("facts") or {}
    if not isinstance(facts, dict):
        raise FileWrong(
            path, line_of(content, "facts"), "write `name: text` lines under `facts:`, indented"
        )
    for key in facts:
        if key not in ASKED_FOR:
            known = ", ".join(ASKED_FOR)
            raise FileWrong(
                path,
                line_of(facts, key),
                f"`{key}` is unknown under `facts:`: write one of {known}",
            )
        if facts[key] is not None and not isinstance(facts[key], str):
            raise FileWrong(path, line_of(facts, key), f"put the text of `{key}` in quotes")
        if len(str(facts[key] or "")) > LONGEST_FACT:
            raise FileWrong(
                path, line_of(facts, key),
                f"`{key}` is too long: say it in {LONGEST_FACT} characters",
            )  # fmt: skip
    return {key: text.strip() for key, text in facts.items() if text and text.strip()}


def _text(path: Path, content: Mapping[str, Any], key: str, meaning: str) -> str:
    value = content.get(key)
    if value is None or not str(value).strip():
        raise FileWrong(
            path, line_of(content, key if key in content else None),
            f"`{key}` is missing or empty: write {meaning}",
        )  # fmt: skip
    if isinstance(value, list | dict):
        raise FileWrong(path, line_of(content, key), f"`{key}` must be one text: write {meaning}")
    return str(value).strip()


def _phone(path: Path, content: Mapping[str, Any]) -> str:
    phone = _text(path, content, "phone", "the clinic's phone number in quotes")
    if not _PHONE.fullmatch(phone):
        raise FileWrong(
            path, line_of(content, "phone"),
            "`phone` is not a phone number: write it in quotes, such as '555-010-0100'",
        )  # fmt: skip
    return phone


def _origins(path: Path, content: Mapping[str, Any]) -> tuple[str, ...]:
    origins = text_list(path, content, "allowed_origins", optional=True)
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            raise FileWrong(
                path, line_of(content, "allowed_origins"),
                f"{origin!r} is not an origin: write it like https://www.example.com, with no path",
            )  # fmt: skip
    return tuple(origins)
