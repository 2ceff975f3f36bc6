"""What the channel needs of a company that carries texts, whoever it is."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qs

LONGEST_FORM = 65_536
"""Bytes of a webhook's body; the longest text with ten pictures takes a tenth."""
MOST_FIELDS = 200


class ProviderError(Exception):
    """Base of everything that goes wrong between a provider and us."""


class SignatureInvalid(ProviderError):
    """The request was not signed with our account's token for our public address."""


class WebhookWrong(ProviderError):
    """A signed request lacks a field, or holds one that cannot be read: the argument names it."""


class SendRefused(ProviderError):
    """The provider will not send this text, however often it is asked. `code` is the provider's."""

    def __init__(self, code: int, *, opted_out: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.opted_out = opted_out
        """True when the person told the carrier to stop our texts."""


class SendLater(ProviderError):
    """The provider is busy or away: try again after so many seconds."""

    def __init__(self, after: float) -> None:
        super().__init__(after)
        self.after = after


class Keyword(enum.StrEnum):
    """A word that the carrier or provider has acted on before we saw the text.

    After STOP it takes no text of ours to this person, not even an answer to the webhook.
    """

    STOP = "stop"
    START = "start"
    HELP = "help"


@dataclass(frozen=True, kw_only=True)
class WebhookRequest:
    """An HTTP request as a provider needs it to tell who sends it."""

    path: str
    """Path and query as they were asked for, such as `/sms/twilio?x=1`: never decoded, for the
    signature is of this spelling."""
    fields: Mapping[str, Sequence[str]]
    """Form fields, each with all of its values; empty ones too, for they are signed as well."""
    signature: str = ""


def read_form(body: bytes) -> dict[str, list[str]]:
    """Fields of a form-encoded body, with those that are empty; WebhookWrong when it is none.

    Sanic's own `request.form` drops empty fields, which breaks the signature.
    """
    if len(body) > LONGEST_FORM:
        raise WebhookWrong("body")
    try:
        return parse_qs(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise WebhookWrong("body") from None


@dataclass(frozen=True, kw_only=True)
class InboundText:
    """One text of a person."""

    id: str
    """The provider's id; the same for every delivery of this text. At most 100 characters."""
    sender: str
    """E.164 number such as +15555550100; a short code or a name where no person sent it."""
    recipient: str
    body: str
    """Every word in it; empty when it holds pictures alone."""
    media: tuple[str, ...] = ()
    """Content types of pictures, sounds and other attachments."""
    keyword: Keyword | None = None
    """Set when the provider has answered this text already."""


@dataclass(frozen=True, kw_only=True)
class DeliveryStatus:
    """What became of a text of ours."""

    id: str = ""
    """The provider's id of it."""
    send_id: str
    """As it was given to `send` or `answer`; empty for a text that was sent without one."""
    status: str
    """The provider's word: queued, sent, delivered, undelivered, failed."""
    error_code: int = 0

    @property
    def has_failed(self) -> bool:
        """Whether the text did not reach the phone."""
        return self.status in ("undelivered", "failed")


@dataclass(frozen=True, kw_only=True)
class WebhookReply:
    """Body and type of the answer to a webhook."""

    body: str
    content_type: str


class Provider(Protocol):
    """Translates; knows nothing of conversations."""

    name: str

    def read_text(self, request: WebhookRequest) -> InboundText:
        """A text of a person; SignatureInvalid or WebhookWrong otherwise."""
        ...

    def read_status(self, request: WebhookRequest) -> DeliveryStatus:
        """What became of a text; SignatureInvalid or WebhookWrong otherwise."""
        ...

    def answer(self, texts: Sequence[str], *, send_ids: Sequence[str] = ()) -> WebhookReply:
        """The texts as an answer to the webhook itself; none for an empty answer.

        With as many `send_ids` as texts, the provider tells what becomes of each, if it can.
        """
        ...

    async def send(self, number: str, text: str, *, send_id: str) -> str:
        """Send one text outside a webhook and return the provider's id of it.

        Raises SendRefused for good, SendLater for now. May deliver the same `send_id` twice when
        the connection breaks.
        """
        ...
