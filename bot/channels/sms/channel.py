"""The SMS channel as Rasa sees it: its name and its routes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, empty
from sanic.response import raw as raw_response

from bot.channels.sms.files import FileProvider
from bot.channels.sms.post import Post
from bot.channels.sms.provider import (
    Provider,
    ProviderError,
    SignatureInvalid,
    WebhookReply,
    WebhookRequest,
    WebhookWrong,
    read_form,
)
from clinic.errors import DatabaseAway

logger = logging.getLogger(__name__)

_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_LOOK_EVERY = 0.1
_SIGNATURE = "x-twilio-signature"


class SmsChannel(InputChannel):
    """`POST /sms/<provider>` for texts and `/sms/<provider>/status` for what became of ours."""

    def __init__(self, provider: Provider, post: Post) -> None:
        self._provider = provider
        self.post = post

    @property
    def watching_file(self) -> bool:
        """Whether texts come from a file, and not by webhook."""
        return isinstance(self._provider, FileProvider)

    async def watch(self) -> None:
        """Answer the texts that are written into the file. Never ends; nothing without a file."""
        while isinstance(self._provider, FileProvider):
            try:
                await self._look(self._provider)
            except (WebhookWrong, DatabaseAway, OSError) as error:
                logger.warning("a line of the inbox was left out: %s", type(error).__name__)
            await asyncio.sleep(_LOOK_EVERY)

    async def _look(self, provider: FileProvider) -> None:
        for text in provider.arrived():
            if not await self.post.knows(text.id):
                provider.deliver(text, (await self.post.take(text)).texts)

    @classmethod
    def name(cls) -> str:
        """Rasa's name for the channel and its URL prefix."""
        return "sms"

    def blueprint(self, on_new_message: Callable[[Any], Awaitable[Any]]) -> Blueprint:
        """The routes; `on_new_message` is not used, because turns come before Rasa."""
        routes = Blueprint("sms_channel", strict_slashes=False)
        if self.watching_file:
            return routes
        own = f"/{self._provider.name}"

        # Sanic writes attributes on handlers, which methods do not take.
        async def receive(request: Request) -> HTTPResponse:
            return await self._receive(request)

        async def note(request: Request) -> HTTPResponse:
            return await self._note(request)

        routes.add_route(receive, own, methods=["POST"], name="receive_text")
        routes.add_route(note, f"{own}/status", methods=["POST"], name="note_status")
        return routes

    async def _receive(self, request: Request) -> HTTPResponse:
        webhook = None
        try:
            webhook = _as_webhook(request)
            text = self._provider.read_text(webhook)
        except SignatureInvalid as error:
            return _refused(error)
        except WebhookWrong as error:
            # Signed, so a person wrote it: the words are read even where the rest cannot be.
            words = "\n".join(webhook.fields.get("Body", ())) if webhook else ""
            heard = await self.post.overhear(words)
            return _shown(self._provider.answer(heard)) if heard else _refused(error)
        answered = await self.post.take(text)
        if _is_gone(request):
            await self.post.send(text, answered)
        send_ids = self.post.send_ids(text, answered)
        return _shown(self._provider.answer(answered.texts, send_ids=send_ids))

    async def _note(self, request: Request) -> HTTPResponse:
        try:
            status = self._provider.read_status(_as_webhook(request))
        except (SignatureInvalid, WebhookWrong) as error:
            return _refused(error)
        await self.post.note_status(status)
        return empty(status=204, headers=_HEADERS)


def _as_webhook(request: Request) -> WebhookRequest:
    return WebhookRequest(
        path=request.raw_url.decode("ascii", errors="replace"),
        fields=read_form(request.body),
        signature=request.headers.getone(_SIGNATURE, ""),
    )


def _refused(error: ProviderError) -> HTTPResponse:
    logger.warning("a webhook was refused: %s %s", type(error).__name__, error)
    status = 403 if isinstance(error, SignatureInvalid) else 400
    what = f"{type(error).__doc__} {error}".strip()
    reply: HTTPResponse = raw_response(
        what.encode(), status=status, headers=_HEADERS, content_type="text/plain"
    )
    return reply


def _shown(reply: WebhookReply) -> HTTPResponse:
    shown: HTTPResponse = raw_response(
        reply.body.encode(), headers=_HEADERS, content_type=reply.content_type
    )
    return shown


def _is_gone(request: Request) -> bool:
    transport: asyncio.BaseTransport | None = request.transport
    return transport is not None and transport.is_closing()
