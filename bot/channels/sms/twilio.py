"""Twilio as the provider: signed webhooks in, TwiML and its API out."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from urllib.parse import quote

from twilio.request_validator import RequestValidator
from twilio.twiml.messaging_response import MessagingResponse

from bot.channels.sms.provider import (
    DeliveryStatus,
    InboundText,
    SendLater,
    SignatureInvalid,
    WebhookReply,
    WebhookRequest,
    WebhookWrong,
)
from bot.channels.sms.twilio_client import WAIT, TwilioClient
from bot.channels.sms.twilio_fields import default_keyword, delivery_status, inbound_text, one
from clinic.sms_setup import SmsSetup, TwilioAccount

LONGEST_TEXT = 1_600
"""Characters of one text; Twilio refuses more."""
SEND_LIMIT = 12.0
"""Seconds that one `send` may take, waiting for a free thread included."""
MOST_AT_ONCE = 4
STATUS_PATH = "/sms/twilio/status"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class TwilioProvider:
    """One Twilio account and one number or Messaging Service."""

    name = "twilio"

    def __init__(
        self,
        account: TwilioAccount,
        setup: SmsSetup,
        *,
        public_url: str,
        send_limit: float = SEND_LIMIT,
    ) -> None:
        self._account = account
        self._setup = setup
        self._public_url = public_url.rstrip("/")
        self._send_limit = send_limit
        self._validators = [RequestValidator(token.reveal()) for token in account.tokens]
        self._client = TwilioClient(account, setup)
        self._threads = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="twilio")

    def read_text(self, request: WebhookRequest) -> InboundText:
        """A text of a person; SignatureInvalid or WebhookWrong otherwise."""
        self._check(request)
        text = inbound_text(request.fields)
        if text.keyword or (self._setup.opt_out.confirmed and not self._setup.is_toll_free):
            return text
        return replace(
            text,
            keyword=default_keyword(text.body, toll_free=self._setup.is_toll_free),
        )

    def read_status(self, request: WebhookRequest) -> DeliveryStatus:
        """What became of a text; SignatureInvalid or WebhookWrong otherwise."""
        self._check(request)
        return delivery_status(request)

    def answer(self, texts: Sequence[str], *, send_ids: Sequence[str] = ()) -> WebhookReply:
        """TwiML with one `<Message>` for each text that holds anything.

        What XML cannot hold is left out of a text.
        """
        response = MessagingResponse()
        ids = send_ids or [""] * len(texts)
        for text, send_id in zip(texts, ids, strict=True):
            clean = _NOT_XML.sub("", text)
            if clean.strip():
                # Not `action`: what follows a Message that has one is never sent.
                response.message(clean, status_callback=self._callback(send_id) or None)
        return WebhookReply(body=str(response), content_type="text/xml; charset=utf-8")

    async def send(self, number: str, text: str, *, send_id: str) -> str:
        """Send one text through the API and return Twilio's id of it; SendRefused or SendLater."""
        work = asyncio.get_running_loop().run_in_executor(
            self._threads,
            lambda: self._client.send(
                number, _NOT_XML.sub("", text), status_callback=self._callback(send_id)
            ),
        )
        try:
            return await asyncio.wait_for(work, self._send_limit)
        except TimeoutError:
            raise SendLater(WAIT) from None

    def _check(self, request: WebhookRequest) -> None:
        """The signature, over our own public address: a Host header is anybody's word."""
        fields = _Fields(request.fields)
        url = self._public_url + request.path
        try:
            signed = request.path.startswith("/") and any(
                validator.validate(url, fields, request.signature) for validator in self._validators
            )
        except ValueError:  # text that has no UTF-8 form, or an address that is none
            signed = False
        if not signed:
            raise SignatureInvalid
        if one(fields, "AccountSid") != self._account.id:
            raise WebhookWrong("AccountSid")

    def _callback(self, send_id: str) -> str:
        """Where Twilio tells what became of a text; empty where it could not reach us."""
        reachable = self._public_url.startswith("https://") or self._account.api
        if not send_id or not reachable:
            return ""
        return f"{self._public_url}{STATUS_PATH}?send={quote(send_id, safe='')}"


class _Fields(dict[str, Sequence[str]]):
    """Form fields in the shape that Twilio's validator asks for all values of."""

    def getall(self, name: str) -> Sequence[str]:
        """Every value of the field."""
        return self[name]
