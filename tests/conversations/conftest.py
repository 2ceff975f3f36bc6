from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from bot import without_tensorflow

without_tensorflow.install()

from bot.channels.messages import OutboundMessage  # noqa: E402
from clinic.settings import load_settings  # noqa: E402
from kap.in_process import open_turns  # noqa: E402

Say = Callable[..., Awaitable[tuple[OutboundMessage, ...]]]


@pytest.fixture
async def say(prepared_home: Path, tmp_path: Path) -> AsyncIterator[Say]:
    """Speak to the trained model and the real actions in this process."""
    from bot.channels.messages import InboundMessage

    home = Path(shutil.copytree(prepared_home, tmp_path / "home"))
    settings = load_settings({"KAP_HOME": str(home)})
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    throw_away = replace(settings, home=scratch, database_url=f"sqlite:///{scratch}/kap.db")
    numbers = count()
    async with open_turns(settings, throw_away) as turns:

        async def speak(
            text: str, *, at: datetime | None = None, conversation: str = "c1"
        ) -> tuple[OutboundMessage, ...]:
            return await turns.take(
                InboundMessage(
                    conversation_id=conversation,
                    message_id=str(next(numbers)),
                    text=text,
                    channel="web",
                    received_at=at or datetime.now(UTC),
                )
            )

        yield speak
