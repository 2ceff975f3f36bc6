"""The web channel: issue a session, send a message, read the history. JSON over HTTP."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from rasa.core.channels.channel import InputChannel
from rasa.shared.core.events import Event, UserUttered
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot.channels.dialogue import Dialogue
from bot.channels.messages import InboundMessage, OutboundMessage
from bot.channels.sessions import SessionInvalid, Sessions
from bot.channels.turn import TurnTaker
from bot.channels.wording import Wording
from safety.escalations import EscalationLog

FORM = "web"
_NO_STORE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_LONGEST_ID = 100


class WebChannel(InputChannel):
    """Routes under `/web`. Everything that can fail answers with the help line in it."""

    def __init__(
        self,
        *,
        turns: TurnTaker,
        dialogue: Dialogue,
        sessions: Sessions,
        wording: Wording,
        log: EscalationLog,
        origins: frozenset[str],
    ) -> None:
        self._turns = turns
        self._dialogue = dialogue
        self._sessions = sessions
        self._wording = wording
        self._log = log
        self._reports: set[asyncio.Future[None]] = set()
        self._origins = origins

    @classmethod
    def name(cls) -> str:
        """Rasa's name for the channel and its URL prefix."""
        return "web"

    def blueprint(self, on_new_message: Callable[[Any], Awaitable[Any]]) -> Blueprint:
        """The routes; `on_new_message` is not used, because turns come before Rasa."""
        routes = Blueprint("web_channel", strict_slashes=False)
        routes.add_route(self._guarded(self._issue), "/sessions", methods=["POST"])
        routes.add_route(self._guarded(self._send), "/messages", methods=["POST"])
        routes.add_route(self._guarded(self._read), "/messages", methods=["GET"])
        return routes

    def _guarded(
        self, handler: Callable[[Request], Awaitable[HTTPResponse]]
    ) -> Callable[[Request], Awaitable[HTTPResponse]]:
        async def guarded(request: Request) -> HTTPResponse:
            origin = request.headers.get("origin")
            if origin is not None and origin not in self._origins:
                return self._refusal(403, "origin", "add this origin to clinic.yml")
            try:
                return await handler(request)
            except SessionInvalid as error:
                return self._refusal(401, "session", str(error.__doc__))

        guarded.__name__ = handler.__name__.lstrip("_")
        return guarded

    async def _issue(self, request: Request) -> HTTPResponse:
        notice = self._wording.fixed("notice.automated", form=FORM)
        body = {"session": self._sessions.issue(), "notice": notice.text}
        return json_response(body, status=201, headers=_NO_STORE)

    async def _send(self, request: Request) -> HTTPResponse:
        conversation_id = self._sessions.conversation_id(request.token)
        body = _object(request.body)
        text = body.get("text")
        if not isinstance(text, str):
            return self._refusal(400, "text", "send JSON with a `text`")
        message_id = body.get("message_id") or secrets.token_urlsafe(12)
        if not isinstance(message_id, str) or len(message_id) > _LONGEST_ID:
            return self._refusal(400, "message_id", "send a `message_id` of up to 100 characters")
        message = InboundMessage(
            conversation_id=conversation_id,
            message_id=message_id,
            text=text,
            channel=self.name(),
            received_at=datetime.now(UTC),
        )
        replies = await self._taken(message, request)
        found = {"message_id": message_id, "replies": [reply.as_dict() for reply in replies]}
        return json_response(found, headers=_NO_STORE)

    async def _taken(
        self, message: InboundMessage, request: Request
    ) -> tuple[OutboundMessage, ...]:
        """The turn's replies. When the person is gone before they could have a crisis reply, staff
        are told."""
        turn = asyncio.ensure_future(self._turns.take(message))
        try:
            replies = await asyncio.shield(turn)
        except asyncio.CancelledError:
            report = asyncio.ensure_future(self._report_lost(message, turn))
            self._reports.add(report)
            report.add_done_callback(self._reports.discard)
            raise
        if request.transport is not None and request.transport.is_closing():
            await self._report_lost(message, turn)
        return replies

    async def _report_lost(
        self, message: InboundMessage, turn: asyncio.Future[tuple[OutboundMessage, ...]]
    ) -> None:
        if any(reply.outcome == "crisis" for reply in await turn):
            await self._log.report_undelivered(message.conversation_id, message.message_id)

    async def _read(self, request: Request) -> HTTPResponse:
        conversation_id = self._sessions.conversation_id(request.token)
        events = await self._dialogue.history(conversation_id)
        body = {"messages": [self._shown(event) for event in events]}
        return json_response(body, headers=_NO_STORE)

    def _shown(self, event: Event) -> dict[str, Any]:
        at = datetime.fromtimestamp(event.timestamp, UTC).isoformat()
        if isinstance(event, UserUttered):
            said = {"from": "person", "text": event.text, "message_id": event.message_id}
            return {**said, "at": at}
        payload = (event.as_dict().get("data") or {}).get("custom") or {}
        text = payload.get("text") or payload.get(FORM) or ""
        filled = self._wording.filled(OutboundMessage(outcome="other", text=text), form=FORM).text
        kept = {key: payload.get(key) for key in ("outcome", "topic", "sources", "choices")}
        return {"from": "assistant", "text": filled, **kept, "at": at}

    def _refusal(self, status: int, error: str, what: str) -> HTTPResponse:
        help_line = self._wording.fixed("help.line", form=FORM).text
        body = {"error": error, "what": what, "help": help_line}
        return json_response(body, status=status, headers=_NO_STORE)


def _object(raw: bytes) -> dict[str, Any]:
    """The JSON object of a body. A body that is not JSON is read as the text itself."""
    text = raw.decode("utf-8", errors="replace")
    try:
        value = json.loads(text)
    except ValueError:
        return {"text": text} if text.strip() else {}
    return value if isinstance(value, dict) else {}
