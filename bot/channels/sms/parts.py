"""Puts the parts of the SMS channel together."""

from __future__ import annotations

from collections.abc import Sequence

from bot.channels.messages import InboundMessage, OutboundMessage
from bot.channels.pseudonym import NumberPseudonyms
from bot.channels.rates import Rates, allowance
from bot.channels.sms.channel import SmsChannel
from bot.channels.sms.choice import provider_of
from bot.channels.sms.post import Post
from bot.channels.sms.sends import Sends
from bot.channels.sms.store import TextStore
from bot.channels.sms.texting import FORM, Texting
from bot.channels.sms.threads import Threads
from bot.chat import Chat
from clinic.database import Database
from clinic.settings import Settings


def make_sms(settings: Settings, chat: Chat, database: Database) -> SmsChannel | None:
    """The channel of one process; None when SMS is off."""
    provider = provider_of(settings)
    if provider is None:
        return None
    cipher = settings.cipher()
    threads = Threads(database, NumberPseudonyms(settings.number_keys))
    sends = Sends(
        database=database, cipher=cipher, provider=provider, threads=threads, log=chat.log
    )

    async def late(message: InboundMessage, replies: Sequence[OutboundMessage]) -> None:
        await post.send_late(message, replies)

    texting = Texting(
        turns=chat.turns(form=FORM, late=late),
        log=chat.log,
        wording=chat.wording,
        threads=threads,
        rates=Rates(settings.redis_url.reveal()),
        allowance=allowance("texts-of-number", settings.session_limit),
    )
    post = Post(
        texting=texting,
        threads=threads,
        store=TextStore(database, cipher),
        sends=sends,
        wording=chat.wording,
        log=chat.log,
        ready=chat.dialogue.agent.is_ready,
        link=settings.clinic.sms.page,
    )
    return SmsChannel(provider, post)
