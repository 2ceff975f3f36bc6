"""The chat server: Rasa, started from our code so that it answers even without a model."""

from __future__ import annotations

from bot import without_tensorflow

without_tensorflow.install()

import asyncio  # noqa: E402
import logging  # noqa: E402
from pathlib import Path  # noqa: E402

from rasa.core.channels.channel import register  # noqa: E402
from sanic import Sanic  # noqa: E402

from bot.action_endpoint import ActionEndpoint  # noqa: E402
from bot.channels.web.channel import WebChannel  # noqa: E402
from bot.channels.web.parts import Parts, make_parts  # noqa: E402
from bot.chat import Chat, make_chat  # noqa: E402
from bot.pages.alert import AlertPages  # noqa: E402
from bot.pages.demo import register_demo_page  # noqa: E402
from bot.pages.errors import error_handler  # noqa: E402
from bot.pages.health import HealthPages  # noqa: E402
from bot.pages.privacy import register_privacy_page  # noqa: E402
from bot.pages.safety import register_safety_page  # noqa: E402
from bot.pages.widget import register_widget  # noqa: E402
from clinic.database import Database  # noqa: E402
from clinic.errors import DatabaseAway  # noqa: E402
from clinic.settings import Settings  # noqa: E402
from safety.acknowledgement import AlertLinks  # noqa: E402

logger = logging.getLogger(__name__)

REPLAY_EVERY = 2.0
"""Seconds between attempts to give waiting records to the database."""
LARGEST_BODY = 1_000_000
REQUEST_LIMIT = 10
"""Seconds in which the head of a request must have come, however slowly it drips."""
RESPONSE_LIMIT = 60


def make_app(settings: Settings, database: Database, *, model: Path | None) -> Sanic:
    """The application; the model loads after the server answers, so the gate is never away."""
    endpoint = ActionEndpoint(settings.action_url, settings.action_secret)
    chat = make_chat(settings, database, endpoint)
    app = Sanic("kap_guide_chat", configure_logging=False)
    _set_limits(app, settings)
    app.ctx.agent = chat.dialogue.agent
    parts = make_parts(settings, chat, database)
    register([WebChannel(parts)], app, route="/")
    _add_pages(app, settings, database, chat, endpoint)
    app.exception(Exception)(error_handler(chat.wording))
    _add_background(app, parts, endpoint, model)
    return app


def _set_limits(app: Sanic, settings: Settings) -> None:
    """Slow and large requests end early; who they come from is told by trusted proxies only."""
    app.config.REQUEST_MAX_SIZE = LARGEST_BODY
    app.config.REQUEST_TIMEOUT = REQUEST_LIMIT
    app.config.RESPONSE_TIMEOUT = RESPONSE_LIMIT
    app.config.PROXIES_COUNT = settings.proxies or None
    app.config.FALLBACK_ERROR_FORMAT = "json"


def _add_pages(
    app: Sanic, settings: Settings, database: Database, chat: Chat, endpoint: ActionEndpoint
) -> None:
    links = AlertLinks(settings.signing_key)
    AlertPages(database=database, links=links, wording=chat.wording).register(app)
    register_safety_page(app, chat.wording)
    register_privacy_page(app, chat.wording)
    register_demo_page(app, settings, chat.wording)
    register_widget(app, settings)
    HealthPages(chat=chat, database=database, endpoint=endpoint).register(app)


def _add_background(app: Sanic, parts: Parts, endpoint: ActionEndpoint, model: Path | None) -> None:
    chat = parts.chat

    async def warm_up(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        await _warm_up(chat)

    async def load_model(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        if model is None:
            logger.error("no trained model: crisis messages are met, questions are not answered")
            return
        app.add_task(_load_model(chat, model))

    async def start_chores(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        app.add_task(_chores(parts))

    async def stop(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        parts.talk.listeners.close()
        await chat.dialogue.finish()
        await endpoint.close()

    app.register_listener(warm_up, "before_server_start")
    app.register_listener(load_model, "after_server_start")
    app.register_listener(start_chores, "after_server_start")
    app.register_listener(stop, "before_server_stop")


async def _warm_up(chat: Chat) -> None:
    """Before the first connection is taken: nobody in danger waits for files to be read."""
    try:
        await chat.gate.warm_up()
    except Exception as error:
        logger.error(
            "the safety gate is cold (%s): the first reply takes longer", type(error).__name__
        )


async def _load_model(chat: Chat, model: Path) -> None:
    loop = asyncio.get_running_loop()
    try:
        await loop.run_in_executor(None, chat.dialogue.agent.load_model, str(model))
        logger.info("model loaded: %s", model.name)
    except Exception as error:
        logger.error("the model cannot be loaded (%s): run `kap train`", type(error).__name__)


async def _chores(parts: Parts) -> None:
    """Replay what waits for the database. Runs until the server stops."""
    chat = parts.chat
    while True:
        try:
            moved = await chat.log.replay()
            if moved:
                logger.info("%d waiting safety records written to the database", moved)
            await chat.store.flush()
            await parts.history.flush()
        except (DatabaseAway, OSError):
            pass
        await asyncio.sleep(REPLAY_EVERY)
