from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.assistant import Assistant, Visitor


@pytest.fixture(scope="session")
def server(prepared_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """One assistant for every test that breaks nothing. Its allowances are wide."""
    folder = tmp_path_factory.mktemp("web")
    (folder / "logs").mkdir()
    made = Assistant(Path(shutil.copytree(prepared_home, folder / "home")), folder / "logs")
    made.extra = {"KAP_CLIENT_LIMIT": "100000/minute", "KAP_SESSION_LIMIT": "1000/minute"}
    try:
        yield made.start()
    finally:
        made.stop()


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
