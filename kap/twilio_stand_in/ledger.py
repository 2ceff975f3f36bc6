"""What the stand-in knows: texts, blocked numbers, and how it is to behave."""

from __future__ import annotations

import secrets
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any

import phonenumbers

from bot.channels.sms.twilio_fields import START_WORDS, STOP_WORDS
from language.sms_length import measure

LONGEST_TEXT = 1_600
TEST_NUMBERS = {
    "+15005550001": 21211,
    "+15005550002": 21612,
    "+15005550003": 21408,
    "+15005550004": 21610,
    "+15005550009": 21614,
}
"""Numbers that Twilio itself refuses, each with its error, when test credentials are used."""
MESSAGES = {
    20003: "Authenticate",
    20429: "Too Many Requests",
    21211: "The 'To' number is not a valid phone number.",
    21408: "Permission to send an SMS has not been enabled for the region of the 'To' number.",
    21602: "Message body is required.",
    21603: "A 'From' or 'MessagingServiceSid' parameter is required.",
    21604: "A 'To' phone number is required.",
    21606: "The 'From' phone number is not a valid, SMS-capable number of this account.",
    21610: "Attempt to send to unsubscribed recipient",
    21612: "The 'To' phone number is not currently reachable.",
    21614: "'To' number is not a valid mobile number",
    21617: "The concatenated message body exceeds the 1600 character limit.",
}
_STATUS = {20003: 401, 20429: 429}


class Refused(Exception):
    """An error of Twilio's API."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code
        self.status = _STATUS.get(code, 400)

    def body(self) -> dict[str, Any]:
        """As Twilio writes it."""
        return {
            "code": self.code,
            "message": MESSAGES[self.code],
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


@dataclass(kw_only=True)
class Fault:
    """How the next calls of the API go wrong."""

    count: int = 0
    """Calls left that this fault meets."""
    status: int = 0
    """HTTP status without a readable body; 0 for none."""
    retry_after: str = ""
    hang: float = 0.0
    """Seconds before anything happens."""


@dataclass(kw_only=True)
class Ledger:
    """One account."""

    account: str
    number: str
    service: str = ""
    rate: int = 0
    """Calls of the API in a second; 0 for no limit."""
    messages: list[dict[str, Any]] = field(default_factory=list)
    opted_out: set[str] = field(default_factory=set)
    failures: dict[str, int] = field(default_factory=dict)
    """Number -> error of delivery, such as 30003."""
    fault: Fault = field(default_factory=Fault)
    _calls: deque[float] = field(default_factory=deque)

    def require_rate(self) -> None:
        """Count one call; Refused above the rate."""
        now = time.monotonic()
        while self._calls and self._calls[0] <= now - 1:
            self._calls.popleft()
        if self.rate and len(self._calls) >= self.rate:
            raise Refused(20429)
        self._calls.append(now)

    def take_fault(self) -> Fault:
        """What goes wrong with this call."""
        if self.fault.count <= 0:
            return Fault()
        self.fault.count -= 1
        return self.fault

    def accept(self, form: Mapping[str, str]) -> dict[str, Any]:
        """A text sent through the API; Refused as Twilio refuses."""
        for name, code in (("To", 21604), ("Body", 21602)):
            if not form.get(name):
                raise Refused(code)
        sender = form.get("From") or form.get("MessagingServiceSid")
        if not sender:
            raise Refused(21603)
        if sender not in (self.number, self.service):
            raise Refused(21606)
        if len(form["Body"]) > LONGEST_TEXT:
            raise Refused(21617)
        self._require_reachable(form["To"])
        return self.add(form["To"], form["Body"], direction="outbound-api")

    def _require_reachable(self, number: str) -> None:
        if number in TEST_NUMBERS:
            raise Refused(TEST_NUMBERS[number])
        try:
            parsed = phonenumbers.parse(number)
        except phonenumbers.NumberParseException:
            raise Refused(21211) from None
        if not phonenumbers.is_possible_number(parsed):
            raise Refused(21211)
        if number in self.opted_out:
            raise Refused(21610)

    def add(self, number: str, text: str, *, direction: str) -> dict[str, Any]:
        """Keep a text and return it as Twilio describes it."""
        made = {
            "sid": new_id("SM"),
            "account_sid": self.account,
            "messaging_service_sid": self.service or None,
            "to": number,
            "from": self.number or None,
            "body": text,
            "direction": direction,
            "status": "queued",
            "error_code": None,
            "error_message": None,
            "num_segments": str(segments(text)),
            "num_media": "0",
            "date_created": formatdate(usegmt=True),
            "api_version": "2010-04-01",
        }
        self.messages.append(made)
        return made

    def act_on(self, number: str, body: str, told: str | None = None) -> str:
        """Block or free a number on one of the words; what stands in OptOutType then.

        `told` says what the clinic's own words would be taken for; "" for an account without
        Advanced Opt-Out, which blocks all the same but does not say so.
        """
        word = told or _kind_of(body)
        if word == "STOP":
            self.opted_out.add(number)
        if word == "START":
            self.opted_out.discard(number)
        return word if told is None else told


def _kind_of(body: str) -> str:
    word = body.strip().upper()
    if word in STOP_WORDS:
        return "STOP"
    if word in START_WORDS:
        return "START"
    return "HELP" if word in ("HELP", "INFO") else ""


def segments(text: str) -> int:
    """Messages that carriers bill."""
    return measure(text).segments


def new_id(kind: str) -> str:
    """A fresh id such as `SM` and 32 characters."""
    return kind + secrets.token_hex(16)
