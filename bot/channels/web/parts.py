"""What the handlers of the web channel share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from cryptography.fernet import MultiFernet
from sqlalchemy.orm import Session

from bot.channels.rates import Allowance, Rates, allowance
from bot.channels.sessions import Sessions
from bot.channels.web.address import Pseudonyms
from bot.channels.web.choices import Choices
from bot.channels.web.history import History
from bot.channels.web.refusals import Away, Busy
from bot.channels.web.talk import Talk
from bot.channels.wording import Wording
from bot.chat import Chat
from clinic.database import Database
from clinic.errors import DatabaseAway
from clinic.settings import Settings

Result = TypeVar("Result")

_REQUESTS_EACH = 5
"""Requests of any kind for each message that a client may send: polling, events, ratings."""
_WRITE_LIMIT = 2.0


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Put together once in a process."""

    settings: Settings
    chat: Chat
    database: Database
    cipher: MultiFernet
    sessions: Sessions
    choices: Choices
    history: History
    pseudonyms: Pseudonyms
    rates: Rates
    talk: Talk
    requests: Allowance
    messages_of_client: Allowance
    messages_of_session: Allowance
    callbacks_of_client: Allowance
    callbacks_of_session: Allowance
    ratings: Allowance

    @property
    def wording(self) -> Wording:
        """The scripted texts in the clinic's region."""
        return self.chat.wording

    async def require(self, allowed: Allowance, key: str) -> None:
        """Count one request; Busy says after how many seconds the next one may come."""
        wait = await self.rates.count(allowed, key)
        if wait:
            raise Busy(wait)

    async def write(self, work: Callable[[Session], Result]) -> Result:
        """Store what a visitor leaves; Away when the database does not take it."""
        try:
            return await self.database.write(work, limit=_WRITE_LIMIT, urgent=True)
        except DatabaseAway:
            raise Away from None


def make_parts(settings: Settings, chat: Chat, database: Database) -> Parts:
    """Everything that the channel needs, from the settings."""
    cipher = settings.cipher()
    history = History(database, cipher)
    choices = Choices(settings.signing_key)
    client = allowance("messages-client", settings.client_limit)
    requests = tuple(
        type(limit)(limit.amount * _REQUESTS_EACH, limit.multiples) for limit in client.limits
    )
    return Parts(
        settings=settings,
        chat=chat,
        database=database,
        cipher=cipher,
        sessions=Sessions(settings.signing_key),
        choices=choices,
        history=history,
        pseudonyms=Pseudonyms(settings.signing_key),
        rates=Rates(settings.redis_url.reveal()),
        talk=Talk(chat=chat, history=history, choices=choices),
        requests=Allowance(name="requests", limits=requests),
        messages_of_client=client,
        messages_of_session=allowance("messages-session", settings.session_limit),
        callbacks_of_client=allowance("callbacks-client", "20/hour"),
        callbacks_of_session=allowance("callbacks-session", "5/hour"),
        ratings=allowance("ratings", "60/minute"),
    )
