"""The chat server: Rasa, started from our code so that it answers even without a model."""

from __future__ import annotations

from bot import without_tensorflow

without_tensorflow.install()

import asyncio  # noqa: E402
import logging  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from rasa.core.channels.channel import register  # noqa: E402
from sanic import Sanic  # noqa: E402
from sanic.exceptions import SanicException  # noqa: E402
from sanic.request import Request  # noqa: E402
from sanic.response import HTTPResponse, json, text  # noqa: E402

from bot.action_endpoint import ActionEndpoint  # noqa: E402
from bot.channels.sessions import Sessions  # noqa: E402
from bot.channels.web import WebChannel  # noqa: E402
from bot.chat import Chat, make_chat  # noqa: E402
from bot.pages.alert import AlertPages  # noqa: E402
from bot.pages.safety import register_safety_page  # noqa: E402
from clinic.database import Database  # noqa: E402
from clinic.errors import DatabaseAway  # noqa: E402
from clinic.settings import Settings  # noqa: E402
from safety.acknowledgement import AlertLinks  # noqa: E402

logger = logging.getLogger(__name__)

REPLAY_EVERY = 2.0
"""Seconds between attempts to give waiting records to the database."""
LARGEST_BODY = 1_000_000


def make_app(settings: Settings, database: Database, *, model: Path | None) -> Sanic:
    """The application; the model loads after the server answers, so the gate is never away."""
    endpoint = ActionEndpoint(settings.action_url, settings.action_secret)
    chat = make_chat(settings, database, endpoint)
    app = Sanic("kap_guide_chat", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = LARGEST_BODY
    app.config.FALLBACK_ERROR_FORMAT = "json"
    app.ctx.agent = chat.dialogue.agent
    channel = WebChannel(
        turns=chat.turns(form="web"),
        dialogue=chat.dialogue,
        sessions=Sessions(settings.signing_key),
        wording=chat.wording,
        log=chat.log,
        origins=frozenset(settings.clinic.allowed_origins) | {settings.chat_url},
    )
    register([channel], app, route="/")
    app.add_route(_root, "/", methods=["GET"])
    app.add_route(_health(chat), "/health", methods=["GET"])
    links = AlertLinks(settings.signing_key)
    AlertPages(database=database, links=links, wording=chat.wording).register(app)
    register_safety_page(app, chat.wording)
    app.exception(Exception)(_on_error(chat))
    _add_background(app, chat, endpoint, model)
    return app


async def _root(request: Request) -> HTTPResponse:
    return text("KAP Guide is running. Chat with it: kap chat\n")


def _health(chat: Chat) -> Any:
    async def health(request: Request) -> HTTPResponse:
        return json({"status": "ok", "model": chat.dialogue.agent.is_ready()})

    return health


def _on_error(chat: Chat) -> Any:
    def on_error(request: Request, error: Exception) -> HTTPResponse:
        status = error.status_code if isinstance(error, SanicException) else 500
        if status >= 500:
            logger.error("a request failed: %s", type(error).__name__)
        help_line = chat.wording.fixed("help.line", form="web").text
        return json({"error": "request", "what": f"status {status}", "help": help_line}, status)

    return on_error


def _add_background(app: Sanic, chat: Chat, endpoint: ActionEndpoint, model: Path | None) -> None:
    async def warm_up(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        await _warm_up(chat)

    async def load_model(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        if model is None:
            logger.error("no trained model: crisis messages are met, questions are not answered")
            return
        app.add_task(_load_model(chat, model))

    async def start_chores(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        app.add_task(_chores(chat))

    async def stop(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
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


async def _chores(chat: Chat) -> None:
    """Replay what waits for the database. Runs until the server stops."""
    while True:
        try:
            moved = await chat.log.replay()
            if moved:
                logger.info("%d waiting safety records written to the database", moved)
            await chat.store.flush()
        except (DatabaseAway, OSError):
            pass
        await asyncio.sleep(REPLAY_EVERY)
