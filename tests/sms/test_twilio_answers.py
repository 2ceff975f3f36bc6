"""TwiML answers, and which words Twilio has acted on by itself."""

from __future__ import annotations

from datetime import date

import pytest

from bot.channels.sms.provider import Keyword
from clinic.sms_setup import OptOutTexts
from kap.twilio_stand_in.calls import CallFailed, Reply, parse_twiml
from tests.sms.twilio_side import FIELDS, PUBLIC, provider, request

CONFIRMED = OptOutTexts(confirmed=date(2026, 2, 1))
TOLL_FREE = "+18335550100"

ANSWERS = {
    "nothing": ([], []),
    "one": (["Hello."], ["Hello."]),
    "two, in order": (["One.", "Two."], ["One.", "Two."]),
    "only space": ([" ", "Two.", ""], ["Two."]),
    "marks of XML": (["a < b & c > d \"e\" 'f' ]]>"], ["a < b & c > d \"e\" 'f' ]]>"]),
    "inverted exclamation mark": (["¡Hola!"], ["¡Hola!"]),
    "emoji": (["ok \U0001f642"], ["ok \U0001f642"]),
    "line breaks": (["a\n\nb\tc"], ["a\n\nb\tc"]),
    "control characters": (["a\x00\x08\x0b\x1f\x7fb"], ["a\x7fb"]),
    "half a surrogate pair": (["a\ud83db"], ["ab"]),
    "no character at all": (["a\ufffe\uffffb"], ["ab"]),
    "nothing but control characters": (["\x00\x01"], []),
    "TwiML inside": (["<Message>x</Message>"], ["<Message>x</Message>"]),
    "longest": (["x" * 1600], ["x" * 1600]),
}


@pytest.mark.parametrize(("texts", "expected"), ANSWERS.values(), ids=ANSWERS)
def test_answer_is_read_back(texts: list[str], expected: list[str]) -> None:
    """Twilio reads the words that we wrote, less what XML cannot hold."""
    reply = provider().answer(texts)
    assert reply.content_type.startswith("text/xml")
    assert [each.text for each in parse_twiml(reply.body.encode())] == expected


def test_empty_answer() -> None:
    """Nothing to say is an empty Response, which Twilio takes for an answer."""
    body = provider().answer([]).body
    assert body.endswith("<Response />")
    assert parse_twiml(body.encode()) == []


def test_answer_with_ids() -> None:
    """Each text names its own status address, and never `action`, which would cut the rest off."""
    reply = provider().answer(["One.", "Two."], send_ids=["a/1", "b2"])
    assert parse_twiml(reply.body.encode()) == [
        Reply(text="One.", status_callback=f"{PUBLIC}/sms/twilio/status?send=a%2F1"),
        Reply(text="Two.", status_callback=f"{PUBLIC}/sms/twilio/status?send=b2"),
    ]
    assert "action" not in reply.body


def test_no_status_address_that_twilio_cannot_reach() -> None:
    """Without a secure public address no callback is asked for: Twilio would refuse the text."""
    local = provider(public_url="http://127.0.0.1:5005")
    assert "statusCallback" not in local.answer(["One."], send_ids=["a"]).body


@pytest.mark.parametrize(
    "content",
    [b"", b"<Response>", b"<html></html>", b"{}", b"\xff", b"<Response>\x01</Response>"],
    ids=["empty", "cut off", "a web page", "JSON", "not UTF-8", "control character"],
)  # fmt: skip
def test_no_twiml(content: bytes) -> None:
    """The stand-in refuses what Twilio would."""
    with pytest.raises(CallFailed):
        parse_twiml(content)


WORDS = {
    "STOP": Keyword.STOP, "stop": Keyword.STOP, " Stop \n": Keyword.STOP, "STOPALL": Keyword.STOP,
    "UNSUBSCRIBE": Keyword.STOP, "CANCEL": Keyword.STOP, "END": Keyword.STOP, "QUIT": Keyword.STOP,
    "REVOKE": Keyword.STOP, "OPTOUT": Keyword.STOP, "START": Keyword.START, "YES": Keyword.START,
    "UNSTOP": Keyword.START, "HELP": None, "INFO": None, "stop texting me": None, "STOP.": None,
    "I want it to end": None, "": None, "opt out": None,
}  # fmt: skip


@pytest.mark.parametrize(("body", "keyword"), WORDS.items(), ids=[repr(word) for word in WORDS])
def test_words_without_advanced_opt_out(body: str, keyword: Keyword | None) -> None:
    """Twilio blocks on single words of its own list; its HELP names no help line: ours is due."""
    assert provider().read_text(request({**FIELDS, "Body": body})).keyword is keyword


@pytest.mark.parametrize(
    ("number", "body", "opt_out_type", "keyword"),
    [
        ("+15555550100", "END", "", None),
        ("+15555550100", "STOP", "STOP", Keyword.STOP),
        ("+15555550100", "help", "HELP", Keyword.HELP),
        (TOLL_FREE, "STOP", "", Keyword.STOP),
        (TOLL_FREE, "UNSTOP", "", Keyword.START),
        (TOLL_FREE, "YES", "", None),
        (TOLL_FREE, "QUIT", "", None),
        (TOLL_FREE, "HELP", "HELP", Keyword.HELP),
    ],
)
def test_words_with_advanced_opt_out(
    number: str, body: str, opt_out_type: str, keyword: Keyword | None
) -> None:
    """Then Twilio says what it did; on toll-free numbers the carrier acts without saying."""
    fields = {**FIELDS, "Body": body, "OptOutType": opt_out_type}
    text = provider(number=number, opt_out=CONFIRMED).read_text(request(fields))
    assert text.keyword is keyword
