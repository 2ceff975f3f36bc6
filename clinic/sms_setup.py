"""How the clinic texts: the `sms:` of clinic.yml, and its Twilio account from the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import phonenumbers

from clinic.errors import FileWrong, SettingWrong
from clinic.secret import Secret
from clinic.yaml_files import line_of

PROVIDERS = ("twilio", "file")
LONGEST_REPLY = 320
"""Characters of a text that Twilio sends by itself; two messages at most."""
_KNOWN = ("provider", "number", "service", "baa_confirmed", "advanced_opt_out", "page")
_OPT_OUT_KNOWN = ("confirmed", "help", "stop", "start")
_SERVICE = re.compile(r"MG[0-9a-f]{32}")
_ACCOUNT = re.compile(r"AC[0-9a-f]{32}")
_PAGE = re.compile(r"https://[^/\s]+\S*")
_API = re.compile(r"https?://[^/\s]+")
_SHORTEST_TOKEN = 32


@dataclass(frozen=True, kw_only=True)
class OptOutTexts:
    """What Twilio answers by itself to HELP, STOP and START: as pasted in its console."""

    confirmed: date | None = None
    """When somebody last compared them with the console; None: Advanced Opt-Out is off."""
    help: str = ""
    stop: str = ""
    start: str = ""


@dataclass(frozen=True, kw_only=True)
class SmsSetup:
    """The `sms:` of clinic.yml. Without a provider there is no SMS channel."""

    provider: str = ""
    """`twilio`, `file` (development: texts in two files), or empty for off."""
    number: str = ""
    """The clinic's number, E.164."""
    service: str = ""
    """Id of the Messaging Service that texts are sent through; the number's place when set."""
    baa_confirmed: date | None = None
    opt_out: OptOutTexts = field(default_factory=OptOutTexts)
    page: str = ""
    """Where a person can read on when an answer is too long for a text; may be empty."""

    @property
    def is_on(self) -> bool:
        """Whether people can text the clinic."""
        return bool(self.provider)

    @property
    def is_toll_free(self) -> bool:
        """Whether the number is a toll-free one; False when only the service is named."""
        if not self.number:
            return False
        kind = phonenumbers.number_type(phonenumbers.parse(self.number))
        return kind == phonenumbers.PhoneNumberType.TOLL_FREE


@dataclass(frozen=True, kw_only=True)
class TwilioAccount:
    """What signs in at Twilio, and what Twilio signs with. Empty when another provider is used."""

    id: str = ""
    tokens: tuple[Secret, ...] = ()
    """The first sends; requests signed with any of them are taken."""
    api: str = ""
    """Address that stands in for Twilio's own; empty outside development."""


def read_sms(path: Path, content: Mapping[str, Any]) -> SmsSetup:
    """Read and check the part of `clinic.yml`; FileWrong names the line and what to write."""
    sms = _part(path, content, "sms", _KNOWN)
    setup = SmsSetup(
        provider=_provider(path, sms),
        number=_number(path, sms),
        service=_service(path, sms),
        baa_confirmed=_past_date(path, sms, "baa_confirmed"),
        opt_out=_opt_out(path, sms),
        page=_page(path, sms),
    )
    if setup.provider == "twilio" and not (setup.number or setup.service):
        raise FileWrong(
            path, line_of(sms, "provider"),
            "write `number: '+15555550100'` or `service: MG...` under `sms:`, or leave `provider:` "
            "empty to switch SMS off",
        )  # fmt: skip
    return setup


def read_twilio_account(env: Mapping[str, str], setup: SmsSetup) -> TwilioAccount:
    """The account where Twilio is the provider; SettingWrong says what to set."""
    if setup.provider != "twilio":
        return TwilioAccount()
    account = (env.get("KAP_TWILIO_ACCOUNT") or "").strip()
    if not _ACCOUNT.fullmatch(account):
        raise SettingWrong(
            "KAP_TWILIO_ACCOUNT is missing or no Account SID: set it to AC and 32 characters, from "
            "the first page of Twilio's console"
        )
    api = (env.get("KAP_TWILIO_API") or "").rstrip("/")
    if api and not _API.fullmatch(api):
        raise SettingWrong("KAP_TWILIO_API must be an address such as http://127.0.0.1:5090")
    return TwilioAccount(id=account, tokens=_tokens(env.get("KAP_TWILIO_TOKEN") or ""), api=api)


def require_sms(setup: SmsSetup, account: TwilioAccount, *, public_url: str) -> None:
    """What production needs before people may text; SettingWrong names what is missing."""
    if not setup.is_on:
        return
    if setup.provider == "file":
        raise SettingWrong(
            "clinic.yml has `provider: file` under `sms:`, which is for development: write "
            "`provider: twilio`, or leave it empty to switch SMS off"
        )
    if account.api:
        raise SettingWrong("KAP_TWILIO_API is for development: remove it in production")
    if not public_url.startswith("https://"):
        raise SettingWrong("SMS needs `public_url: https://...` in clinic.yml: Twilio calls it")
    if setup.baa_confirmed is None:
        raise SettingWrong(
            "clinic.yml lacks `baa_confirmed:` under `sms:`: sign Twilio's business associate "
            "agreement, then write its date (docs/sms.md)"
        )


def _part(
    path: Path, node: Mapping[str, Any], key: str, known: tuple[str, ...]
) -> Mapping[str, Any]:
    part = node.get(key) or {}
    if not isinstance(part, dict):
        raise FileWrong(
            path, line_of(node, key), f"write `{known[0]}:` and others, indented, under `{key}:`"
        )
    for name in part:
        if name not in known:
            raise FileWrong(
                path, line_of(part, name),
                f"`{name}` is unknown under `{key}:`: write {', '.join(known)}",
            )  # fmt: skip
    return part


def _provider(path: Path, sms: Mapping[str, Any]) -> str:
    value = str(sms.get("provider") or "")
    if value and value not in PROVIDERS:
        raise FileWrong(
            path, line_of(sms, "provider"),
            f"`provider: {value}` is unknown: write twilio, or leave it empty to switch SMS off",
        )  # fmt: skip
    return value


def _number(path: Path, sms: Mapping[str, Any]) -> str:
    value = sms.get("number")
    if value is None or value == "":
        return ""
    mend = "`number:` is no phone number: write it in quotes, with country code: '+15555550100'"
    if not isinstance(value, str) or not re.fullmatch(r"\+[1-9]\d{1,14}", value):
        raise FileWrong(path, line_of(sms, "number"), mend)
    try:
        parsed = phonenumbers.parse(value)
    except phonenumbers.NumberParseException:
        raise FileWrong(path, line_of(sms, "number"), mend) from None
    if not phonenumbers.is_possible_number(parsed):
        raise FileWrong(path, line_of(sms, "number"), mend)
    return value


def _service(path: Path, sms: Mapping[str, Any]) -> str:
    value = str(sms.get("service") or "")
    if value and not _SERVICE.fullmatch(value):
        raise FileWrong(
            path, line_of(sms, "service"),
            "`service:` is no Messaging Service SID: write MG and 32 characters, from Twilio's "
            "console under Messaging, Services",
        )  # fmt: skip
    return value


def _page(path: Path, sms: Mapping[str, Any]) -> str:
    value = str(sms.get("page") or "")
    if value and not _PAGE.fullmatch(value):
        raise FileWrong(
            path, line_of(sms, "page"), "write `page:` like https://clinic.example/answers"
        )
    return value.rstrip("/")


def _past_date(path: Path, node: Mapping[str, Any], key: str) -> date | None:
    value = node.get(key)
    if value is None:
        return None
    if not isinstance(value, date) or isinstance(value, datetime):
        raise FileWrong(path, line_of(node, key), f"write `{key}:` as a date: 2026-11-21")
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    if value > tomorrow:  # tomorrow here may be today at the clinic
        raise FileWrong(
            path, line_of(node, key), f"`{key}: {value}` lies ahead: write the day it was done"
        )
    return value


def _opt_out(path: Path, sms: Mapping[str, Any]) -> OptOutTexts:
    part = _part(path, sms, "advanced_opt_out", _OPT_OUT_KNOWN)
    texts = {key: _reply(path, part, key) for key in ("help", "stop", "start")}
    return OptOutTexts(confirmed=_past_date(path, part, "confirmed"), **texts)


def _reply(path: Path, part: Mapping[str, Any], key: str) -> str:
    value = part.get(key)
    if value is not None and not isinstance(value, str):
        raise FileWrong(path, line_of(part, key), f"put the text of `{key}` in quotes")
    text = " ".join((value or "").split())
    if len(text) > LONGEST_REPLY:
        raise FileWrong(
            path, line_of(part, key), f"`{key}` is too long: say it in {LONGEST_REPLY} characters"
        )
    return text


def _tokens(value: str) -> tuple[Secret, ...]:
    if "${" in value:
        raise SettingWrong("KAP_TWILIO_TOKEN holds an unexpanded ${...}: set the value itself")
    parts = [part.strip() for part in value.split(",") if part.strip()]
    if not parts:
        raise SettingWrong(
            "KAP_TWILIO_TOKEN is missing or empty: set it to the Auth Token, from the first page "
            "of Twilio's console"
        )
    if any(len(part) < _SHORTEST_TOKEN for part in parts):
        raise SettingWrong(
            f"KAP_TWILIO_TOKEN is shorter than {_SHORTEST_TOKEN} characters: copy the whole token"
        )
    return tuple(Secret(part) for part in parts)
