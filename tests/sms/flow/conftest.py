from __future__ import annotations

from bot import without_tensorflow

without_tensorflow.install()

from collections.abc import AsyncIterator, Callable  # noqa: E402
from datetime import UTC, datetime, timedelta  # noqa: E402

import pytest  # noqa: E402
from rasa.utils.endpoints import EndpointConfig  # noqa: E402

from bot.channels.pseudonym import NumberPseudonyms  # noqa: E402
from bot.channels.rates import Rates, allowance  # noqa: E402
from bot.channels.sms.post import Post  # noqa: E402
from bot.channels.sms.provider import InboundText, WebhookReply  # noqa: E402
from bot.channels.sms.sends import Sends  # noqa: E402
from bot.channels.sms.store import TextStore  # noqa: E402
from bot.channels.sms.texting import FORM, Texting  # noqa: E402
from bot.channels.sms.threads import Threads  # noqa: E402
from bot.chat import Chat, make_chat  # noqa: E402
from clinic.database import Database  # noqa: E402
from clinic.settings import Settings  # noqa: E402

NUMBER = "+14155550100"


class Carrier:
    """A provider that keeps what it is given; `trouble` is raised by the next sends, in order."""

    name = "carrier"

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str]] = []
        self.trouble: list[Exception] = []

    def answer(self, texts: tuple[str, ...]) -> WebhookReply:
        return WebhookReply(body="\n".join(texts), content_type="text/plain")

    async def send(self, number: str, text: str, *, send_id: str) -> str:
        if self.trouble:
            raise self.trouble.pop(0)
        self.sent.append((number, text, send_id))
        return f"SM{len(self.sent)}"


@pytest.fixture
def clock() -> datetime:
    return datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def carrier() -> Carrier:
    return Carrier()


@pytest.fixture
async def chat(settings: Settings, database: Database) -> AsyncIterator[Chat]:
    """Everything but a model: ordinary questions get the apology, safety is whole."""
    made = make_chat(settings, database, EndpointConfig(url="http://127.0.0.1:9"))
    await made.gate.warm_up()
    yield made
    await made.dialogue.finish()


@pytest.fixture
def threads(settings: Settings, database: Database) -> Threads:
    return Threads(database, NumberPseudonyms(settings.number_keys))


@pytest.fixture
def sends(
    settings: Settings, database: Database, chat: Chat, threads: Threads, carrier: Carrier
) -> Sends:
    return Sends(
        database=database,
        cipher=settings.cipher(),
        provider=carrier,  # type: ignore[arg-type]
        threads=threads,
        log=chat.log,
    )


@pytest.fixture
def make_post(
    settings: Settings, database: Database, chat: Chat, threads: Threads, sends: Sends
) -> Callable[[], Post]:
    """Posts over one database: each is a process of its own, as far as memory goes."""

    def make() -> Post:
        own = Threads(database, NumberPseudonyms(settings.number_keys))
        texting = Texting(
            turns=chat.turns(form=FORM),
            log=chat.log,
            wording=chat.wording,
            threads=own,
            rates=Rates(),
            allowance=allowance("texts", "30/minute"),
        )
        return Post(
            texting=texting,
            threads=own,
            store=TextStore(database, settings.cipher()),
            sends=sends,
            wording=chat.wording,
            log=chat.log,
            ready=lambda: True,
            link="",
        )

    return make


@pytest.fixture
def post(make_post: Callable[[], Post]) -> Post:
    return make_post()


@pytest.fixture
def texter(post: Post) -> Texter:
    return Texter(post)


class Texter:
    """One phone. Each text has an id of its own."""

    def __init__(self, post: Post, number: str = NUMBER) -> None:
        self.post = post
        self.number = number
        self._count = 0

    def text(self, body: str, **more: object) -> InboundText:
        self._count += 1
        values = {
            "id": f"SM{id(self)}x{self._count}",
            "sender": self.number,
            "recipient": "+15005550006",
            "body": body,
            **more,
        }
        return InboundText(**values)  # type: ignore[arg-type]

    async def say(self, body: str, **more: object) -> tuple[str, ...]:
        return (await self.post.take(self.text(body, **more))).texts


def later(moment: datetime, **amount: float) -> datetime:
    return moment + timedelta(**amount)
