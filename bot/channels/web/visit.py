"""One request to the web channel, with what is known of who sends it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sanic.request import Request

from bot.channels.messages import InboundMessage
from bot.channels.sessions import SessionInvalid, Sessions
from bot.channels.web.body import Body
from bot.channels.web.refusals import SessionRefused
from safety.texts import LANGUAGES

CHANNEL = "web"


@dataclass(kw_only=True)
class Visit:
    """What a handler gets. `body` is empty for requests that have none."""

    request: Request
    client: str
    """Pseudonym of the client's address."""
    sessions: Sessions
    body: Body = field(default_factory=Body)
    received_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    heard: bool = False
    """True once the words in it were assessed."""
    replies: list[dict[str, Any]] = field(default_factory=list)
    """Safety replies to those words, where they were a crisis outside a turn."""

    @property
    def origin(self) -> str | None:
        """The page that calls; None for callers that are no page."""
        return self.request.headers.getone("origin", None)

    @property
    def language(self) -> str:
        """The language that the person's page is in, where we speak it; English otherwise."""
        asked = self.request.args.get("language") or self.request.headers.getone(
            "accept-language", ""
        )
        wanted = str(asked)[:2].lower()
        return wanted if wanted in LANGUAGES else "en"

    def conversation_id(self) -> str:
        """The conversation that the session opens; SessionRefused without a good one."""
        try:
            return self.sessions.conversation_id(self.request.token)
        except SessionInvalid:
            raise SessionRefused from None

    def aside(self, text: str) -> tuple[InboundMessage, bool]:
        """Words that are no message of a conversation, and whether they are stray: without any
        conversation behind them. Words of one client on one day belong together."""
        known = self.sessions.conversation_behind(self.request.token)
        digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:24]
        message = InboundMessage(
            conversation_id=known or f"stray-{self.client}-{self.received_at:%Y%m%d}",
            message_id=f"aside-{digest}",
            text=text,
            channel=CHANNEL,
            received_at=self.received_at,
        )
        return message, not known
