from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.assistant import Assistant, Visitor

WIDE = {"KAP_CLIENT_LIMIT": "100000/minute", "KAP_SESSION_LIMIT": "1000/minute"}


@pytest.fixture(scope="session")
def installed(
    prepared_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Assistant]]:
    """Makes assistants over a home of their own, not started yet; all end with the session."""
    with ExitStack() as stack:

        def make(**environment: str) -> Assistant:
            folder = tmp_path_factory.mktemp("web")
            (folder / "logs").mkdir()
            home = Path(shutil.copytree(prepared_home, folder / "home"))
            made = Assistant(home, folder / "logs")
            stack.callback(made.stop)
            made.extra = environment
            return made

        yield make


@pytest.fixture(scope="session")
def server(installed: Callable[..., Assistant]) -> Assistant:
    """One assistant with wide allowances, for every test that breaks nothing."""
    return installed(**WIDE).start()


@pytest.fixture(scope="session")
def breakable(installed: Callable[..., Assistant]) -> Assistant:
    """Another one that tests break: each begins with `have`, which mends what it needs."""
    return installed()


@pytest.fixture
def http(server: Assistant) -> httpx.Client:
    return server.http


@pytest.fixture
def visitor(server: Assistant) -> Visitor:
    return server.visitor()
