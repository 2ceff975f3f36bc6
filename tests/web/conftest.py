from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.assistant import Assistant, Visitor


@pytest.fixture(scope="session")
def fresh_server(
    prepared_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], Assistant]]:
    """Starts an assistant whose allowances are wide; all end with the session."""
    with ExitStack() as stack:

        def start() -> Assistant:
            folder = tmp_path_factory.mktemp("web")
            (folder / "logs").mkdir()
            home = Path(shutil.copytree(prepared_home, folder / "home"))
            made = Assistant(home, folder / "logs")
            stack.callback(made.stop)
            made.extra = {"KAP_CLIENT_LIMIT": "100000/minute", "KAP_SESSION_LIMIT": "1000/minute"}
            return made.start()

        yield start


@pytest.fixture(scope="session")
def server(fresh_server: Callable[[], Assistant]) -> Assistant:
    """One assistant for every test that breaks nothing."""
    return fresh_server()


@pytest.fixture
def http(server: Assistant) -> httpx.Client:
    return server.http


@pytest.fixture
def visitor(server: Assistant) -> Visitor:
    return server.visitor()


@pytest.fixture
def assistant(home: Path, tmp_path: Path) -> Iterator[Assistant]:
    """An assistant that the test starts, breaks and need not stop."""
    logs = tmp_path / "logs"
    logs.mkdir()
    made = Assistant(home, logs)
    yield made
    made.stop()
