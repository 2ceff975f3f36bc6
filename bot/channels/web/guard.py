"""Stands before every handler: origin, body, rate, and what a refusal must do for the person.

A refused request is read for a crisis all the same, and every refusal carries the help line.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any
from weakref import WeakValueDictionary

from sanic.request import Request
from sanic.response import HTTPResponse, empty
from sanic.response import json as json_response

from bot.channels.messages import InboundMessage
from bot.channels.web.body import read_body
from bot.channels.web.parts import Parts
from bot.channels.web.refusals import Busy, FieldWrong, OriginForeign, Refused
from bot.channels.web.shown import Shown
from bot.channels.web.talk import FORM
from bot.channels.web.visit import Visit

logger = logging.getLogger(__name__)

Handler = Callable[[Visit], Awaitable[HTTPResponse | None]]
NO_STORE = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Referrer-Policy": "no-referrer",
    "Vary": "Origin",
    "X-Content-Type-Options": "nosniff",
}
_PREFLIGHT_AGE = "600"
_MOST_HARMLESS = 10_000


class Guard:
    """Wraps handlers."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        settings = parts.settings
        self._origins = frozenset(settings.clinic.allowed_origins) | settings.own_origins
        self._lines: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._harmless: OrderedDict[str, None] = OrderedDict()

    def wrap(self, handler: Handler) -> Callable[[Request], Awaitable[HTTPResponse | None]]:
        """The handler behind every check."""

        async def guarded(request: Request) -> HTTPResponse | None:
            visit = Visit(
                request=request,
                client=self._parts.pseudonyms.of(request),
                sessions=self._parts.sessions,
            )
            try:
                if request.method == "OPTIONS":
                    return self._preflight(visit)
                await self._check(visit)
                answer = await handler(visit)
            except Refused as refused:
                answer = await self._refuse(visit, refused)
            if answer is not None:
                answer.headers.update(self.headers(visit))
            return answer

        guarded.__name__ = getattr(handler, "__name__", "handler").lstrip("_")
        return guarded

    def headers(self, visit: Visit) -> dict[str, str]:
        """Headers of every answer; those that let a page read it for allowed pages only."""
        if visit.origin is None or visit.origin not in self._origins:
            return NO_STORE
        return {
            **NO_STORE,
            "Access-Control-Allow-Origin": visit.origin,
            "Access-Control-Expose-Headers": "Retry-After, Content-Disposition",
        }

    async def _check(self, visit: Visit) -> None:
        if visit.request.method in ("POST", "DELETE"):
            visit.body = await read_body(visit.request)
        if visit.origin is not None and visit.origin not in self._origins:
            raise OriginForeign
        await self._parts.require(self._parts.requests, visit.client)
        if visit.body.problem is not None:
            raise visit.body.problem

    def _preflight(self, visit: Visit) -> HTTPResponse:
        if visit.origin not in self._origins:
            raise OriginForeign
        answer: HTTPResponse = empty(headers=self.headers(visit))
        answer.headers.update(
            {
                "Access-Control-Allow-Methods": "GET, POST, DELETE",
                "Access-Control-Allow-Headers": "Authorization, Content-Type, Accept-Language",
                "Access-Control-Max-Age": _PREFLIGHT_AGE,
            }
        )
        return answer

    async def _refuse(self, visit: Visit, refused: Refused) -> HTTPResponse:
        await self.hear(visit, hurried=refused.hurried)
        wording = self._parts.wording
        if not refused.hurried and (
            known := visit.sessions.conversation_behind(visit.request.token)
        ):
            wording = wording.in_region((await self._parts.chat.log.state_of(known)).region)
        body: dict[str, Any] = {
            "error": refused.code,
            "what": wording.fixed(refused.text_id, form=FORM, language=visit.language).text,
            "help": wording.fixed("help.line", form=FORM, language=visit.language).text,
        }
        if visit.replies:
            body["replies"] = visit.replies
        if isinstance(refused, FieldWrong):
            body["field"] = refused.field
        answer: HTTPResponse = json_response(body, status=refused.status)
        if isinstance(refused, Busy):
            answer.headers["Retry-After"] = str(refused.retry_after)
        return answer

    async def hear(self, visit: Visit, *, hurried: bool = False) -> list[dict[str, Any]]:
        """Safety replies to whatever a person wrote in this request, or nothing. Once for each."""
        text = visit.body.words()
        if not visit.heard and text.strip():
            visit.heard = True
            message, stray = visit.aside(text)
            shown = await self._overhear(visit, message, hurried=hurried, stray=stray)
            visit.replies = self._parts.talk.as_json(message.conversation_id, shown)
        return visit.replies

    async def hear_message(self, visit: Visit, message: InboundMessage) -> tuple[Shown, ...]:
        """The same for a message that is beyond the allowance: by the rules alone."""
        visit.heard = True
        return await self._overhear(visit, message, hurried=True, as_message=True)

    async def _overhear(
        self, visit: Visit, message: InboundMessage, *, hurried: bool, stray: bool = False,
        as_message: bool = False,
    ) -> tuple[Shown, ...]:  # fmt: skip
        digest = hashlib.sha256(message.text.encode("utf-8", "replace")).hexdigest()
        if hurried and digest in self._harmless:
            return ()
        # One at a time for each sender: a flood queues behind itself and not before others.
        line = visit.client if stray else message.conversation_id
        async with self._lines.setdefault(line, asyncio.Lock()):
            shown = await self._parts.talk.overhear(
                message, hurried=hurried, stray=stray, as_message=as_message
            )
        if hurried and not shown:
            self._note_harmless(digest)
        return shown

    def _note_harmless(self, digest: str) -> None:
        self._harmless[digest] = None
        if len(self._harmless) > _MOST_HARMLESS:
            self._harmless.popitem(last=False)
