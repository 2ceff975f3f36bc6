"""What is wrong with the SMS set-up: agreements, texts at Twilio, and a text through the server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

import httpx
from twilio.request_validator import RequestValidator

from bot.channels.sms.fallback import FALLBACK_FILE, fallback_twiml
from clinic.settings import Settings
from clinic.sms_setup import OptOutTexts, SmsSetup
from kap.finding import Finding
from kap.twilio_stand_in.ledger import new_id, segments
from safety.hotlines import Region, shared_regions

TESTER = "+15005550006"
"""Sender of test texts: a number that Twilio keeps for tests, so that it is nobody's phone."""
TEST_TEXT = "What are your hours?"
WEBHOOK = "/sms/twilio"
CONFIRM_EVERY = timedelta(days=365)
_ANSWER_LIMIT = 15.0
_MOST_MESSAGES = {"stop": 1, "help": 2, "start": 2}
_REACHED_BY = re.compile(r"\d(?:[\d -]*\d)?|\S+\.\w+")


def examine_sms(settings: Settings) -> Iterator[Finding]:
    """Look at everything that can be seen from here; nothing is sent to anybody."""
    setup = settings.clinic.sms
    if not setup.is_on:
        yield Finding("SMS is off: no `provider:` under `sms:` in clinic.yml")
        return
    if setup.provider == "file":
        yield Finding(f"texts are kept in files in {settings.sms_files}, for development")
        return
    yield _sender(settings)
    yield from _agreements(settings)
    yield from _opt_out(setup, shared_regions()[settings.clinic.region])
    yield _fallback(settings)
    yield round_trip(settings)


def _sender(settings: Settings) -> Finding:
    setup = settings.clinic.sms
    via = f"service {setup.service}" if setup.service else "a number"
    where = f", with a stand-in at {settings.twilio.api}" if settings.twilio.api else ""
    return Finding(f"Twilio account {settings.twilio.id}, texts through {via}{where}")


def _agreements(settings: Settings) -> Iterator[Finding]:
    setup = settings.clinic.sms
    yield Finding(
        f"Twilio reaches us at {settings.public_url}",
        settings.public_url.startswith("https://"),
        "write `public_url: https://...` in clinic.yml, and the same address at Twilio",
    )
    yield Finding(
        f"business associate agreement with Twilio ({setup.baa_confirmed or 'none'})",
        setup.baa_confirmed is not None,
        "sign it, then write its date as `baa_confirmed:` under `sms:` in clinic.yml",
    )
    yield Finding(
        "the number is toll-free" if setup.is_toll_free else "the number is not toll-free",
        not setup.is_toll_free,
        "carriers answer STOP on it in their own words, without a help line: take a local number",
    )


def _opt_out(setup: SmsSetup, region: Region) -> Iterator[Finding]:
    opt_out = setup.opt_out
    yield Finding(
        f"Advanced Opt-Out last compared with Twilio's console: {opt_out.confirmed or 'never'}",
        opt_out.confirmed is not None and opt_out.confirmed > _today() - CONFIRM_EVERY,
        "paste what `kap sms texts` prints, then write texts and date into clinic.yml",
    )
    for word in ("help", "stop", "start"):
        yield _keyword_text(opt_out, word, region)


def _keyword_text(opt_out: OptOutTexts, word: str, region: Region) -> Finding:
    text = getattr(opt_out, word)
    what = f"Twilio's answer to {word.upper()}"
    mend = f"write it as `{word}:` under `advanced_opt_out:`: `kap sms texts` prints one"
    if not text:
        return Finding(f"{what} is not known", False, mend)
    missing = missing_help(text, region)
    if missing and word != "start":
        return Finding(f"{what} does not name {' or '.join(missing)}", False, mend)
    count, most = segments(text), _MOST_MESSAGES[word]
    return Finding(
        f"{what} goes out as {count} {'message' if count == 1 else 'messages'}",
        count <= most,
        f"say it in {most}: shorter, and without emoji, curly quotes or accents",
    )


def missing_help(text: str, region: Region) -> list[str]:
    """What of the region's emergency number and crisis line the text does not name."""
    emergency = list(region.emergency.values())
    crisis = _REACHED_BY.findall(" ".join(region.crisis.reach_short.values()))
    looked_for = {"the emergency number": emergency, "the crisis line": crisis}
    return [
        name
        for name, forms in looked_for.items()
        if not any(re.search(rf"(?<!\d){re.escape(form)}(?!\d)", text) for form in forms)
    ]


def _fallback(settings: Settings) -> Finding:
    path = settings.root / FALLBACK_FILE
    written = path.read_text(encoding="utf-8") if path.exists() else ""
    return Finding(
        f"{FALLBACK_FILE} fits the clinic and its help lines",
        written == fallback_twiml(settings.clinic),
        f"run `kap sms fallback --out {FALLBACK_FILE}`, then paste it into the TwiML Bin",
    )


def round_trip(settings: Settings) -> Finding:
    """A signed test text through the running server, which must answer it."""
    what = "a signed test text is answered"
    fields = _test_fields(settings)
    signer = RequestValidator(settings.twilio.tokens[0].reveal())
    signature = signer.compute_signature(f"{settings.public_url}{WEBHOOK}", fields)
    try:
        response = httpx.post(
            f"{settings.chat_url}{WEBHOOK}",
            data=fields,
            headers={"X-Twilio-Signature": signature},
            timeout=_ANSWER_LIMIT,
        )
    except httpx.HTTPError:
        return Finding(what, False, f"start the assistant with `kap serve` ({settings.chat_url})")
    if response.status_code != 200:
        return Finding(
            f"{what}: the server said {response.status_code}", False,
            "start it again, so that it reads the same `sms:`, token and `public_url:` as this",
        )  # fmt: skip
    if not _holds_text(response.content):
        return Finding(f"{what}: the answer holds no text", False, "read the chat server's log")
    return Finding(f"{what} in {response.elapsed.total_seconds():.1f} s")


def _test_fields(settings: Settings) -> dict[str, str]:
    sid = new_id("SM")
    return {
        "MessageSid": sid, "SmsSid": sid, "SmsMessageSid": sid, "SmsStatus": "received",
        "AccountSid": settings.twilio.id, "From": TESTER, "FromCity": "",
        "To": settings.clinic.sms.number or TESTER, "Body": TEST_TEXT, "NumMedia": "0",
    }  # fmt: skip


def _holds_text(content: bytes) -> bool:
    try:
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError:
        return False
    return any((message.text or "").strip() for message in root.iter("Message"))


def _today() -> date:
    return datetime.now(UTC).date()
