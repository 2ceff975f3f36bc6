from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.assistant import Assistant


@pytest.fixture(scope="module")
def chat_server(
    prepared_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Assistant]:
    """A chat server whose action server the tests of a module choose."""
    folder = tmp_path_factory.mktemp("chat-server")
    (folder / "logs").mkdir()
    made = Assistant(Path(shutil.copytree(prepared_home, folder / "home")), folder / "logs")
    yield made.start(actions=False)
    made.stop()


@pytest.fixture
def assistant(home: Path, tmp_path: Path) -> Iterator[Assistant]:
    """An assistant that the test starts, breaks and need not stop."""
    logs = tmp_path / "logs"
    logs.mkdir()
    made = Assistant(home, logs)
    yield made
    made.stop()
