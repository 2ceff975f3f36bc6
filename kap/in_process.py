"""The chat server and the actions in one process, for batch commands. Imports Rasa."""

from __future__ import annotations

from bot import without_tensorflow

without_tensorflow.install()

import logging  # noqa: E402
from collections.abc import AsyncIterator  # noqa: E402
from contextlib import asynccontextmanager  # noqa: E402
from typing import Any  # noqa: E402

from rasa.utils.endpoints import EndpointConfig  # noqa: E402
from rasa_sdk.executor import ActionExecutor  # noqa: E402

from actions.context import ActionContext, set_context  # noqa: E402
from bot.channels.turn import TurnTaker  # noqa: E402
from bot.chat import make_chat  # noqa: E402
from bot.logs import configure_logging  # noqa: E402
from clinic.database import Database, create_sqlite_file  # noqa: E402
from clinic.settings import Settings, newest_model  # noqa: E402
from kap.metadata import ALL_METADATA  # noqa: E402


class ModelMissing(RuntimeError):
    """There is no trained model: run `kap setup`."""


class InProcessActions(EndpointConfig):
    """Runs actions without a server between."""

    def __init__(self) -> None:
        super().__init__(url="in-process")
        self._executor = ActionExecutor()
        self._executor.register_package("actions")

    async def request(self, *args: Any, **kwargs: Any) -> Any:
        """Run the action that Rasa calls."""
        return await self._executor.run(kwargs["json"])


@asynccontextmanager
async def open_turns(
    settings: Settings, throw_away: Settings, *, form: str = "web"
) -> AsyncIterator[TurnTaker]:
    """Turns that read the installation's knowledge and write to the throw-away one only."""
    configure_logging(logging.ERROR)
    model = newest_model(settings)
    if model is None:
        raise ModelMissing(ModelMissing.__doc__)
    create_sqlite_file(throw_away.database_url)
    scratch, knowledge = Database(throw_away.database_url), Database(settings.database_url)
    for metadata in ALL_METADATA:
        metadata.create_all(scratch.engine)
    set_context(
        ActionContext(settings=throw_away, knowledge=knowledge, records=scratch, keep=False)
    )
    chat = make_chat(throw_away, scratch, InProcessActions())
    chat.dialogue.agent.load_model(str(model))
    await chat.gate.warm_up()
    try:
        yield chat.turns(form=form)
    finally:
        await chat.dialogue.finish()
        scratch.dispose()
        knowledge.dispose()
