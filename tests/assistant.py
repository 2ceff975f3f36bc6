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
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from clinic.settings import PROJECT_ROOT

START_LIMIT = 90.0


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

    def __init__(self, home: Path, log_folder: Path) -> None:
        self.home = home
        self.log_folder = log_folder
        self.chat_port, self.action_port = free_port(), free_port()
        self.extra: dict[str, str] = {}
        """More environment for processes that are started from now on."""
        self._running: dict[str, subprocess.Popen[bytes]] = {}
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
        if actions:
            self.start_process("actions", [sys.executable, "-m", "actions"])
        self.start_process("bot", [sys.executable, "-m", "bot"])
        wait_until(lambda: self._healthy(self.chat_port, model=wait_for_model))
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

    def process_id(self, name: str) -> int:
        return self._running[name].pid

    def kill(self, name: str, number: int = signal.SIGKILL) -> None:
        process = self._running[name]
        process.send_signal(number)
        if number == signal.SIGKILL:
            process.wait()
            del self._running[name]

    def stop(self) -> None:
        for process in self._running.values():
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()
        self._running.clear()
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
            body = httpx.get(f"http://127.0.0.1:{port}/health", timeout=2).json()
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

    def history(self) -> list[dict[str, Any]]:
        response = self._http.get("/web/messages", headers=self.headers)
        assert response.status_code == 200, response.text
        return list(response.json()["messages"])


def text_of(replies: list[dict[str, Any]]) -> str:
    return "\n".join(reply["text"] for reply in replies)
