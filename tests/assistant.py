"""A running assistant for tests: the real processes, on ports of their own."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar
from weakref import WeakSet

import httpx

from clinic.settings import PROJECT_ROOT

START_LIMIT = 90.0
BROKEN_ACTIONS = PROJECT_ROOT / "tests" / "faults" / "broken_action_server.py"


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_until(holds: Callable[[], bool], *, limit: float = START_LIMIT) -> None:
    """Block until something holds; AssertionError after `limit` seconds."""
    end = time.monotonic() + limit
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


class Assistant:
    """Chat server and action server over one home folder. Logs are kept in `log_folder`."""

    running: ClassVar[WeakSet[Assistant]] = WeakSet()

    def __init__(self, home: Path, log_folder: Path) -> None:
        self.home = home
        self.log_folder = log_folder
        self.chat_port, self.action_port = free_port(), free_port()
        self.extra: dict[str, str] = {}
        """More environment for processes that are started from now on."""
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._actions = "none"
        self.running.add(self)
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{self.chat_port}", timeout=20)

    @property
    def database_file(self) -> Path:
        return self.home / "kap.db"

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("KAP_")}
        return {
            **kept,
            "KAP_HOME": str(self.home),
            "KAP_CHAT_PORT": str(self.chat_port),
            "KAP_ACTION_PORT": str(self.action_port),
            "RASA_TELEMETRY_ENABLED": "false",
            **self.extra,
        }

    def start(self, *, actions: bool = True, wait_for_model: bool = True) -> Assistant:
        self._actions = "real" if actions else "none"
        return self.launch(actions=actions).wait(actions=actions, model=wait_for_model)

    def launch(self, *, actions: bool = True) -> Assistant:
        """Start the processes without waiting until they answer."""
        if actions:
            self.start_process("actions", [sys.executable, "-m", "actions"])
        self.start_process("bot", [sys.executable, "-m", "bot"])
        return self

    def wait(self, *, actions: bool = True, model: bool = True) -> Assistant:
        wait_until(lambda: self._healthy(self.chat_port, model=model))
        if actions:
            self.wait_for_actions()
        return self

    def start_worker(self) -> None:
        self.start_process("worker", [sys.executable, "-m", "kap.worker"])

    def wait_for_actions(self) -> None:
        wait_until(lambda: self._healthy(self.action_port, model=False))

    def start_process(self, name: str, command: list[str]) -> None:
        with open(self.log_folder / f"{name}.log", "ab") as log:
            self._running[name] = subprocess.Popen(
                command, cwd=PROJECT_ROOT, env=self.environment(), stdout=log, stderr=log
            )

    def have(self, *, actions: str = "real") -> Assistant:
        """Running, with this action server: the `real` one, `none`, or one that is broken in a way
        that `broken_action_server.py` knows."""
        if actions != self._actions and "actions" in self._running:
            self.kill("actions")
        commands = {"bot": ["-m", "bot"]}
        if actions != "none":
            broken = [str(BROKEN_ACTIONS), actions, str(self.action_port)]
            commands["actions"] = ["-m", "actions"] if actions == "real" else broken
        for name, command in commands.items():
            if name not in self._running:
                self.start_process(name, [sys.executable, *command])
        self._actions = actions
        return self.wait(actions=actions != "none")

    def action_calls(self) -> dict[str, int]:
        """How many actions the broken action server was `asked` for and has `answered`."""
        return dict(self.http.get(f"http://127.0.0.1:{self.action_port}/health").json())

    def process_id(self, name: str) -> int:
        return self._running[name].pid

    def kill(self, name: str, number: int = signal.SIGKILL) -> None:
        process = self._running[name]
        process.send_signal(number)
        if number == signal.SIGKILL:
            process.wait()
            del self._running[name]

    def ended(self, name: str) -> int:
        """The exit code of a process that was told to end."""
        return self._running.pop(name).wait(START_LIMIT)

    def stop(self) -> None:
        for process in self._running.values():
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()
        self._running.clear()
        self.running.discard(self)
        self.http.close()

    def logs(self) -> str:
        return "\n".join(path.read_text(errors="replace") for path in self.log_folder.glob("*.log"))

    def visitor(self) -> Visitor:
        return Visitor(self)

    def escalations(self) -> list[tuple[Any, ...]]:
        """Rows of (tier, category, conversation) that the database holds."""
        query = "SELECT tier, category, conversation_id FROM escalations ORDER BY created_at"
        return self.rows(query)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query finds in the database."""
        with sqlite3.connect(f"file:{self.database_file}?mode=ro", uri=True) as connection:
            return connection.execute(query).fetchall()

    def _healthy(self, port: int, *, model: bool) -> bool:
        for name, process in list(self._running.items()):
            assert process.poll() is None, f"{name} ended:\n{self.logs()[-3000:]}"
        try:
            body = self.http.get(f"http://127.0.0.1:{port}/health", timeout=2).json()
        except (httpx.HTTPError, ValueError):
            return False
        return bool(body.get("model")) or not model


class Visitor:
    """One web session."""

    def __init__(self, assistant: Assistant) -> None:
        self._http = assistant.http
        self.session = self._http.post("/web/sessions").json()["session"]

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.session}"}

    def say(
        self, text: str, *, message_id: str | None = None, limit: float = 20.0
    ) -> list[dict[str, Any]]:
        """Send a message; an httpx.TimeoutException when no reply came within `limit` seconds."""
        body = {"text": text} | ({"message_id": message_id} if message_id else {})
        response = self._http.post(
            "/web/messages", content=json.dumps(body), headers=self.headers, timeout=limit
        )
        assert response.status_code == 200, response.text
        replies = response.json()["replies"]
        assert replies, "silence"
        assert all(reply["text"].strip() for reply in replies)
        return list(replies)

    def events(self, **settings: Any) -> Any:
        """The stream of the conversation, to be opened with `with`."""
        headers = {**self.headers, **settings.pop("headers", {})}
        return self._http.stream("GET", "/web/events", headers=headers, **settings)

    def history(self) -> list[dict[str, Any]]:
        response = self._http.get("/web/messages", headers=self.headers)
        assert response.status_code == 200, response.text
        return list(response.json()["messages"])


def text_of(replies: list[dict[str, Any]]) -> str:
    return "\n".join(reply["text"] for reply in replies)


def read_events(lines: Iterator[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(kind, data) of each server-sent event, as they come."""
    kind = ""
    for line in lines:
        kind = line.removeprefix("event: ") if line.startswith("event:") else kind
        if line.startswith("data: "):
            yield kind, json.loads(line.removeprefix("data: "))
