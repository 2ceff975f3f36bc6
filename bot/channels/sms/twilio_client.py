"""Sends one text through Twilio's API, without a word of it in a log."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from bot.channels.sms.provider import SendLater, SendRefused
from clinic.sms_setup import SmsSetup, TwilioAccount

TWILIO = "https://api.twilio.com"
SOCKET_LIMIT = 5.0
"""Seconds to connect, and again for an answer."""
WAIT = 5.0
"""Seconds until the next attempt where Twilio names none."""
LONGEST_WAIT = 3600.0
OPTED_OUT = 21610
BUSY = frozenset({20429, 21611, 30001})
"""Codes of limits and full queues: they pass, whatever the HTTP status says."""
_MUTE = logging.Logger("twilio", level=logging.CRITICAL + 1)
"""Outside the tree of loggers: Twilio's client logs what it sends."""


class TwilioClient:
    """Blocking: call it in a thread. Safe in several at once."""

    def __init__(self, account: TwilioAccount, setup: SmsSetup) -> None:
        self._setup = setup
        client = Client(
            account.id,
            account.tokens[0].reveal(),
            http_client=_Http(account.api or TWILIO),
            environment={"TWILIO_ACCOUNT_SID": account.id},  # and none of the process's own
        )
        self._messages = client.messages  # here, for it imports for seconds

    def send(self, number: str, text: str, *, status_callback: str = "") -> str:
        """Twilio's id of the text; SendRefused or SendLater."""
        sender = (
            {"messaging_service_sid": self._setup.service}
            if self._setup.service
            else {"from_": self._setup.number}
        )
        if status_callback:
            sender["status_callback"] = status_callback
        try:
            made = self._messages.create(to=number, body=text, **sender)
        except TwilioRestException as error:
            raise _refusal(error) from None  # its message holds the number
        except (OSError, ValueError, TypeError, AttributeError, TwilioException):
            raise SendLater(WAIT) from None  # no connection, or an answer that is none of Twilio's
        if not made.sid:
            raise SendLater(WAIT)
        return str(made.sid)


class _Http(TwilioHttpClient):
    """Twilio's client, silent, on the address given. A session for each request, as they are not
    made for several threads."""

    def __init__(self, api: str) -> None:
        super().__init__(pool_connections=False, timeout=SOCKET_LIMIT, logger=_MUTE)
        self._api = api

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        """As Twilio's; SendLater where a later attempt can help."""
        response = super().request(method, url.replace(TWILIO, self._api, 1), *args, **kwargs)
        kind = response.status_code // 100
        if kind not in (2, 4) or response.status_code in (408, 429):
            raise SendLater(wait_of(response.headers.get("Retry-After", "")))
        return response


def _refusal(error: TwilioRestException) -> SendRefused | SendLater:
    code = error.code if isinstance(error.code, int) else error.status
    if code in BUSY:
        return SendLater(WAIT)
    return SendRefused(code, opted_out=code == OPTED_OUT)


def wait_of(header: str) -> float:
    """Seconds of a Retry-After header, which is a number or a date; within an hour."""
    try:
        seconds = float(header)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds()
        except (TypeError, ValueError):
            return WAIT
    return min(max(seconds, 0.0), LONGEST_WAIT) if seconds == seconds else WAIT
