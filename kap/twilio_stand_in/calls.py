"""Requests that Twilio makes: signed texts to our webhook, and what became of ours."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import httpx
from twilio.request_validator import RequestValidator

from kap.twilio_stand_in.ledger import LONGEST_TEXT, Ledger, new_id, segments

WEBHOOK_LIMIT = 15.0
"""Seconds that Twilio waits for an answer."""
RETRIEVAL, CONNECTION, PARSE, CONTENT_TYPE = 11200, 11205, 12100, 12300
_XML = ("text/xml", "application/xml")


class CallFailed(Exception):
    """Twilio got no TwiML; `code` is the error in its console."""

    def __init__(self, code: int, status: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One `<Message>` of a TwiML answer."""

    text: str
    status_callback: str = ""


class Caller:
    """Signs for the public address, and connects to `through` in its place when that is given."""

    def __init__(
        self, ledger: Ledger, *, token: str, webhook: str, through: str = "", fallback: str = "",
        limit: float = WEBHOOK_LIMIT,
    ) -> None:  # fmt: skip
        self._ledger = ledger
        self._validator = RequestValidator(token)
        self.webhook = webhook
        self._through = through.rstrip("/")
        self._fallback = fallback
        self._limit = limit
        self._http = httpx.AsyncClient(
            timeout=limit, limits=httpx.Limits(max_connections=500), trust_env=False
        )

    async def deliver(self, text: Mapping[str, Any]) -> dict[str, Any]:
        """Bring one inbound text to the webhook and say what came of it."""
        number = str(text["from"])
        keyword = self._ledger.act_on(number, str(text.get("body", "")), text.get("optOutType"))
        fields = self._fields(text, keyword)
        started = time.monotonic()
        outcome: dict[str, Any] = {"sid": fields["MessageSid"], "error": 0, "from_fallback": False}
        try:
            replies = await self._ask(self.webhook, fields)
        except CallFailed as failure:
            outcome |= {"error": failure.code, "status": failure.status, "from_fallback": True}
            replies = await self._ask_fallback(fields, failure)
        outcome["seconds"] = round(time.monotonic() - started, 3)
        return outcome | self._send_replies(number, replies)

    def _fields(self, text: Mapping[str, Any], keyword: str) -> dict[str, str]:
        media = list(text.get("media") or ())
        sid = text.get("sid") or new_id("MM" if media else "SM")
        body = str(text.get("body", ""))
        fields = {
            "ToCountry": "US", "ToState": "CO", "ToCity": "", "ToZip": "",
            "FromCountry": "US", "FromState": "CO", "FromCity": "", "FromZip": "",
            "SmsMessageSid": sid, "SmsSid": sid, "MessageSid": sid, "SmsStatus": "received",
            "NumMedia": str(len(media)), "NumSegments": str(segments(body)),
            "AccountSid": self._ledger.account, "ApiVersion": "2010-04-01",
            "From": str(text["from"]), "To": str(text.get("to") or self._ledger.number),
            "Body": body,
        }  # fmt: skip
        if self._ledger.service:
            fields["MessagingServiceSid"] = self._ledger.service
        for index, kind in enumerate(media):
            fields[f"MediaContentType{index}"] = str(kind)
            fields[f"MediaUrl{index}"] = f"https://api.twilio.example/{new_id('ME')}"
        if keyword:
            fields["OptOutType"] = keyword
        return fields

    async def _ask(self, url: str, fields: Mapping[str, str]) -> list[Reply]:
        try:
            response = await asyncio.wait_for(self.post(url, fields), self._limit)
        except (httpx.HTTPError, TimeoutError):
            raise CallFailed(CONNECTION) from None
        if response.status_code >= 300:
            raise CallFailed(RETRIEVAL, response.status_code)
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip()
        if kind not in _XML:
            raise CallFailed(CONTENT_TYPE, response.status_code)
        return parse_twiml(response.content)

    async def _ask_fallback(self, fields: Mapping[str, str], failure: CallFailed) -> list[Reply]:
        if not self._fallback:
            return []
        try:
            if not self._fallback.startswith("http"):
                return parse_twiml(Path(self._fallback).read_bytes())
            extra = {"ErrorCode": str(failure.code), "ErrorUrl": self.webhook}
            return await self._ask(self._fallback, {**fields, **extra})
        except CallFailed:
            return []

    async def post(self, url: str, fields: Mapping[str, str]) -> httpx.Response:
        """A signed form; httpx.HTTPError when nobody answers."""
        return await self._http.post(
            self._way(url),
            data=dict(fields),
            headers={
                "X-Twilio-Signature": self._validator.compute_signature(url, dict(fields)),
                "User-Agent": "TwilioProxy/1.1",
            },
        )

    def _way(self, url: str) -> str:
        """Where to connect for a public address: the stand-in's side of a reverse proxy."""
        public = urlsplit(self.webhook)
        origin = f"{public.scheme}://{public.netloc}"
        return self._through + url.removeprefix(origin) if self._through else url

    def _send_replies(self, number: str, replies: list[Reply]) -> dict[str, Any]:
        sent, dropped = [], []
        for reply in replies:
            code = 21610 if number in self._ledger.opted_out else 0
            code = code or (21617 if len(reply.text) > LONGEST_TEXT else 0)
            if code:
                dropped.append({"text": reply.text, "code": code})
                continue
            message = self._ledger.add(number, reply.text, direction="outbound-reply")
            self.follow(message, reply.status_callback)
            sent.append(reply.text)
        return {"texts": sent, "dropped": dropped}

    def follow(self, message: dict[str, Any], callback: str) -> None:
        """Carry a text to its end, and tell the callback address of every step."""
        task = asyncio.get_running_loop().create_task(self._follow(message, callback))
        _running.add(task)
        task.add_done_callback(_running.discard)

    async def _follow(self, message: dict[str, Any], callback: str) -> None:
        code = self._ledger.failures.get(message["to"], 0)
        for status in ("sent", "undelivered" if code else "delivered"):
            await asyncio.sleep(0.02)
            failed = status == "undelivered"
            message |= {"status": status, "error_code": code if failed else None}
            if callback:
                await self._tell(callback, message)

    async def _tell(self, callback: str, message: Mapping[str, Any]) -> None:
        fields = {
            "MessageSid": message["sid"], "SmsSid": message["sid"],
            "MessageStatus": message["status"], "SmsStatus": message["status"],
            "AccountSid": self._ledger.account, "ApiVersion": "2010-04-01",
            "From": message["from"] or "", "To": message["to"],
        }  # fmt: skip
        if message["error_code"]:
            fields["ErrorCode"] = str(message["error_code"])
        try:
            await self.post(callback, fields)
        except httpx.HTTPError:
            return  # Twilio writes a warning into its console and goes on


_running: set[asyncio.Task[None]] = set()
"""Keeps tasks alive, which asyncio itself does not."""


def parse_twiml(content: bytes) -> list[Reply]:
    """The messages of an answer; CallFailed when it is no TwiML."""
    try:
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError:
        raise CallFailed(PARSE) from None
    if root.tag != "Response":
        raise CallFailed(PARSE)
    return [
        Reply(
            text=(message.text or "") + "".join(body.text or "" for body in message.iter("Body")),
            status_callback=message.get("statusCallback", ""),
        )
        for message in root.iter("Message")
    ]
