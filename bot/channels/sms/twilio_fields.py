"""Twilio's webhook fields as typed values. Whatever cannot be read is WebhookWrong by its name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs, urlsplit

from bot.channels.sms.provider import (
    DeliveryStatus,
    InboundText,
    Keyword,
    WebhookRequest,
    WebhookWrong,
)

Fields = Mapping[str, Sequence[str]]
LONGEST_BODY = 10_000
"""Characters. Twilio names 1,600; more is taken, for a long cry for help is one too."""
MOST_MEDIA = 10
STOP_WORDS = frozenset("STOP STOPALL UNSUBSCRIBE CANCEL END QUIT REVOKE OPTOUT".split())
"""Words after which Twilio blocks our texts when nothing else is set up."""
START_WORDS = frozenset("START YES UNSTOP".split())
_ID = re.compile(r"(?:SM|MM)[0-9a-fA-F]{32}")
_NUMBER = re.compile(r"\+[1-9]\d{1,14}")
_SHORT_CODE = re.compile(r"\d{3,8}")
_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 &_.+-]{1,11}")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")
_STATUS = re.compile(r"[a-z_-]{1,30}")
_SEND_ID = re.compile(r"[\w.-]{1,200}", re.ASCII)


def inbound_text(fields: Fields) -> InboundText:
    """A person's text; `keyword` only where the field OptOutType says so."""
    count = _media_count(fields)
    return InboundText(
        id=_message_id(fields),
        sender=_address(fields, "From"),
        recipient=_address(fields, "To"),
        body=_body(fields, has_media=count > 0),
        media=tuple(_media_type(fields, f"MediaContentType{index}") for index in range(count)),
        keyword=_keyword(fields),
    )


def delivery_status(request: WebhookRequest) -> DeliveryStatus:
    """What became of a text; our own id of it stands in the query, as `send`."""
    fields = request.fields
    status = one(fields, "MessageStatus") or one(fields, "SmsStatus")
    if not _STATUS.fullmatch(status):
        raise WebhookWrong("MessageStatus")
    code = one(fields, "ErrorCode")
    if code and not re.fullmatch(r"\d{1,6}", code, re.ASCII):
        raise WebhookWrong("ErrorCode")
    return DeliveryStatus(
        id=_message_id(fields),
        send_id=_send_id(request.path),
        status=status,
        error_code=int(code or 0),
    )


def one(fields: Fields, name: str) -> str:
    """The field's only value; empty when it is missing."""
    values = fields.get(name, ())
    if len(values) > 1:
        raise WebhookWrong(name)
    return values[0] if values else ""


def default_keyword(body: str, *, toll_free: bool) -> Keyword | None:
    """What Twilio, or the carrier of a toll-free number, does of itself on a text of one word.

    HELP is left out: what they answer to it names no help line, so ours must follow.
    """
    word = body.strip().upper()
    if word in (STOP_WORDS if not toll_free else {"STOP"}):
        return Keyword.STOP
    if word in (START_WORDS if not toll_free else {"START", "UNSTOP"}):
        return Keyword.START
    return None


def _message_id(fields: Fields) -> str:
    ids = {one(fields, name) for name in ("MessageSid", "SmsSid", "SmsMessageSid")} - {""}
    if len(ids) != 1:
        raise WebhookWrong("MessageSid")
    found = ids.pop()
    if not _ID.fullmatch(found):
        raise WebhookWrong("MessageSid")
    return found


def _address(fields: Fields, name: str) -> str:
    """A number, short code or name. `whatsapp:`, `rcs:` and the like are refused: other rules of
    consent, privacy and stopping hold there, and Twilio then asks the fallback URL."""
    value = one(fields, name)
    if not any(kind.fullmatch(value) for kind in (_NUMBER, _SHORT_CODE, _NAME)):
        raise WebhookWrong(name)
    return value


def _body(fields: Fields, *, has_media: bool) -> str:
    if "Body" not in fields and not has_media:
        raise WebhookWrong("Body")
    body = one(fields, "Body")
    if len(body) > LONGEST_BODY:
        raise WebhookWrong("Body")
    return body


def _media_count(fields: Fields) -> int:
    value = one(fields, "NumMedia") or "0"
    if not re.fullmatch(r"\d{1,2}", value, re.ASCII) or int(value) > MOST_MEDIA:
        raise WebhookWrong("NumMedia")
    return int(value)


def _media_type(fields: Fields, name: str) -> str:
    value = one(fields, name).partition(";")[0].strip().lower()
    if not _MEDIA_TYPE.fullmatch(value):
        raise WebhookWrong(name)
    return value


def _keyword(fields: Fields) -> Keyword | None:
    value = one(fields, "OptOutType")
    if not value:
        return None
    try:
        return Keyword(value.lower())
    except ValueError:
        raise WebhookWrong("OptOutType") from None


def _send_id(path: str) -> str:
    values = parse_qs(urlsplit(path).query).get("send", [""])
    if len(values) > 1 or (values[0] and not _SEND_ID.fullmatch(values[0])):
        raise WebhookWrong("send")
    return values[0]
