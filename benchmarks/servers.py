"""Starts servers for the benchmark and measures them from outside."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from clinic.settings import PROJECT_ROOT

LIMIT = 300.0


@dataclass
class Timed:
    """What one server showed."""

    start: float
    """Seconds from starting the processes to the first answer."""
    memory: dict[str, float]
    """Resident megabytes of each process."""
    turns: list[float]
    """Milliseconds of each turn over HTTP."""

    def percentile(self, share: float) -> float:
        """The turn time that this share of the turns stays under."""
        ordered = sorted(self.turns)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@contextmanager
def running(
    commands: dict[str, list[str]], *, environment: dict[str, str], folder: Path
) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """The processes, ended afterwards."""
    log = open(folder / "server.log", "ab")  # noqa: SIM115
    processes = {
        name: subprocess.Popen(
            command,
            cwd=folder if name == "stock" else PROJECT_ROOT,
            env={**os.environ, **environment},
            stdout=log,
            stderr=log,
        )
        for name, command in commands.items()
    }
    try:
        yield processes
    finally:
        for process in processes.values():
            process.kill()
            process.wait()
        log.close()


def measure(
    commands: dict[str, list[str]],
    *,
    environment: dict[str, str],
    folder: Path,
    say: Callable[[str], bool],
    texts: list[str],
) -> Timed:
    """Start, wait for the first real answer, warm up, then time one turn after the other."""
    began = time.monotonic()
    with running(commands, environment=environment, folder=folder) as processes:
        while not _answered(say, texts[0]):
            if time.monotonic() - began > LIMIT:
                raise TimeoutError(f"no answer: see {folder / 'server.log'}")
            for name, process in processes.items():
                if process.poll() is not None:
                    raise RuntimeError(f"{name} ended: see {folder / 'server.log'}")
            time.sleep(0.1)
        start = time.monotonic() - began
        for text in texts[:10]:
            say(text)
        turns = []
        for text in texts:
            before = time.perf_counter()
            say(text)
            turns.append((time.perf_counter() - before) * 1000)
        memory = {
            name: psutil.Process(process.pid).memory_info().rss / 2**20
            for name, process in processes.items()
        }
    return Timed(start, memory, turns)


def _answered(say: Callable[[str], bool], text: str) -> bool:
    try:
        return say(text)
    except httpx.HTTPError:
        return False


def python(*words: str) -> list[str]:
    """A command of this environment's Python."""
    return [sys.executable, "-W", "ignore", *words]
