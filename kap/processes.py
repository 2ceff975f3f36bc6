"""Starts the processes of an installation together, watches them, and stops them together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import FrameType

import httpx
from sqlalchemy.exc import SQLAlchemyError

from clinic.database import Database
from clinic.settings import Settings
from safety.chores import HEARTBEAT, read_chore

READY_LIMIT = 120.0
"""Seconds for every process to answer."""
_FEWEST_SECONDS = 5.0
_STOP_LIMIT = 8.0


class StartFailed(RuntimeError):
    """A process ended or did not answer; what it printed says why."""


@dataclass
class Process:
    """One of our processes and how to tell that it answers."""

    name: str
    module: str
    health: str = ""
    """Address of its health page; empty when `ready` alone decides."""
    ready: Callable[[dict[str, object]], bool] = field(default=lambda body: True)
    popen: subprocess.Popen[bytes] | None = None
    started: float = 0.0

    def start(self, settings: Settings) -> None:
        """Start it in the project's folder, with our environment."""
        self.started = time.monotonic()
        self.popen = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", self.module],
            cwd=settings.root,
            env={**os.environ, "SANIC_HOST": settings.host, "RASA_TELEMETRY_ENABLED": "false"},
            start_new_session=True,
        )

    def answers(self) -> bool:
        """True when its health page says that it is ready."""
        if not self.health:
            return self.ready({})
        try:
            response = httpx.get(self.health, timeout=2.0)
            return response.status_code == 200 and self.ready(response.json())
        except (httpx.HTTPError, ValueError):
            return False


def all_processes(settings: Settings, *, since: datetime | None = None) -> list[Process]:
    """The action server, the chat server and the worker, which must have given a sign of life
    `since` then (half a minute ago)."""
    since = since or datetime.now(UTC) - timedelta(seconds=30)
    action_health = settings.action_url.replace("/webhook", "/health")
    return [
        Process("action server", "actions", action_health),
        Process(
            "chat server", "bot", f"{settings.chat_url}/health", lambda body: bool(body["model"])
        ),
        Process("worker", "kap.worker", ready=lambda body: worker_beats(settings, since)),
    ]


def worker_beats(settings: Settings, since: datetime) -> bool:
    """True when a worker has given a sign of life since then."""
    database = Database(settings.database_url)
    try:
        with database.session() as session:
            beat = read_chore(session, HEARTBEAT)
        return beat is not None and beat.at >= since
    except (SQLAlchemyError, OSError):
        return False
    finally:
        database.dispose()


class Supervisor:
    """Runs the processes until told to stop; starts one again when it dies."""

    def __init__(self, settings: Settings, report: Callable[[str], None]) -> None:
        self._settings = settings
        self._report = report
        self._processes = all_processes(settings, since=datetime.now(UTC))
        self._stopping = False

    def start(self) -> None:
        """Start all and wait until they answer; StartFailed names the one that does not."""
        for process in self._processes:
            if process.health and process.answers():
                raise StartFailed(
                    f"something answers at {process.health} already: stop it, or set another port"
                )
            process.start(self._settings)
        limit = time.monotonic() + READY_LIMIT
        waiting = list(self._processes)
        while waiting:
            process = waiting[0]
            if process.answers():
                self._report(f"{process.name} ready")
                waiting.pop(0)
            elif process.popen is not None and process.popen.poll() is not None:
                raise StartFailed(f"the {process.name} ended with code {process.popen.poll()}")
            elif time.monotonic() > limit:
                raise StartFailed(f"the {process.name} did not answer in {READY_LIMIT:.0f} s")
            time.sleep(0.2)

    def watch(self) -> None:
        """Block until SIGINT or SIGTERM; a process that dies is started again."""
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)
        while not self._stopping:
            for process in self._processes:
                if process.popen is not None and process.popen.poll() is not None:
                    self._restart(process)
            time.sleep(0.5)

    def _restart(self, process: Process) -> None:
        self._report(f"the {process.name} ended: starting it again")
        if time.monotonic() - process.started < _FEWEST_SECONDS:
            time.sleep(_FEWEST_SECONDS)
        process.start(self._settings)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True

    def stop(self) -> None:
        """End every process, politely first."""
        running = [p.popen for p in self._processes if p.popen and p.popen.poll() is None]
        for popen in running:
            popen.terminate()
        limit = time.monotonic() + _STOP_LIMIT
        for popen in running:
            try:
                popen.wait(max(0.1, limit - time.monotonic()))
            except subprocess.TimeoutExpired:
                popen.kill()
