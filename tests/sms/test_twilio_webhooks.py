"""Twilio's webhooks: who is believed, and how each field is read."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator

from bot.channels.sms.provider import (
    Keyword,
    SignatureInvalid,
    WebhookRequest,
    WebhookWrong,
    read_form,
)
from tests.sms.twilio_side import (
    ACCOUNT,
    FIELDS,
    OTHER_TOKEN,
    OURS,
    PERSON,
    PUBLIC,
    SID,
    STATUS,
    TOKEN,
    provider,
    request,
    signature,
)

PATH = "/sms/twilio"
URL = PUBLIC + PATH
OTHER = {"Body": "Another text"}


def _without(*names: str) -> dict[str, str]:
    return {name: value for name, value in FIELDS.items() if name not in names}


GOOD_SIGNATURES: dict[str, dict[str, Any]] = {
    "our address": {"url": URL},
    "our address with the usual port": {"url": f"{PUBLIC}:443{PATH}"},
    "configured with the usual port, signed without": {"public_url": f"{PUBLIC}:443", "url": URL},
    "another port": {
        "public_url": f"{PUBLIC}:8443", "url": f"{PUBLIC}:8443{PATH}",
    },
    "another port, signed without it": {"public_url": f"{PUBLIC}:8443", "url": URL},
    "plain http in development": {
        "public_url": "http://127.0.0.1:5005", "url": f"http://127.0.0.1:5005{PATH}",
    },
    "a query": {"url": f"{URL}?x=1&y=%20a", "path": f"{PATH}?x=1&y=%20a"},
    "a slash at the end of the configured address": {"public_url": f"{PUBLIC}/", "url": URL},
    "an address with a path": {"public_url": f"{PUBLIC}/kap", "url": f"{PUBLIC}/kap{PATH}"},
    "fields that nobody has heard of": {"url": URL, "fields": {**FIELDS, "Brand_New": "yes"}},
    "the older of two tokens": {
        "url": URL, "token": OTHER_TOKEN, "tokens": (TOKEN, OTHER_TOKEN),
    },
    "the newer of two tokens": {"url": URL, "tokens": (TOKEN, OTHER_TOKEN)},
    "emoji in the text": {"url": URL, "fields": {**FIELDS, "Body": "ok \U0001f642 ¡gracias! “hm”"}},
    "an equals sign and an ampersand": {"url": URL, "fields": {**FIELDS, "Body": "a=b&c=d+e%20"}},
}  # fmt: skip


@pytest.mark.parametrize("case", GOOD_SIGNATURES.values(), ids=GOOD_SIGNATURES)
def test_signed_by_twilio(case: dict[str, Any]) -> None:
    """What Twilio's library signs for the configured address is taken."""
    fields = case.get("fields", FIELDS)
    signed = signature(fields, case["url"], case.get("token", TOKEN))
    text = provider(
        public_url=case.get("public_url", PUBLIC), tokens=case.get("tokens", (TOKEN,))
    ).read_text(request(fields, path=case.get("path", PATH), signed=signed))
    assert text.body == fields["Body"]


GOOD = signature(FIELDS, URL)
BAD_SIGNATURES: dict[str, WebhookRequest] = {
    "none": request(FIELDS, signed=""),
    "made up": request(FIELDS, signed="AAAAAAAAAAAAAAAAAAAAAAAAAAA="),
    "not base64": request(FIELDS, signed="ü" * 28),
    "with a space behind": request(FIELDS, signed=f"{GOOD} "),
    "another token": request(FIELDS, signed=signature(FIELDS, URL, OTHER_TOKEN)),
    "another host": request(FIELDS, signed=signature(FIELDS, f"https://evil.example{PATH}")),
    "another path": request(FIELDS, signed=signature(FIELDS, f"{PUBLIC}/sms/other")),
    "the status path": request(FIELDS, signed=signature(FIELDS, f"{PUBLIC}/sms/twilio/status")),
    "http instead of https": request(FIELDS, signed=signature(FIELDS, f"http://chat.clinic{PATH}")),
    "a query more": request(FIELDS, path=f"{PATH}?x=1", signed=GOOD),
    "a query less": request(FIELDS, signed=signature(FIELDS, f"{URL}?x=1")),
    "a query decoded": request(
        FIELDS, path=f"{PATH}?x= a", signed=signature(FIELDS, f"{URL}?x=%20a")
    ),
    "a field changed": request({**FIELDS, **OTHER}, signed=GOOD),
    "a field more": request({**FIELDS, "OptOutType": "STOP"}, signed=GOOD),
    "a field less": request(_without("FromCity", "FromState"), signed=GOOD),
    "a field twice, with another value": request(
        {**FIELDS, "Body": [FIELDS["Body"], "and more"]}, signed=GOOD
    ),
    "no fields": request({}, signed=GOOD),
    "a path that would be another host": request(FIELDS, path="@evil.example/", signed=GOOD),
    "a body hash in the query": request(
        FIELDS, path=f"{PATH}?bodySHA256=0", signed=signature({}, f"{URL}?bodySHA256=0")
    ),
    "half a surrogate pair": request({**FIELDS, "Body": "\ud83d"}, signed=GOOD),
}


@pytest.mark.parametrize("forged", BAD_SIGNATURES.values(), ids=BAD_SIGNATURES)
def test_forged(forged: WebhookRequest) -> None:
    """Whatever was not signed with our token for our address, field by field, is refused."""
    with pytest.raises(SignatureInvalid):
        provider().read_text(forged)
    with pytest.raises(SignatureInvalid):
        provider().read_status(forged)


def test_empty_fields_are_signed_too() -> None:
    """A form is read with its empty fields, as Twilio signs them."""
    fields = read_form(urlencode(FIELDS).encode())
    assert fields["FromCity"] == [""]
    read = provider().read_text(
        WebhookRequest(path=PATH, fields=fields, signature=signature(FIELDS, URL))
    )
    assert read.sender == PERSON


@pytest.mark.parametrize(
    "body",
    [b"a=%ED%A0%BD", b"a=%FF", "a=é".encode(), b"&".join([b"a=1"] * 201), b"a=" + b"x" * 65_536],
    ids=["surrogate", "not UTF-8", "not encoded", "too many fields", "too long"],
)
def test_no_form(body: bytes) -> None:
    """What is no form of a usual size is refused before anything is looked at."""
    with pytest.raises(WebhookWrong, match="body"):
        read_form(body)


def test_every_field_is_read() -> None:
    """Id, sender, recipient, words, pictures."""
    fields = {
        **FIELDS, "NumMedia": "2", "MediaContentType0": "image/jpeg",
        "MediaContentType1": "text/x-vCard; charset=utf-8", "MediaUrl0": "https://x.example/1",
    }  # fmt: skip
    text = provider().read_text(request(fields))
    assert (text.id, text.sender, text.recipient) == (SID, PERSON, OURS)
    assert text.body == "What are your hours?"
    assert text.media == ("image/jpeg", "text/x-vcard")
    assert text.keyword is None


TAKEN: dict[str, tuple[dict[str, str], str, Any]] = {
    "MMS id": (dict.fromkeys(("MessageSid", "SmsSid", "SmsMessageSid"), f"MM{'f' * 32}"),
               "id", f"MM{'f' * 32}"),
    "capital hex": (dict.fromkeys(("MessageSid", "SmsSid", "SmsMessageSid"), f"SM{'F' * 32}"),
                    "id", f"SM{'F' * 32}"),
    "short code": ({"From": "12345"}, "sender", "12345"),
    "name": ({"From": "My Bank-1"}, "sender", "My Bank-1"),
    "number abroad": ({"From": "+447700900123"}, "sender", "+447700900123"),
    "empty text": ({"Body": ""}, "body", ""),
    "inverted exclamation mark": ({"Body": "¡Hola! ¿qué tal?"}, "body", "¡Hola! ¿qué tal?"),
    "emoji of many parts": ({"Body": "👩🏽‍⚕️🏳️‍🌈"}, "body", "👩🏽‍⚕️🏳️‍🌈"),
    "space round the text": ({"Body": "  hi \n"}, "body", "  hi \n"),
    "control characters": ({"Body": "a\x00\x07\x1bb"}, "body", "a\x00\x07\x1bb"),
    "right-to-left marks": ({"Body": "\u202eevil"}, "body", "\u202eevil"),
    "a slash command": ({"Body": "/restart"}, "body", "/restart"),
    "longest named by Twilio": ({"Body": "x" * 1600}, "body", "x" * 1600),
    "longest that we take": ({"Body": "x" * 10_000}, "body", "x" * 10_000),
    "no picture, not said": ({"NumMedia": ""}, "media", ()),
    "ten pictures": (
        {"NumMedia": "10", **{f"MediaContentType{index}": "image/png" for index in range(10)}},
        "media", ("image/png",) * 10,
    ),
    "picture type with capitals": (
        {"NumMedia": "1", "MediaContentType0": "Audio/AMR"}, "media", ("audio/amr",),
    ),
    "STOP by Advanced Opt-Out": ({"OptOutType": "STOP", "Body": "para"}, "keyword", Keyword.STOP),
    "START by Advanced Opt-Out": ({"OptOutType": "START"}, "keyword", Keyword.START),
    "HELP by Advanced Opt-Out": ({"OptOutType": "HELP"}, "keyword", Keyword.HELP),
    "keyword in small letters": ({"OptOutType": "stop"}, "keyword", Keyword.STOP),
    "empty keyword": ({"OptOutType": ""}, "keyword", None),
}  # fmt: skip


@pytest.mark.parametrize(("fields", "part", "value"), TAKEN.values(), ids=TAKEN)
def test_taken_as_it_is(fields: dict[str, str], part: str, value: object) -> None:
    """Nothing of a text is changed on its way in."""
    assert getattr(provider().read_text(request({**FIELDS, **fields})), part) == value


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no id": (dict.fromkeys(("MessageSid", "SmsSid", "SmsMessageSid"), ""), "MessageSid"),
    "an id of a call": (dict.fromkeys(("MessageSid", "SmsSid"), f"CA{'0' * 32}"), "MessageSid"),
    "a short id": (dict.fromkeys(("MessageSid", "SmsSid", "SmsMessageSid"), "SM0"),
                   "MessageSid"),
    "two ids": ({"SmsSid": f"SM{'0' * 32}"}, "MessageSid"),
    "another account": ({"AccountSid": f"AC{'0' * 32}"}, "AccountSid"),
    "no account": ({"AccountSid": ""}, "AccountSid"),
    "no sender": ({"From": ""}, "From"),
    "WhatsApp": ({"From": f"whatsapp:{PERSON}"}, "From"),
    "RCS": ({"From": f"rcs:{PERSON}"}, "From"),
    "Messenger": ({"From": "messenger:1234567"}, "From"),
    "number without plus": ({"From": "15555550123"}, "From"),
    "number too long": ({"From": "+1555555012345678"}, "From"),
    "number with other digits": ({"From": "+١٥٥٥٥٥٥٠١٢٣"}, "From"),
    "name too long": ({"From": "Abcdefghijkl"}, "From"),
    "line break behind the number": ({"From": f"{PERSON}\n"}, "From"),
    "no recipient": ({"To": ""}, "To"),
    "recipient in RCS": ({"To": "rcs:clinic_agent"}, "To"),
    "too long": ({"Body": "x" * 10_001}, "Body"),
    "body twice": ({"Body": ["same", "same"]}, "Body"),
    "eleven pictures": ({"NumMedia": "11"}, "NumMedia"),
    "pictures in words": ({"NumMedia": "two"}, "NumMedia"),
    "pictures below none": ({"NumMedia": "-1"}, "NumMedia"),
    "picture without type": ({"NumMedia": "1"}, "MediaContentType0"),
    "picture type that is none": ({"NumMedia": "1", "MediaContentType0": "../x"},
                                  "MediaContentType0"),
    "picture type too long": ({"NumMedia": "1", "MediaContentType0": f"image/{'x' * 200}"},
                              "MediaContentType0"),
    "second picture without type": ({"NumMedia": "2", "MediaContentType0": "image/png"},
                                    "MediaContentType1"),
    "unknown keyword": ({"OptOutType": "PAUSE"}, "OptOutType"),
}  # fmt: skip


@pytest.mark.parametrize(("fields", "name"), WRONG.values(), ids=WRONG)
def test_wrong_field_is_named_and_not_repeated(fields: dict[str, Any], name: str) -> None:
    """A signed request that cannot be read says which field, never what stood in it."""
    with pytest.raises(WebhookWrong) as refusal:
        provider().read_text(request({**FIELDS, **fields}))
    assert str(refusal.value) == name


def test_text_without_words_or_pictures() -> None:
    """Without Body and without pictures there is no text."""
    with pytest.raises(WebhookWrong, match="Body"):
        provider().read_text(request(_without("Body")))


STATUSES: dict[str, tuple[dict[str, str], str, tuple[str, int, bool]]] = {
    "queued": ({"MessageStatus": "queued"}, "?send=s1", ("s1", 0, False)),
    "sent": ({"MessageStatus": "sent"}, "?send=s1", ("s1", 0, False)),
    "delivered": ({}, "?send=a.b-c_1", ("a.b-c_1", 0, False)),
    "undelivered": (
        {"MessageStatus": "undelivered", "ErrorCode": "30003"}, "?send=s1", ("s1", 30003, True),
    ),
    "failed": ({"MessageStatus": "failed", "ErrorCode": "30007"}, "?send=s1", ("s1", 30007, True)),
    "empty code": ({"ErrorCode": ""}, "?send=s1", ("s1", 0, False)),
    "old name of the field": (
        {"MessageStatus": "", "SmsStatus": "failed"}, "?send=s1", ("s1", 0, True),
    ),
    "of a text without an id of ours": ({}, "", ("", 0, False)),
}  # fmt: skip


@pytest.mark.parametrize(("fields", "query", "expected"), STATUSES.values(), ids=STATUSES)
def test_delivery_status(
    fields: dict[str, str], query: str, expected: tuple[str, int, bool]
) -> None:
    """Our id comes back in the query, which is signed with the rest."""
    status = provider().read_status(
        request({**STATUS, **fields}, path=f"/sms/twilio/status{query}")
    )
    assert (status.send_id, status.error_code, status.has_failed) == expected
    assert status.id == SID


WRONG_STATUSES: dict[str, tuple[dict[str, str], str, str]] = {
    "no status": ({"MessageStatus": "", "SmsStatus": ""}, "?send=s1", "MessageStatus"),
    "status in capitals": ({"MessageStatus": "DELIVERED!"}, "?send=s1", "MessageStatus"),
    "code in words": ({"ErrorCode": "many"}, "?send=s1", "ErrorCode"),
    "no id": ({"MessageSid": "", "SmsSid": ""}, "?send=s1", "MessageSid"),
    "another account": ({"AccountSid": "AC0"}, "?send=s1", "AccountSid"),
    "our id twice": ({}, "?send=s1&send=s2", "send"),
    "our id too long": ({}, f"?send={'s' * 201}", "send"),
    "our id with other signs": ({}, "?send=%2F%2Fx", "send"),
}


@pytest.mark.parametrize(("fields", "query", "name"), WRONG_STATUSES.values(), ids=WRONG_STATUSES)
def test_wrong_status(fields: dict[str, str], query: str, name: str) -> None:
    """As for texts: the field is named."""
    with pytest.raises(WebhookWrong) as refusal:
        provider().read_status(request({**STATUS, **fields}, path=f"/sms/twilio/status{query}"))
    assert str(refusal.value) == name


def test_the_validator_is_twilios() -> None:
    """The account's id is signed like any field: one signed for another account is wrong here."""
    other = {**FIELDS, "AccountSid": ACCOUNT.replace("0", "1")}
    assert RequestValidator(TOKEN).validate(URL, other, signature(other, URL))
    with pytest.raises(WebhookWrong, match="AccountSid"):
        provider().read_text(request(other))
