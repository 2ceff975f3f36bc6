from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio

from bot import without_tensorflow

without_tensorflow.install()

from bot.channels.messages import InboundMessage, OutboundMessage  # noqa: E402
from bot.channels.turn import TurnTaker  # noqa: E402
from clinic.settings import load_settings  # noqa: E402
from kap.in_process import open_turns  # noqa: E402

Say = Callable[..., Awaitable[tuple[OutboundMessage, ...]]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def turns(
    prepared_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[TurnTaker]:
    """The trained model and the real actions in this process, for the tests of a module."""
    folder = tmp_path_factory.mktemp("conversations")
    settings = load_settings({"KAP_HOME": str(shutil.copytree(prepared_home, folder / "home"))})
    scratch = folder / "scratch"
    scratch.mkdir()
    throw_away = replace(settings, home=scratch, database_url=f"sqlite:///{scratch}/kap.db")
    level = logging.getLogger().level
    async with open_turns(settings, throw_away) as opened:
        logging.getLogger().setLevel(level)
        yield opened


@pytest.fixture
def say(turns: TurnTaker, request: pytest.FixtureRequest) -> Say:
    """Speak in a conversation of the test's own."""
    numbers = count()

    async def speak(
        text: str, *, at: datetime | None = None, conversation: str = ""
    ) -> tuple[OutboundMessage, ...]:
        replies = await turns.take(
            InboundMessage(
                conversation_id=f"{request.node.name}-{conversation}",
                message_id=str(next(numbers)),
                text=text,
                channel="web",
                received_at=at or datetime.now(UTC),
            )
        )
        await _background_ends()
        return replies

    return speak


async def _background_ends() -> None:
    """People write more slowly than tests: what a turn left to do is done before the next."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    if others:
        await asyncio.wait(others, timeout=2)
