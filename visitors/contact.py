"""How a visitor wants to be reached: checked, in one form. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass

import phonenumbers

from visitors.errors import DetailWrong

LONGEST = {"name": 100, "phone": 200, "email": 200, "best_time": 200, "note": 500}
"""Most characters of each part."""
_EMAIL = re.compile(r"[^@\s<>\"',;]{1,64}@[^@\s<>\"',;.]+(\.[^@\s<>\"',;.]+)+")
_COUNTRY = {"EU": None, "ZZ": None}


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Who wants to be called, how and when. Never logged."""

    name: str
    phone: str = ""
    """In the international form, +1 555 ..."""
    email: str = ""
    best_time: str = ""
    safe_to_call: bool = False
    """False: somebody else may pick up who must not know."""
    voicemail: bool = False
    note: str = ""

    def to_json(self) -> str:
        """One line; `from_json` reads it back unchanged."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str) -> Contact:
        """Read `to_json` back."""
        return cls(**json.loads(line))


def check_contact(given: Contact, *, region: str) -> Contact:
    """The contact with its number in the international form; DetailWrong names the wrong part.

    `region` is the clinic's: a number without a country code belongs to it.
    """
    for part, most in LONGEST.items():
        if len(getattr(given, part)) > most:
            raise DetailWrong(part)
    if not given.name.strip():
        raise DetailWrong("name")
    if not given.phone.strip() and not given.email.strip():
        raise DetailWrong("phone")
    if given.email.strip() and not _EMAIL.fullmatch(given.email.strip()):
        raise DetailWrong("email")
    return Contact(
        name=" ".join(given.name.split()),
        phone=_number(given.phone, region) if given.phone.strip() else "",
        email=given.email.strip(),
        best_time=given.best_time.strip(),
        safe_to_call=given.safe_to_call,
        voicemail=given.voicemail,
        note=given.note.strip(),
    )


def _number(phone: str, region: str) -> str:
    """The international form. Numbers that no network has given out yet are taken all the same:
    lists of number ranges age, and a refused number helps nobody."""
    try:
        number = phonenumbers.parse(phone, _COUNTRY.get(region, region))
    except phonenumbers.NumberParseException:
        raise DetailWrong("phone") from None
    if not phonenumbers.is_possible_number(number):
        raise DetailWrong("phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
