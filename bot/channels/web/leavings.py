"""What a visitor can leave or take: ratings, requests for a call, region, transcript, erasure."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from sanic.response import HTTPResponse, text
from sanic.response import json as json_response

from bot.channels.web.config import LONGEST_REASON, help_of
from bot.channels.web.guard import Guard
from bot.channels.web.parts import Parts
from bot.channels.web.refusals import Away, FieldWrong, ReplyUnknown
from bot.channels.web.shown import Shown, number_of
from bot.channels.web.talk import FORM
from bot.channels.web.transcript import transcript
from bot.channels.web.visit import CHANNEL, Visit
from bot.erasure import erase_conversation
from clinic.errors import DatabaseAway
from safety.alert import Queue
from safety.assessment import Category
from visitors.callbacks import add_callback
from visitors.contact import LONGEST, Contact, check_contact
from visitors.errors import DetailWrong
from visitors.feedback import Rating, save_rating

_REQUEST_ID = re.compile(r"[A-Za-z0-9._:~-]{1,100}")


class Leavings:
    """Handlers. Every word in them is assessed before it is checked or stored."""

    def __init__(self, parts: Parts, guard: Guard) -> None:
        self._parts = parts
        self._guard = guard

    async def rate(self, visit: Visit) -> HTTPResponse:
        """`POST /web/feedback`"""
        conversation_id = visit.conversation_id()
        await self._parts.require(self._parts.ratings, conversation_id)
        replies = await self._guard.hear(visit)
        reply = await self._rated(conversation_id, visit.body.required("reply_id", most=100))
        rating = Rating(
            conversation_id=conversation_id,
            reply_id=reply.id,
            channel=CHANNEL,
            outcome=str(reply.content.get("outcome")),
            topic=reply.content.get("topic"),
            revision=reply.content.get("revision"),
            helpful=visit.body.flag("helpful"),
            reason=visit.body.optional("reason", most=LONGEST_REASON),
            created_at=visit.received_at,
        )
        await self._parts.write(lambda session: save_rating(session, rating, self._parts.cipher))
        return self._said(visit, "web.thanks", replies)

    async def _rated(self, conversation_id: str, reply_id: str) -> Shown:
        try:
            reply = await self._parts.history.find(conversation_id, number_of(reply_id))
        except ValueError:
            raise ReplyUnknown from None
        except DatabaseAway:
            raise Away from None
        if reply is None or not reply.may_be_rated:
            raise ReplyUnknown
        return reply

    async def ask_for_call(self, visit: Visit) -> HTTPResponse:
        """`POST /web/callbacks`"""
        conversation_id = visit.conversation_id()
        await self._parts.require(self._parts.callbacks_of_session, conversation_id)
        await self._parts.require(self._parts.callbacks_of_client, visit.client)
        replies = await self._guard.hear(visit)
        request_id = visit.body.required("request_id", most=100)
        if not _REQUEST_ID.fullmatch(request_id):
            raise FieldWrong("request_id")
        contact = self._contact(visit)
        if visit.body.values.get("consent") is not True:
            raise FieldWrong("consent")
        queue = await self._queue(conversation_id)
        await self._parts.write(
            lambda session: add_callback(
                session,
                contact,
                conversation_id=conversation_id,
                request_id=request_id,
                queue=queue,
                cipher=self._parts.cipher,
                now=visit.received_at,
            )
        )
        return self._said(visit, "web.callback.saved", replies, status=201)

    def _contact(self, visit: Visit) -> Contact:
        body = visit.body
        given = Contact(
            **{part: body.optional(part, most=most) for part, most in LONGEST.items()},
            safe_to_call=body.flag("safe_to_call"),
            voicemail=body.flag("voicemail"),
        )
        try:
            return check_contact(given, region=self._parts.settings.clinic.region)
        except DetailWrong as error:
            raise FieldWrong(error.part) from None

    async def _queue(self, conversation_id: str) -> Queue:
        """Who has reported the clinic's own staff is not called by them."""
        state = await self._parts.chat.log.state_of(conversation_id)
        return Queue.MISCONDUCT if state.category is Category.MISCONDUCT else Queue.CLINICAL

    async def move(self, visit: Visit) -> HTTPResponse:
        """`POST /web/region`"""
        conversation_id = visit.conversation_id()
        code = visit.body.required("region", most=10)
        if code not in self._parts.wording.regions:
            raise FieldWrong("region")
        await self._parts.talk.turns.move(conversation_id, code)
        region = self._parts.wording.in_region(code).region
        return json_response({"region": code, "help": help_of(region, visit.language)})

    async def download(self, visit: Visit) -> HTTPResponse:
        """`GET /web/transcript`"""
        conversation_id = visit.conversation_id()
        try:
            shown = await self._parts.history.since(conversation_id)
        except DatabaseAway:
            raise Away from None
        state = await self._parts.chat.log.state_of(conversation_id)
        wording = self._parts.wording.in_region(state.region)
        page = transcript(shown, wording, language=visit.language, at=visit.received_at)
        name = f"chat-{visit.received_at:%Y-%m-%d}.txt"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return text(page, headers=headers)

    async def erase(self, visit: Visit) -> HTTPResponse:
        """`DELETE /web/conversation`"""
        conversation_id = visit.conversation_id()
        left = await self._parts.chat.dialogue.settle(conversation_id)
        await self._forget(conversation_id, visit.received_at)
        for late in left:
            # A turn that still runs would write what was just erased.
            late.add_done_callback(
                lambda _: self._parts.talk.later(self._forget(conversation_id, visit.received_at))
            )
        return self._said(visit, "web.erased", [])

    async def _forget(self, conversation_id: str, at: datetime) -> None:
        await self._parts.write(lambda session: erase_conversation(session, conversation_id, at))
        self._parts.history.drop(conversation_id)
        self._parts.chat.store.drop(conversation_id)
        self._parts.talk.turns.drop(conversation_id)

    def _said(
        self, visit: Visit, text_id: str, replies: list[dict[str, Any]], *, status: int = 200
    ) -> HTTPResponse:
        said = self._parts.wording.fixed(text_id, form=FORM, language=visit.language)
        return json_response({"text": said.text, "replies": replies}, status=status)
