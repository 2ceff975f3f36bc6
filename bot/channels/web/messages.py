"""Sessions, messages, history and events."""

from __future__ import annotations

import re
import secrets
from typing import Any

from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot.channels.messages import InboundMessage, storable
from bot.channels.web.choices import ChoiceInvalid
from bot.channels.web.config import config
from bot.channels.web.description import description
from bot.channels.web.events import as_event, stream
from bot.channels.web.guard import Guard
from bot.channels.web.parts import Parts
from bot.channels.web.refusals import (
    Away,
    Busy,
    ChoiceRefused,
    FieldWrong,
    MessageIdWrong,
    TextWrong,
)
from bot.channels.web.shown import Shown, number_of
from bot.channels.web.talk import FORM
from bot.channels.web.visit import CHANNEL, Visit
from clinic.errors import DatabaseAway

_MESSAGE_ID = re.compile(r"[A-Za-z0-9._:~-]{1,100}")
_LONGEST_CHOICE = 2_000


class Messages:
    """Handlers of what is said."""

    def __init__(self, parts: Parts, guard: Guard) -> None:
        self._parts = parts
        self._guard = guard

    async def show_config(self, visit: Visit) -> HTTPResponse:
        """`GET /web/config`"""
        body = config(
            self._parts.settings,
            self._parts.wording,
            language=visit.request.args.get("language", visit.language),
            region=visit.request.args.get("region", ""),
        )
        return json_response(body)

    async def describe(self, visit: Visit) -> HTTPResponse:
        """`GET /web/openapi.json`"""
        return json_response(description())

    async def issue_session(self, visit: Visit) -> HTTPResponse:
        """`POST /web/sessions`"""
        region = visit.body.optional("region", most=10)
        if region and region not in self._parts.wording.regions:
            raise FieldWrong("region")
        language = visit.body.optional("language", most=10) or visit.language
        await self._parts.require(self._parts.messages_of_client, visit.client)
        token = self._parts.sessions.issue()
        if region and region != self._parts.wording.region.code:
            conversation_id = self._parts.sessions.conversation_id(token)
            await self._parts.talk.turns.move(conversation_id, region)
        wording = self._parts.wording.in_region(region)
        notice = wording.fixed("notice.automated", form=FORM, language=language)
        body = {
            "session": token,
            "expires_at": self._parts.sessions.expires_at(token).isoformat(),
            "notice": notice.text,
        }
        return json_response(body, status=201)

    async def send(self, visit: Visit) -> HTTPResponse:
        """`POST /web/messages`"""
        conversation_id = visit.conversation_id()
        message = self._message(visit, conversation_id)
        try:
            await self._parts.require(self._parts.messages_of_session, conversation_id)
            await self._parts.require(self._parts.messages_of_client, visit.client)
        except Busy:
            # Beyond the allowance only a crisis is answered.
            shown = await self._guard.hear_message(visit, message)
            if not shown:
                raise
            return self._answer(message, shown)
        visit.heard = True
        shown = await self._parts.talk.say(message)
        if visit.request.transport is not None and visit.request.transport.is_closing():
            await self._parts.talk.report_lost(message, shown)
        return self._answer(message, shown)

    def _answer(self, message: InboundMessage, shown: tuple[Shown, ...]) -> HTTPResponse:
        replies = self._parts.talk.as_json(message.conversation_id, shown)
        return json_response({"message_id": message.message_id, "replies": replies})

    def _message(self, visit: Visit, conversation_id: str) -> InboundMessage:
        values: dict[str, Any] = visit.body.values
        text = values.get("text") if visit.body.is_object else visit.body.text
        if values.get("choice") is not None:
            text = self._chosen(conversation_id, values["choice"])
        if not isinstance(text, str) or not (visit.body.is_object or text.strip()):
            raise TextWrong
        message_id = values.get("message_id") or secrets.token_urlsafe(12)
        if not isinstance(message_id, str) or not _MESSAGE_ID.fullmatch(message_id):
            raise MessageIdWrong
        return InboundMessage(
            conversation_id=conversation_id,
            message_id=message_id,
            text=storable(text),
            channel=CHANNEL,
            received_at=visit.received_at,
        )

    def _chosen(self, conversation_id: str, payload: Any) -> str:
        if not isinstance(payload, str) or len(payload) > _LONGEST_CHOICE:
            raise ChoiceRefused
        try:
            return self._parts.choices.read(conversation_id, payload)
        except ChoiceInvalid:
            raise ChoiceRefused from None

    async def read(self, visit: Visit) -> HTTPResponse:
        """`GET /web/messages`"""
        conversation_id = visit.conversation_id()
        after = _after(visit)
        await self._parts.chat.dialogue.settle(conversation_id)
        try:
            shown = await self._parts.history.since(conversation_id, after)
        except DatabaseAway:
            raise Away from None
        state = await self._parts.chat.log.state_of(conversation_id)
        messages = self._parts.talk.as_json(conversation_id, shown)
        return json_response({"messages": messages, "safety_mode": state.in_safety_mode})

    async def listen(self, visit: Visit) -> None:
        """`GET /web/events`"""
        conversation_id = visit.conversation_id()
        place = _after(visit)
        told: bool | None = None

        async def look() -> list[str]:
            nonlocal place, told
            try:
                shown = await self._parts.history.since(conversation_id, place)
            except DatabaseAway:
                shown = []
            found = [
                as_event("message", each)
                for each in self._parts.talk.as_json(conversation_id, shown)
            ]
            place = shown[-1].number if shown else place
            state = await self._parts.chat.log.state_of(conversation_id)
            if state.in_safety_mode is not told:
                told = state.in_safety_mode
                found.append(as_event("state", {"safety_mode": told}))
            return found

        listeners = self._parts.talk.listeners
        with listeners.listening(conversation_id, visit.client) as event:
            if event is None:
                raise Busy(5)
            response = await visit.request.respond(
                headers={**self._guard.headers(visit), "X-Accel-Buffering": "no"},
                content_type="text/event-stream; charset=utf-8",
            )
            async for text in stream(event, look, closing=lambda: listeners.closing):
                await response.send(text)
            await response.eof()


def _after(visit: Visit) -> int:
    given = visit.request.args.get("after") or visit.request.headers.getone("last-event-id", "")
    try:
        return number_of(given) if given else 0
    except ValueError:
        raise FieldWrong("after") from None
