"""Sending through Twilio's own client, against the stand-in."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from bot.channels.sms import twilio_client
from bot.channels.sms.provider import SendLater, SendRefused
from bot.channels.sms.twilio_client import LONGEST_WAIT, WAIT, wait_of
from tests.sms.twilio_side import (
    ACCOUNT,
    OTHER_TOKEN,
    OURS,
    PERSON,
    PUBLIC,
    SERVICE,
    TOKEN,
    StandIn,
    provider,
)

TEXT = "We are open from 9 to 5."


async def test_sent(twilio: StandIn) -> None:
    """A text goes out from our number, and its id comes back."""
    sid = await provider(api=twilio.url).send(PERSON, TEXT, send_id="s1")
    [message] = twilio.get("messages")
    assert (message["sid"], message["to"], message["from"]) == (sid, PERSON, OURS)
    assert message["body"] == TEXT


async def test_odd_characters_survive(twilio: StandIn) -> None:
    """Emoji, accents and inverted marks arrive; what is no character is left out."""
    await provider(api=twilio.url).send(PERSON, "¡Sí! \U0001f642 a=b&c\x00\ud83d", send_id="s1")
    assert twilio.get("messages")[0]["body"] == "¡Sí! \U0001f642 a=b&c"


REFUSED = {
    "opted out": ("+15005550004", TEXT, 21610, True),
    "no valid number": ("+15005550001", TEXT, 21211, False),
    "no number": ("nobody", TEXT, 21211, False),
    "not reachable": ("+15005550002", TEXT, 21612, False),
    "no permission for the region": ("+15005550003", TEXT, 21408, False),
    "no mobile phone": ("+15005550009", TEXT, 21614, False),
    "too long": (PERSON, "x" * 1601, 21617, False),
    "empty": (PERSON, "", 21602, False),
    "empty number": ("", TEXT, 21604, False),
}


@pytest.mark.parametrize(("number", "text", "code", "opted_out"), REFUSED.values(), ids=REFUSED)
async def test_refused_for_good(
    twilio: StandIn, number: str, text: str, code: int, opted_out: bool
) -> None:
    """The provider's code comes through; the error repeats neither number nor text."""
    with pytest.raises(SendRefused) as refusal:
        await provider(api=twilio.url).send(number, text, send_id="s1")
    assert (refusal.value.code, refusal.value.opted_out) == (code, opted_out)
    assert refusal.value.__cause__ is None
    assert refusal.value.__suppress_context__
    assert str(refusal.value) == str(code)


async def test_wrong_token(twilio: StandIn) -> None:
    """An account that Twilio does not know is refused, not tried for ever."""
    with pytest.raises(SendRefused) as refusal:
        await provider(api=twilio.url, tokens=(OTHER_TOKEN, TOKEN)).send(PERSON, TEXT, send_id="s")
    assert refusal.value.code == 20003


async def test_number_that_is_not_ours(twilio: StandIn) -> None:
    """Nor is a number that does not belong to the account."""
    with pytest.raises(SendRefused) as refusal:
        await provider(api=twilio.url, number="+15555550111").send(PERSON, TEXT, send_id="s")
    assert refusal.value.code == 21606


async def test_messaging_service_goes_first(twilio: StandIn) -> None:
    """With a service, Twilio picks the number: ours is not named (and this account has none)."""
    with pytest.raises(SendRefused) as refusal:
        await provider(api=twilio.url, service=SERVICE).send(PERSON, TEXT, send_id="s")
    assert refusal.value.code == 21606


LATER = {
    "429": ({"count": 1, "status": 429}, WAIT),
    "429 with seconds": ({"count": 1, "status": 429, "retry_after": "7"}, 7.0),
    "500": ({"count": 1, "status": 500}, WAIT),
    "503 with seconds": ({"count": 1, "status": 503, "retry_after": "90"}, 90.0),
    "503 for days": ({"count": 1, "status": 503, "retry_after": "999999"}, LONGEST_WAIT),
    "504": ({"count": 1, "status": 504}, WAIT),
    "408": ({"count": 1, "status": 408}, WAIT),
    "302": ({"count": 1, "status": 302}, WAIT),
    "no readable answer": ({"count": 1, "status": 200}, WAIT),
}


@pytest.mark.parametrize(("fault", "after"), LATER.values(), ids=LATER)
async def test_later(twilio: StandIn, fault: dict[str, object], after: float) -> None:
    """What passes is tried again, when Twilio says."""
    twilio.put("behaviour", {"fault": fault})
    sender = provider(api=twilio.url)
    with pytest.raises(SendLater) as delay:
        await sender.send(PERSON, TEXT, send_id="s1")
    assert delay.value.after == after
    assert await sender.send(PERSON, TEXT, send_id="s1")


WAITS = {
    "": WAIT, "3": 3.0, "0": 0.0, "-5": 0.0, "1e9": LONGEST_WAIT, "soon": WAIT, "nan": WAIT,
    "Wed, 21 Oct 2015 07:28:00 GMT": 0.0, "Wed, 21 Oct 2015 07:28:00": WAIT,
}  # fmt: skip


@pytest.mark.parametrize(("header", "seconds"), WAITS.items())
def test_retry_after(header: str, seconds: float) -> None:
    """A number, a date, or nothing that can be read."""
    assert wait_of(header) == seconds


def test_retry_after_a_date_ahead() -> None:
    """A date counts from now."""
    ahead = format_datetime(datetime.now(UTC) + timedelta(minutes=20), usegmt=True)
    assert 1100 < wait_of(ahead) <= 1200


async def test_rate_limit(twilio: StandIn) -> None:
    """Above the rate Twilio says 20429, and nothing was sent."""
    twilio.put("behaviour", {"rate": 1})
    sender = provider(api=twilio.url)
    done = await asyncio.gather(
        *(sender.send(PERSON, TEXT, send_id=f"s{index}") for index in range(4)),
        return_exceptions=True,
    )
    assert any(isinstance(each, SendLater) for each in done)
    assert len(twilio.get("messages")) == sum(isinstance(each, str) for each in done)


@pytest.mark.parametrize("code", [20429, 21611, 30001])
def test_full_queues_pass(code: int) -> None:
    """Limits and full queues are no refusal, whatever HTTP status they come with."""
    error = TwilioRestException(400, "https://x.example", code=code)
    assert isinstance(twilio_client._refusal(error), SendLater)


async def test_nobody_there() -> None:
    """No connection means later."""
    with pytest.raises(SendLater):
        await provider(api="http://127.0.0.1:1").send(PERSON, TEXT, send_id="s1")


async def test_connection_cut() -> None:
    """So does one that breaks in the middle."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def cut() -> None:
            connection, _ = server.accept()
            connection.recv(10)
            connection.close()

        threading.Thread(target=cut, daemon=True).start()
        with pytest.raises(SendLater):
            await provider(api=f"http://127.0.0.1:{server.getsockname()[1]}").send(
                PERSON, TEXT, send_id="s1"
            )


async def test_slow_twilio_stops_nobody_else(twilio: StandIn) -> None:
    """While Twilio hangs, the event loop goes on, and the send ends at its own limit."""
    twilio.put("behaviour", {"fault": {"count": 9, "hang": 2.0}})
    sender = provider(api=twilio.url, send_limit=0.5)
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.01)
            ticks += 1

    ticking = asyncio.create_task(tick())
    started = time.monotonic()
    with pytest.raises(SendLater):
        await sender.send(PERSON, TEXT, send_id="s1")
    ticking.cancel()
    assert time.monotonic() - started < 1.5
    assert ticks > 20


async def test_no_number_and_no_text_in_any_log(
    twilio: StandIn, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Not at the lowest level, of any logger, nor on a stream: sent, refused, or broken."""
    caplog.set_level(logging.DEBUG)
    for name in list(logging.root.manager.loggerDict):
        logging.getLogger(name).setLevel(logging.DEBUG)
    sender = provider(api=twilio.url)
    await sender.send(PERSON, "a secret sentence", send_id="s1")
    for number in ("+15005550004", "+15005550001"):
        with pytest.raises(SendRefused):
            await sender.send(number, "a secret sentence", send_id="s2")
    twilio.put("behaviour", {"fault": {"count": 1, "status": 500}})
    with pytest.raises(SendLater):
        await sender.send(PERSON, "a secret sentence", send_id="s3")
    printed = "".join(capfd.readouterr()) + caplog.text + twilio.log.read_text()
    for word in ("5550123", "5550004", "5550001", "5550100", "secret", TOKEN):
        assert word not in printed


def test_twilios_client_would_have_logged() -> None:
    """The reason for our own: Twilio's writes headers and addresses into the log as it is."""
    made = TwilioHttpClient()
    assert made.logger.name == "twilio.http_client"


def test_stand_in_speaks_with_twilios_client_alone(twilio: StandIn) -> None:
    """Errors are in Twilio's own form: its library reads code, status and message."""

    class Local(TwilioHttpClient):
        def request(self, method: str, url: str, *args: object, **more: object) -> object:
            return super().request(
                method, url.replace("https://api.twilio.com", twilio.url), *args, **more
            )

    client = Client(ACCOUNT, TOKEN, http_client=Local())
    with pytest.raises(TwilioRestException) as refusal:
        client.messages.create(to="+15005550004", from_=OURS, body=TEXT)
    assert (refusal.value.code, refusal.value.status) == (21610, 400)
    with pytest.raises(TwilioRestException) as refusal:
        client.messages.create(to=PERSON, body=TEXT)
    assert refusal.value.code == 21603
    made = client.messages.create(to=PERSON, from_=OURS, body="¿" * 161)
    assert made.num_segments == "2"
    body = requests.post(f"{twilio.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json", timeout=9)
    assert body.status_code == 401
    assert body.json()["code"] == 20003
    assert PUBLIC not in body.text
