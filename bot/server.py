"""The chat server: Rasa, started from our code so that it answers even without a model."""

from __future__ import annotations

from bot import without_tensorflow

without_tensorflow.install()

import asyncio  # noqa: E402
import logging  # noqa: E402
from collections.abc import Iterable  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from rasa.core.channels.channel import register  # noqa: E402
from sanic import Sanic  # noqa: E402

from bot.action_endpoint import ActionEndpoint  # noqa: E402
from bot.channels.sms.channel import SmsChannel  # noqa: E402
from bot.channels.sms.parts import make_sms  # noqa: E402
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
END_LIMIT = 2.0
"""Seconds that a cancelled task may take to clean up."""


def make_app(settings: Settings, database: Database, *, model: Path | None) -> Sanic:
    """The application; the model loads after the server answers, so the gate is never away."""
    endpoint = ActionEndpoint(settings.action_url, settings.action_secret)
    chat = make_chat(settings, database, endpoint)
    app = Sanic("kap_guide_chat", configure_logging=False)
    _set_limits(app, settings)
    app.ctx.agent = chat.dialogue.agent
    parts = make_parts(settings, chat, database)
    sms = make_sms(settings, chat, database)
    register([WebChannel(parts), *([sms] if sms else [])], app, route="/")
    _add_pages(app, settings, database, chat, endpoint)
    app.exception(Exception)(error_handler(chat.wording))
    _add_background(app, parts, sms, endpoint, model)
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


def _add_background(
    app: Sanic,
    parts: Parts,
    sms: SmsChannel | None,
    endpoint: ActionEndpoint,
    model: Path | None,
) -> None:
    chat = parts.chat
    beside: set[asyncio.Task[None]] = set()

    async def warm_up(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        await _warm_up(chat)

    async def start_beside(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        beside.add(loop.create_task(_chores(parts, sms)))
        if model is None:
            logger.error("no trained model: crisis messages are met, questions are not answered")
        else:
            beside.add(loop.create_task(_load_model(chat, model)))
        if sms is not None:
            beside.add(loop.create_task(sms.watch()))

    async def stop(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        parts.talk.listeners.close()
        if sms is not None:
            await sms.post.finish()
        await chat.dialogue.finish()
        await parts.talk.finish()
        await _end(beside)
        await _write_waiting(parts)
        await endpoint.close()

    async def end_what_is_left(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        await _end(asyncio.all_tasks() - {asyncio.current_task()})

    app.register_listener(warm_up, "before_server_start")
    app.register_listener(start_beside, "after_server_start")
    app.register_listener(stop, "before_server_stop")
    app.register_listener(end_what_is_left, "after_server_stop")


async def _end(tasks: Iterable[asyncio.Task[Any] | None]) -> None:
    """Cancel tasks and wait until they have ended, so that none is torn down in the middle."""
    ending = [task for task in tasks if task is not None]
    for task in ending:
        task.cancel()
    if ending:
        await asyncio.wait(ending, timeout=END_LIMIT)


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


async def _chores(parts: Parts, sms: SmsChannel | None) -> None:
    """Write what waits for the database, send texts that wait. Runs until the server stops."""
    while True:
        await _write_waiting(parts)
        if sms is not None:
            await _do_sms_chores(sms)
        await asyncio.sleep(REPLAY_EVERY)


async def _do_sms_chores(sms: SmsChannel) -> None:
    try:
        await sms.post.do_chores()
    except Exception as error:
        logger.error("texts that wait were not sent: %s", type(error).__name__)


async def _write_waiting(parts: Parts) -> None:
    """Give the database what it did not take before; the rest goes on waiting."""
    chat = parts.chat
    try:
        moved = await chat.log.replay()
        if moved:
            logger.info("%d waiting safety records written to the database", moved)
        await chat.store.flush()
        await parts.history.flush()
    except (DatabaseAway, OSError):
        pass
