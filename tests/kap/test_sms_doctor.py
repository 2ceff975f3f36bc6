"""`kap doctor sms` and `kap sms`: what is found, and how it is mended."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from bot.channels.sms.fallback import FALLBACK_FILE, fallback_twiml, keyword_texts
from bot.channels.sms.provider import WebhookRequest, read_form
from bot.channels.sms.twilio import TwilioProvider
from clinic.facts import read_facts
from clinic.secret import Secret
from clinic.settings import PROJECT_ROOT, Settings
from clinic.sms_setup import OptOutTexts, SmsSetup, TwilioAccount
from kap.cli import app
from kap.finding import Finding
from kap.sms_doctor import TESTER, examine_sms, missing_help, round_trip
from kap.twilio_stand_in.ledger import segments
from safety.hotlines import shared_regions
from tests.sms.twilio_side import ACCOUNT, OURS, PUBLIC, SERVICE, TOKEN

TODAY = datetime.now(UTC).date()
CLINIC = read_facts(PROJECT_ROOT / "clinic.yml")
GOOD = SmsSetup(
    provider="twilio",
    number=OURS,
    baa_confirmed=TODAY,
    opt_out=OptOutTexts(confirmed=TODAY, **keyword_texts(CLINIC)),
)


@pytest.fixture
def good(settings: Settings) -> Settings:
    """Everything in order, except that no server runs."""
    return replace(
        settings,
        chat_port=1,
        clinic=replace(settings.clinic, public_url=PUBLIC, sms=GOOD),
        twilio=TwilioAccount(id=ACCOUNT, tokens=(Secret(TOKEN),)),
    )


def _with(settings: Settings, **sms: Any) -> Settings:
    return replace(settings, clinic=replace(settings.clinic, sms=replace(GOOD, **sms)))


def _with_text(settings: Settings, **texts: Any) -> Settings:
    return _with(settings, opt_out=replace(GOOD.opt_out, **texts))


def _wrong(settings: Settings) -> list[Finding]:
    """What is wrong, besides that no server runs."""
    return [
        finding
        for finding in examine_sms(settings)
        if not finding.well and "signed test text" not in finding.what
    ]


def test_nothing_wrong(good: Settings) -> None:
    """The texts that `kap sms texts` prints are all that is needed."""
    assert _wrong(good) == []


def test_off(settings: Settings) -> None:
    """Without a provider there is nothing to look at."""
    [finding] = examine_sms(settings)
    assert finding.well
    assert "off" in finding.what


def test_files(good: Settings) -> None:
    """Nor with texts in files."""
    [finding] = examine_sms(_with(good, provider="file"))
    assert finding.well


def test_broken_set_ups(good: Settings) -> None:
    """Each fault is one finding, with what to do."""
    eleven_months, two_years = TODAY - timedelta(days=330), TODAY - timedelta(days=730)
    insecure = replace(good, clinic=replace(good.clinic, public_url=""))
    stop = "No more texts. Crisis: call or text 988. In danger: 911."
    cases: list[tuple[Settings, str]] = [
        (insecure, "public_url: https://"),
        (_with(good, baa_confirmed=None), "baa_confirmed:"),
        (_with(good, number="+18335550100"), "take a local number"),
        (_with_text(good, confirmed=None), "kap sms texts"),
        (_with_text(good, confirmed=two_years), "kap sms texts"),
        (_with_text(good, help=""), "`help:`"),
        (_with_text(good, start=""), "`start:`"),
        (_with_text(good, stop="No more texts."), "`stop:`"),
        (_with_text(good, help="Call 911."), "`help:`"),
        (_with_text(good, help="Call 988."), "`help:`"),
        (_with_text(good, help="Call 1988 or 9110."), "`help:`"),
        (_with_text(good, stop=f"{stop} {'x' * 110}"), "say it in 1"),
        (_with_text(good, stop=f"{stop} We are sorry \u2019 bye now"), "say it in 1"),
        (_with_text(good, help=f"{stop} {'x' * 260}"), "say it in 2"),
        (replace(good, root=good.home), "kap sms fallback"),
    ]
    for settings, mend in cases:
        wrong = _wrong(settings)
        assert len(wrong) == 1, (mend, wrong)
        assert mend in wrong[0].mend
    assert _wrong(_with_text(good, confirmed=eleven_months)) == []
    assert _wrong(_with_text(good, start="Welcome back.")) == []


def test_fallback_of_another_clinic(good: Settings, tmp_path: Path) -> None:
    """A file that was written for other hotlines is told from a fitting one."""
    (tmp_path / "docs").mkdir()
    other = replace(good.clinic, region="GB")
    (tmp_path / FALLBACK_FILE).write_text(fallback_twiml(other))
    moved = replace(good, root=tmp_path)
    assert len(_wrong(moved)) == 1
    british = replace(moved, clinic=other)
    assert not any("fallback" in finding.what for finding in _wrong(british))


@pytest.mark.parametrize("region", shared_regions())
def test_texts_of_every_region(region: str) -> None:
    """What is printed for pasting names help, fits, and holds no unfilled place."""
    clinic = replace(CLINIC, name="Cedar Clinic", region=region)
    for language in ("en", "es"):
        texts = keyword_texts(clinic, language)
        for word, text in texts.items():
            assert missing_help(text, shared_regions()[region]) == [], (word, text)
            assert segments(text) <= (1 if word == "stop" and region != "ZZ" else 2), text
            assert "$" not in text
            assert "Cedar Clinic" in text


@pytest.mark.parametrize("region", shared_regions())
def test_fallback_of_every_region(region: str) -> None:
    """TwiML with one message in each language, each with the emergency number and the line."""
    clinic = replace(CLINIC, region=region)
    content = fallback_twiml(clinic)
    messages = [each.text or "" for each in ElementTree.fromstring(content.encode())]
    assert len(messages) == 2
    for message in messages:
        assert missing_help(message, shared_regions()[region]) == []
        assert segments(message) <= 2
    assert "{{" not in content  # a TwiML Bin would fill it in


def test_shipped_fallback_is_up_to_date() -> None:
    """The file in docs is what the command writes for the shipped clinic.yml."""
    assert (PROJECT_ROOT / FALLBACK_FILE).read_text() == fallback_twiml(CLINIC)


def test_commands(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`kap sms fallback` prints or writes, `kap sms texts` prints, `kap doctor sms` looks."""
    monkeypatch.setenv("KAP_HOME", str(settings.home))
    runner = CliRunner()
    printed = runner.invoke(app, ["sms", "fallback"])
    assert printed.output == fallback_twiml(CLINIC)
    out = tmp_path / "fallback.xml"
    assert runner.invoke(app, ["sms", "fallback", "--out", str(out)]).output == ""
    assert out.read_text() == printed.output
    assert 'stop: "Cedar Hollow' in runner.invoke(app, ["sms", "texts"]).output
    looked = runner.invoke(app, ["doctor", "sms"])
    assert looked.exit_code == 0, looked.output
    assert "SMS is off" in looked.output
    assert runner.invoke(app, ["doctor", "fax"]).exit_code == 2


class Server:
    """A chat server's webhook that says what the test wants."""

    def __init__(self) -> None:
        self.status, self.content = 200, "<Response><Message>9 to 5.</Message></Response>"
        self.requests: list[WebhookRequest] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                signature = self.headers["X-Twilio-Signature"]
                fields = read_form(body)
                server.requests.append(
                    WebhookRequest(path=self.path, fields=fields, signature=signature)
                )
                self.send_response(server.status)
                self.end_headers()
                self.wfile.write(server.content.encode())

            def log_message(self, *args: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True).start()


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.http.shutdown()


def test_round_trip(good: Settings, server: Server) -> None:
    """The test text is signed for the public address and comes from Twilio's test number."""
    running = replace(good, chat_port=server.http.server_address[1])
    finding = round_trip(running)
    assert finding.well, finding
    provider = TwilioProvider(running.twilio, running.clinic.sms, public_url=running.public_url)
    text = provider.read_text(server.requests[0])
    assert (text.sender, text.recipient, text.keyword) == (TESTER, OURS, None)
    round_trip(running)
    assert provider.read_text(server.requests[1]).id != text.id


@pytest.mark.parametrize(
    ("status", "content", "part"),
    [
        (403, "", "the server said 403"),
        (404, "", "the server said 404"),
        (200, "<Response />", "holds no text"),
        (200, "<Response><Message> </Message></Response>", "holds no text"),
        (200, "{}", "holds no text"),
    ],
)
def test_round_trip_that_fails(
    good: Settings, server: Server, status: int, content: str, part: str
) -> None:
    """What the server did instead is said."""
    server.status, server.content = status, content
    finding = round_trip(replace(good, chat_port=server.http.server_address[1]))
    assert not finding.well
    assert part in finding.what


def test_round_trip_without_a_server(good: Settings) -> None:
    """Nobody there: start it. A service alone has no number to send to, and works too."""
    assert "kap serve" in round_trip(good).mend
    assert "kap serve" in round_trip(_with(good, number="", service=SERVICE)).mend


def test_page_shows_the_texts_of_the_shipped_clinic() -> None:
    """docs/sms.md quotes what `kap sms texts` prints."""
    page = (PROJECT_ROOT / "docs" / "sms.md").read_text()
    for word, text in keyword_texts(CLINIC).items():
        assert f'{word}: "{text}"' in page
