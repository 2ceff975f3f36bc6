"""Twilio's side of the wire, in Twilio's own library: who signs, what is sent, what is read."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
from twilio.request_validator import RequestValidator

from bot.channels.sms.provider import WebhookRequest
from bot.channels.sms.twilio import TwilioProvider
from clinic.secret import Secret
from clinic.settings import PROJECT_ROOT
from clinic.sms_setup import OptOutTexts, SmsSetup, TwilioAccount
from tests.assistant import free_port

ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "fedcba9876543210" * 2
OTHER_TOKEN = "0000111122223333" * 2
SID = "SM" + "00112233445566778899aabbccddeeff"
SERVICE = "MG" + "a" * 32
OURS = "+15555550100"
PERSON = "+15555550123"
PUBLIC = "https://chat.clinic.example"
FIELDS = {
    "MessageSid": SID, "SmsSid": SID, "SmsMessageSid": SID, "AccountSid": ACCOUNT,
    "From": PERSON, "To": OURS, "Body": "What are your hours?", "NumMedia": "0",
    "FromCity": "", "FromState": "CO", "FromZip": "", "FromCountry": "US", "ToCity": "",
    "NumSegments": "1", "SmsStatus": "received", "ApiVersion": "2010-04-01",
}  # fmt: skip
STATUS = {
    "MessageSid": SID, "SmsSid": SID, "AccountSid": ACCOUNT, "From": OURS, "To": PERSON,
    "MessageStatus": "delivered", "SmsStatus": "delivered", "ApiVersion": "2010-04-01",
}  # fmt: skip


def provider(
    *, public_url: str = PUBLIC, tokens: tuple[str, ...] = (TOKEN,), number: str = OURS,
    service: str = "", opt_out: OptOutTexts | None = None, api: str = "", **options: Any,
) -> TwilioProvider:  # fmt: skip
    """A provider of the made-up account."""
    account = TwilioAccount(id=ACCOUNT, tokens=tuple(map(Secret, tokens)), api=api)
    setup = SmsSetup(
        provider="twilio", number=number, service=service, opt_out=opt_out or OptOutTexts()
    )
    return TwilioProvider(account, setup, public_url=public_url, **options)


def signature(fields: Mapping[str, Any], url: str, token: str = TOKEN) -> str:
    """As Twilio's library signs."""
    return str(RequestValidator(token).compute_signature(url, fields))


def request(
    fields: Mapping[str, str | list[str]], *, path: str = "/sms/twilio", signed: str | None = None
) -> WebhookRequest:
    """A webhook request, signed for our public address unless a signature is given."""
    lists = {name: [value] if isinstance(value, str) else value for name, value in fields.items()}
    if signed is None:
        signed = signature(_Lists(lists), PUBLIC + path)
    return WebhookRequest(path=path, fields=lists, signature=signed)


class _Lists(dict[str, list[str]]):
    def getall(self, name: str) -> list[str]:
        return self[name]


class StandIn:
    """`python -m kap.twilio_stand_in` in a process of its own."""

    def __init__(self, log: Path, *options: str, port: int = 0) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = log
        environment = {
            **os.environ, "KAP_TWILIO_ACCOUNT": ACCOUNT,
            "KAP_TWILIO_TOKEN": f"{TOKEN},{OTHER_TOKEN}",
        }  # fmt: skip
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "kap.twilio_stand_in", "--port", str(self.port), *options],
                cwd=PROJECT_ROOT, env=environment, stdout=output, stderr=output,
            )  # fmt: skip
        limit = time.monotonic() + 60
        while not self._answers():
            assert self._process.poll() is None, log.read_text()
            assert time.monotonic() < limit, log.read_text()
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health", timeout=1).status_code == 200
        except httpx.HTTPError:
            return False

    def get(self, path: str) -> Any:
        return httpx.get(f"{self.url}/control/{path}", timeout=30).json()

    def put(self, path: str, value: object) -> None:
        httpx.put(f"{self.url}/control/{path}", json=value, timeout=30).raise_for_status()

    def text(self, body: str, **more: object) -> dict[str, Any]:
        """A person texts the clinic; what Twilio made of our answer."""
        given = {"from": PERSON, "body": body, **more}
        return dict(httpx.post(f"{self.url}/control/texts", json=given, timeout=60).json())

    def reset(self) -> None:
        self.put("behaviour", {})
        self.put("opted-out", [])
        httpx.delete(f"{self.url}/control/messages", timeout=30)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)
