"""The stand-in as Twilio: texts to our webhook, what comes back, and what became of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from bot.channels.sms.provider import (
    DeliveryStatus,
    InboundText,
    Keyword,
    ProviderError,
    SendRefused,
    WebhookRequest,
    read_form,
)
from bot.channels.sms.twilio import TwilioProvider
from clinic.settings import PROJECT_ROOT
from kap.twilio_stand_in.ledger import segments
from tests.sms.twilio_side import PERSON, PUBLIC, SERVICE, StandIn, provider

LIMIT = 3.0

Answer = Callable[[InboundText], tuple[int, str, str]]


class Clinic:
    """Our side, reduced to the provider: it believes, reads and answers."""

    def __init__(self) -> None:
        self.texts: list[InboundText] = []
        self.statuses: list[DeliveryStatus] = []
        self.errors: list[ProviderError] = []
        self.reply: Answer = self.answer
        self.sender: TwilioProvider | None = None
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def answer(self, text: InboundText) -> tuple[int, str, str]:
        reply = provider().answer([f"You said: {text.body}", "Bye."], send_ids=["r1", "r2"])
        return 200, reply.content_type, reply.body

    def take(self, path: str, body: bytes, signature: str) -> tuple[int, str, str]:
        request = WebhookRequest(path=path, fields=read_form(body), signature=signature)
        try:
            if path.startswith("/sms/twilio/status"):
                self.statuses.append(provider().read_status(request))
                return 200, "text/xml", "<Response />"
            self.texts.append(provider().read_text(request))
        except ProviderError as error:
            self.errors.append(error)
            return 403, "text/plain", "no"
        return self.reply(self.texts[-1])

    def wait_for_statuses(self, count: int) -> list[DeliveryStatus]:
        limit = time.monotonic() + 10
        while len(self.statuses) < count and time.monotonic() < limit:
            time.sleep(0.02)
        assert len(self.statuses) >= count
        return self.statuses


def _handler(clinic: Clinic) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            signature = self.headers.get("X-Twilio-Signature", "")
            status, kind, content = clinic.take(self.path, body, signature)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.end_headers()
            with suppress(OSError):  # whoever asked has stopped waiting
                self.wfile.write(content.encode())

        def log_message(self, *args: Any) -> None:
            pass

    return Handler


@pytest.fixture(scope="module")
def _both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[StandIn, Clinic]]:
    clinic = Clinic()
    twilio = StandIn(
        tmp_path_factory.mktemp("stand-in") / "log", "--webhook", f"{PUBLIC}/sms/twilio",
        "--through", f"http://127.0.0.1:{clinic.server.server_address[1]}", "--limit", str(LIMIT),
        "--service", SERVICE, "--fallback", str(PROJECT_ROOT / "docs" / "sms-fallback.xml"),
    )  # fmt: skip
    yield twilio, clinic
    twilio.stop()
    clinic.server.shutdown()


@pytest.fixture
def twilio(_both: tuple[StandIn, Clinic]) -> StandIn:
    _both[0].reset()
    return _both[0]


@pytest.fixture
def clinic(_both: tuple[StandIn, Clinic]) -> Clinic:
    clinic = _both[1]
    clinic.texts, clinic.statuses, clinic.errors = [], [], []
    clinic.reply = clinic.answer
    return clinic


def test_text_and_answer(twilio: StandIn, clinic: Clinic) -> None:
    """A signed text with pictures arrives as it was written, and the answer comes back parsed."""
    sid = f"MM{'1' * 32}"
    outcome = twilio.text("¡Hola! \U0001f642\n& <b>", media=["image/jpeg"], sid=sid)
    [text] = clinic.texts
    assert (text.id, text.sender, text.media) == (sid, PERSON, ("image/jpeg",))
    assert text.body == "¡Hola! \U0001f642\n& <b>"
    assert outcome["texts"] == ["You said: ¡Hola! \U0001f642\n& <b>", "Bye."]
    assert (outcome["error"], outcome["from_fallback"], outcome["dropped"]) == (0, False, [])
    assert clinic.errors == []


def test_what_became_of_the_answer(twilio: StandIn, clinic: Clinic) -> None:
    """Every text of an answer is followed to the phone, with our id."""
    twilio.text("hi")
    told = {(each.send_id, each.status) for each in clinic.wait_for_statuses(4)}
    assert told == {(each, status) for each in ("r1", "r2") for status in ("sent", "delivered")}


@pytest.mark.parametrize("code", [30003, 30005, 30006])
async def test_text_that_does_not_reach_the_phone(
    twilio: StandIn, clinic: Clinic, code: int
) -> None:
    """The callback says so, signed, with the carrier's code."""
    twilio.put("behaviour", {"failures": {PERSON: code}})
    sender = provider(api=twilio.url, service=SERVICE)
    sid = await sender.send(PERSON, "Hello.", send_id="s1")
    last = clinic.wait_for_statuses(2)[-1]
    assert (last.id, last.send_id, last.has_failed, last.error_code) == (sid, "s1", True, code)
    assert clinic.errors == []


async def test_after_stop_nothing_goes_out(twilio: StandIn, clinic: Clinic) -> None:
    """Twilio drops the answer to STOP itself, refuses later texts, and START undoes it."""
    outcome = twilio.text(" stop ")
    assert clinic.texts[-1].keyword is Keyword.STOP
    assert outcome["texts"] == []
    assert [each["code"] for each in outcome["dropped"]] == [21610, 21610]
    sender = provider(api=twilio.url, service=SERVICE)
    with pytest.raises(SendRefused) as refusal:
        await sender.send(PERSON, "Hello.", send_id="s1")
    assert refusal.value.opted_out
    assert twilio.get("opted-out") == [PERSON]
    assert twilio.text("START")["texts"]
    assert clinic.texts[-1].keyword is Keyword.START
    assert await sender.send(PERSON, "Hello.", send_id="s2")


def test_help_is_answered_by_twilio(twilio: StandIn, clinic: Clinic) -> None:
    """HELP blocks nothing, and is marked."""
    twilio.text("help")
    assert clinic.texts[-1].keyword is Keyword.HELP
    assert twilio.get("opted-out") == []


def test_words_of_the_clinics_own(twilio: StandIn, clinic: Clinic) -> None:
    """A word that the clinic added blocks too; without Advanced Opt-Out nothing is marked."""
    twilio.text("basta", optOutType="STOP")
    assert twilio.get("opted-out") == [PERSON]
    twilio.put("opted-out", [])
    twilio.text("help", optOutType="")
    assert clinic.texts[-1].keyword is None


def _slow(text: InboundText) -> tuple[int, str, str]:
    time.sleep(LIMIT + 0.5)
    return 200, "text/xml", "<Response />"


BROKEN: dict[str, tuple[Answer, int]] = {
    "too slow": (_slow, 11205),
    "an error": (lambda text: (500, "text/xml", "<Response />"), 11200),
    "refused": (lambda text: (403, "text/plain", "no"), 11200),
    "a web page": (lambda text: (200, "text/html", "<html></html>"), 12300),
    "broken TwiML": (lambda text: (200, "text/xml", "<Response>"), 12100),
}


@pytest.mark.parametrize(("reply", "error"), BROKEN.values(), ids=BROKEN)
def test_fallback_when_we_fail(twilio: StandIn, clinic: Clinic, reply: Answer, error: int) -> None:
    """Whatever goes wrong on our side, the person gets the help lines from Twilio itself."""
    clinic.reply = reply
    outcome = twilio.text("hi")
    assert (outcome["error"], outcome["from_fallback"]) == (error, True)
    assert "988" in outcome["texts"][0]
    assert "911" in outcome["texts"][0]


def test_unreadable_text_falls_back_too(twilio: StandIn, clinic: Clinic) -> None:
    """A sender that we do not take (RCS) is refused, and hears the help lines."""
    outcome = twilio.text("hi", **{"from": f"rcs:{PERSON}"})
    assert [str(error) for error in clinic.errors] == ["From"]
    assert "988" in outcome["texts"][0]


def test_text_that_is_too_long_is_dropped(twilio: StandIn, clinic: Clinic) -> None:
    """Twilio sends no text over its limit, also in an answer."""
    long = provider().answer(["x" * 1601, "short"])
    clinic.reply = lambda text: (200, long.content_type, long.body)
    outcome = twilio.text("hi")
    assert outcome["texts"] == ["short"]
    assert outcome["dropped"][0]["code"] == 21617


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 1), ("x" * 160, 1), ("x" * 161, 2), ("x" * 307, 3), ("\u2019" * 70, 1),
     ("\u2019" * 71, 2), ("\U0001f642" * 35, 1), ("\U0001f642" * 36, 2), ("[" * 80, 1),
     ("[" * 81, 2)],
)  # fmt: skip
def test_segments(text: str, count: int) -> None:
    """One emoji or curly quote more than halves what a message holds."""
    assert segments(text) == count


def test_stand_in_needs_an_account(tmp_path: Path) -> None:
    """It does not start without account and token."""
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-m", "kap.twilio_stand_in"],
        cwd=PROJECT_ROOT, env={"PATH": ""}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "KAP_TWILIO_TOKEN" in done.stderr
