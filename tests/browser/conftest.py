"""A browser, a chat server, and pages that show the chat.

`BROWSER_TESTS_ON=stand-in` runs everything against the stand-in instead of the real processes.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, Protocol

import httpx
import pytest

from clinic.settings import PROJECT_ROOT
from tests.assistant import Assistant
from tests.browser.chat_page import ChatPage, Look
from tests.browser.other_sites import OtherSite
from tests.browser.stand_in import StandIn

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), ""
)
SCREENSHOTS = PROJECT_ROOT / "var" / "screenshots"


def missing(what: str) -> NoReturn:
    """Skip where somebody works without a browser; fail where everything must run."""
    if os.environ.get("CI"):
        pytest.fail(f"{what}: in CI nothing of this folder may be left out")
    pytest.skip(what)


class Server(Protocol):
    """What the tests need of a chat server."""

    base_url: str

    def start(self) -> None: ...

    def stop(self) -> None: ...


class RealServer:
    """The real processes; stopping ends the chat server alone, by force."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self.base_url = f"http://127.0.0.1:{assistant.chat_port}"

    def start(self) -> None:
        self._assistant.start(actions=False)

    def stop(self) -> None:
        self._assistant.kill("bot")


@pytest.fixture(scope="session")
def on_stand_in() -> bool:
    return os.environ.get("BROWSER_TESTS_ON") == "stand-in"


@dataclass(frozen=True)
class Sites:
    """Two sites beside the chat server: one that clinic.yml names, and one that it does not."""

    named: OtherSite
    unnamed: OtherSite


@pytest.fixture(scope="session")
def sites() -> Iterator[Sites]:
    made = Sites(named=OtherSite(), unnamed=OtherSite())
    yield made
    made.named.stop()
    made.unnamed.stop()


@pytest.fixture(scope="session")
def server(
    on_stand_in: bool,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    sites: Sites,
) -> Iterator[Server]:
    if on_stand_in:
        made = StandIn()
        made.foreign = sites.unnamed.origin
        yield made
        made.stop()
        return
    home = tmp_path_factory.mktemp("browser") / "home"
    shutil.copytree(request.getfixturevalue("prepared_home"), home)
    assistant = Assistant(home, tmp_path_factory.mktemp("logs"))
    assistant.extra |= dict.fromkeys(("KAP_SESSION_LIMIT", "KAP_CLIENT_LIMIT"), "100000/minute")
    assistant.extra["KAP_CLINIC_FILE"] = str(clinic_file(home, sites.named.origin))
    try:
        assistant.start()
        yield RealServer(assistant)
    finally:
        assistant.stop()


def clinic_file(folder: Path, origin: str) -> Path:
    """The project's clinic.yml, with one more site that may use the chat."""
    written = (PROJECT_ROOT / "clinic.yml").read_text()
    path = folder / "clinic.yml"
    path.write_text(re.sub(r"(?m)^allowed_origins:.*", f"allowed_origins: ['{origin}']", written))
    return path


@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    """One Chromium for this folder; it ends before tests that have an event loop of their own."""
    try:
        from playwright import sync_api
    except ImportError:
        missing("playwright is missing")
    if not CHROMIUM:
        missing("chromium is missing")
    with sync_api.sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture
def context(browser: Any) -> Iterator[Callable[..., Any]]:
    """Makes browser contexts: persons, each with storage of their own."""
    with ExitStack() as stack:

        def make(look: Look = Look(), **more: Any) -> Any:
            made = browser.new_context(**look.values, **more)
            made.set_default_timeout(20_000)
            stack.callback(made.close)
            return made

        yield make


@pytest.fixture
def chat(context: Callable[..., Any], server: Server) -> Callable[..., ChatPage]:
    """Opens the demo page for a new person; errors of the page fail the test."""

    def make(look: Look = Look(), path: str = "/", **more: Any) -> ChatPage:
        made = ChatPage(context(look, **more).new_page(), server.base_url)
        made.visit(path)
        return made

    return make


@pytest.fixture
def running_again(server: Server) -> Iterator[Server]:
    """The server, and after the test it runs, whatever the test did to it."""
    yield server
    try:
        httpx.get(f"{server.base_url}/web/config", timeout=10)
    except httpx.ConnectError:
        server.start()


@pytest.fixture
def host_page(context: Callable[..., Any], server: Server) -> Callable[..., ChatPage]:
    """Shows HTML of the test's own as a page of the chat server: no other origin."""

    def make(html: str, *, look: Look = Look(), headers: dict[str, str] | None = None) -> ChatPage:
        page = context(look).new_page()
        page.route(
            "**/host-page",
            lambda route: route.fulfill(body=html, content_type="text/html", headers=headers or {}),
        )
        made = ChatPage(page, server.base_url)
        made.visit("/host-page")
        return made

    return make


@pytest.fixture(scope="session")
def axe() -> str:
    path = PROJECT_ROOT / "widget" / "node_modules" / "axe-core" / "axe.min.js"
    if not path.exists():
        missing("axe-core is missing: npm ci in widget/")
    return path.read_text()


@pytest.fixture(scope="session")
def screenshots() -> Path:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return SCREENSHOTS
