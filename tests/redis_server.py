"""A Redis server of the tests' own, on a port of its own, that a test may kill and start again."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.assistant import free_port, wait_until


class RedisServer:
    """Keeps nothing: what it counted is gone when it starts again."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program = program
        self._folder = folder
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        options = ["--bind", "127.0.0.1", "--port", str(self.port), "--save", ""]
        self._process = subprocess.Popen(
            [self._program, *options, "--dir", str(self._folder)], stdout=subprocess.DEVNULL
        )
        wait_until(self._answers, limit=20)

    def send(self, number: int) -> None:
        """A signal such as SIGSTOP: the port still takes connections, and nobody answers."""
        assert self._process is not None
        self._process.send_signal(number)

    def kill(self) -> None:
        if self._process is not None:
            self.send(signal.SIGCONT)
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as client:
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False


@contextmanager
def redis_server(folder: Path) -> Iterator[RedisServer]:
    """A running server; skips where Redis is not installed, except in CI."""
    program = shutil.which("redis-server")
    if program is None:
        assert not os.environ.get("CI"), "install the package `redis-server` for this test"
        pytest.skip("Redis is not installed: apt install redis-server")
    made = RedisServer(program, folder)
    try:
        made.start()
        yield made
    finally:
        made.kill()
