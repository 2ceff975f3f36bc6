"""What a widget needs before the first message: clinic, help lines, notice, limits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import phonenumbers

from bot.channels.turn import LONGEST_TEXT
from bot.channels.web.description import suggestions
from bot.channels.web.notice import notice_of
from bot.channels.wording import Wording
from clinic.settings import Settings
from safety.hotlines import Hotline, Region
from safety.regions import shared_regions_book
from safety.texts import LANGUAGES
from visitors.contact import LONGEST

LONGEST_REASON = 500
_LANGUAGE_NAMES = {"en": "English", "es": "Español"}
_DIALLED = re.compile(r"\+?\d[\d\s-]*")


def config(
    settings: Settings, wording: Wording, *, language: str, region: str
) -> Mapping[str, Any]:
    """The body of `GET /web/config`. What is unknown gives English and the clinic's region."""
    language = language if language in LANGUAGES else "en"
    wording = wording.in_region(region)
    clinic = settings.clinic
    return {
        "clinic": {
            "name": clinic.name,
            "phone": clinic.phone,
            "phone_href": phone_link(clinic.phone, clinic.region),
            "hours": clinic.hours,
            "website": clinic.website,
        },
        "language": language,
        "languages": [{"code": code, "name": _LANGUAGE_NAMES[code]} for code in LANGUAGES],
        "region": wording.region.code,
        "regions": [
            {"code": code, "name": names.get(language, names["en"])}
            for code, names in shared_regions_book().labels.items()
            if code in wording.regions
        ],
        "help": help_of(wording.region, language),
        "notice": notice_of(wording, language),
        "suggestions": list(suggestions()),
        "links": {
            "safety": f"{settings.public_url}/safety",
            "privacy": f"{settings.public_url}/privacy?language={language}",
        },
        "limits": {
            "text": LONGEST_TEXT,
            "reason": LONGEST_REASON,
            "name": LONGEST["name"],
            "contact": LONGEST["phone"],
            "best_time": LONGEST["best_time"],
            "note": LONGEST["note"],
        },
    }


def help_of(region: Region, language: str) -> Mapping[str, Any]:
    """The emergency number and the lines of a region, with links that a phone can follow."""
    emergency = region.emergency.get(language) or region.emergency["en"]
    return {
        "emergency": {"label": emergency, "href": _link("tel", emergency)},
        "lines": [_line(line, language) for line in region.helpers()],
    }


def phone_link(phone: str, region: str) -> str:
    """A `tel:` link in the international form, where the number can be read."""
    try:
        number = phonenumbers.parse(phone, region if region not in ("EU", "ZZ") else None)
    except phonenumbers.NumberParseException:
        return _link("tel", phone)
    return f"tel:{phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)}"


def _line(line: Hotline, language: str) -> Mapping[str, str]:
    keyword = line.keyword.get(language, "")
    sms = _link("sms", line.text)
    return {
        "name": line.name.get(language) or line.name["en"],
        "reach": line.reach.get(language) or line.reach["en"],
        "call": _link("tel", line.call),
        "text": f"{sms}?body={quote(keyword)}" if sms and keyword else sms,
        "chat": line.chat,
    }


def _link(scheme: str, number: str) -> str:
    """A link to the number at the start of a text ("988, then press 1"); "" without one."""
    found = _DIALLED.match(number)
    return f"{scheme}:{re.sub(r'[^+0-9]', '', found[0])}" if found else ""
