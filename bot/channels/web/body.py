"""A request's body: read up to the limit, and every word of a person that stands in it."""

from __future__ import annotations

import asyncio
import json
import math
from dataclasses import dataclass, field
from typing import Any

from sanic.exceptions import SanicException
from sanic.request import Request

from bot.channels.messages import storable
from bot.channels.web.refusals import FieldWrong, Refused, TooLarge

LARGEST_BODY = 65_536
"""Bytes. Of a longer body the beginning and the end are assessed, and it is refused."""
_END_OF_LARGER = 16_384
"""Bytes at the end of a body beyond the limit: what people say last is often why they write."""
BODY_LIMIT = 10.0
"""Seconds in which a body must have come."""
_NO_WORDS = frozenset(
    {"message_id", "request_id", "reply_id", "session", "language", "region", "choice"}
)


class NotRead(Refused):
    """A body that broke off, or came too slowly."""


@dataclass(frozen=True, kw_only=True)
class Body:
    """What was sent. `problem` is why it cannot be used; its words are read all the same."""

    text: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    is_object: bool = False
    """False for a body that is no JSON: its text is then read as a person's words."""
    problem: Refused | None = None

    def words(self) -> str:
        """Everything in it that a person may have written."""
        return "\n".join(_words(self.values)) if self.is_object else self.text

    def required(self, name: str, *, most: int) -> str:
        """A text that must be there; FieldWrong otherwise."""
        value = self.optional(name, most=most)
        if not value.strip():
            raise FieldWrong(name)
        return value

    def optional(self, name: str, *, most: int) -> str:
        """A text that may be missing; FieldWrong when it is something else, or too long."""
        value = self.values.get(name)
        if value is None:
            return ""
        if not isinstance(value, str) or len(value) > most:
            raise FieldWrong(name)
        return storable(value)

    def flag(self, name: str) -> bool:
        """A true or false; FieldWrong otherwise."""
        value = self.values.get(name)
        if not isinstance(value, bool):
            raise FieldWrong(name)
        return value


async def read_body(request: Request) -> Body:
    """The body, never more than the limit of it. Never raises."""
    kept = _Kept()
    problem: Refused | None = None
    try:
        await asyncio.wait_for(_fill(request, kept), BODY_LIMIT)
    except (TimeoutError, SanicException, TooLarge):
        problem = NotRead()
        _hang_up(request)
    if kept.end:
        problem = TooLarge()
    text = kept.text()
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        if text and "json" in request.headers.getone("content-type", ""):
            problem = problem or FieldWrong("body")
        return Body(text=text, problem=problem)
    if not isinstance(value, dict):
        return Body(text=text, problem=problem or FieldWrong("body"))
    return Body(text=text, values=value, is_object=True, problem=problem)


class _Kept:
    """What is kept of a body while it comes: the beginning, and the end of a larger one."""

    def __init__(self) -> None:
        self.size = 0
        self.end = bytearray()
        self._beginning = bytearray()
        self._gap = b""

    def add(self, chunk: bytes) -> None:
        """Take the next bytes."""
        self.size += len(chunk)
        room = LARGEST_BODY - len(self._beginning)
        self._beginning += chunk[:room]
        self.end += chunk[room:]
        if len(self.end) > 2 * _END_OF_LARGER:
            del self.end[:-_END_OF_LARGER]
            self._gap = b"\n"

    def text(self) -> str:
        """Both, one after the other."""
        return (self._beginning + self._gap + self.end).decode("utf-8", errors="replace")


async def _fill(request: Request, kept: _Kept) -> None:
    if request.stream is None:
        return
    # Sanic reads nothing of a body that says it is larger: here the beginning is wanted.
    request.stream.request_max_size = math.inf
    while (chunk := await request.stream.read()) is not None:
        kept.add(chunk)
        if kept.size > request.app.config.REQUEST_MAX_SIZE:
            raise TooLarge


def _hang_up(request: Request) -> None:
    """Close the connection after the answer, instead of waiting for the rest of the body."""
    if request.stream is not None:
        request.stream.keep_alive = False
        request.stream.request_body = None


def _words(value: Any, *, depth: int = 0) -> list[str]:
    if isinstance(value, str):
        return [value]
    if depth > 20:
        return [json.dumps(value, ensure_ascii=False)]
    if isinstance(value, dict):
        return [
            text
            for key, each in value.items()
            if key not in _NO_WORDS
            for text in _words(each, depth=depth + 1)
        ]
    if isinstance(value, list):
        return [text for each in value for text in _words(each, depth=depth + 1)]
    return []
