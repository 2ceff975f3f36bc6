"""Clients that mean no good: one floods a server, one keeps its connections busy with drips."""

from __future__ import annotations

import json
import selectors
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

ADDRESS = "127.0.0.9"
"""Where they come from."""
CONNECTIONS = 50
PATIENCE = 120.0
"""Seconds that they wait for an answer: a limit for the test, no promise of the server."""


@dataclass(frozen=True)
class Answer:
    """One answer of the server."""

    status: int
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class Flood:
    """What was sent in waves, and what came back."""

    sent_in: list[float] = field(default_factory=list)
    """Seconds in which each wave went out."""
    waves: list[list[Answer]] = field(default_factory=list)


@contextmanager
def flooding(port: int, headers: Mapping[str, str], *, wave: int) -> Iterator[Flood]:
    """Send waves of messages, without waiting for one answer before the next message, as long as
    the block runs; at least one."""
    flood, enough = Flood(), threading.Event()
    first_is_out = threading.Event()

    def run() -> None:
        with ExitStack() as stack:
            connections = [stack.enter_context(_connected(port)) for _ in range(CONNECTIONS)]
            while not (flood.waves and enough.is_set()):
                _send(connections, headers, wave, flood)
                first_is_out.set()
                flood.waves.append(
                    [answer for each in connections for answer in _read(each, wave // CONNECTIONS)]
                )

    thread = threading.Thread(target=run)
    thread.start()
    first_is_out.wait(PATIENCE)
    try:
        yield flood
    finally:
        enough.set()
        thread.join(PATIENCE)


def _connected(port: int) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port), PATIENCE, source_address=(ADDRESS, 0))
    return made


def _send(
    connections: list[socket.socket], headers: Mapping[str, str], wave: int, flood: Flood
) -> None:
    number = len(flood.waves) * wave
    parcels = []
    for place in range(len(connections)):
        numbers = range(number + place, number + wave, len(connections))
        parcels.append(b"".join(_message(headers, f"flood {each}") for each in numbers))
    began = time.monotonic()
    for connection, parcel in zip(connections, parcels, strict=True):
        connection.sendall(parcel)
    flood.sent_in.append(time.monotonic() - began)


def _message(headers: Mapping[str, str], text: str) -> bytes:
    body = json.dumps({"text": text}).encode()
    lines = [f"{name}: {value}" for name, value in headers.items()]
    lines += ["Host: x", "Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join(["POST /web/messages HTTP/1.1", *lines, "", ""]).encode() + body


def _read(connection: socket.socket, count: int) -> Iterator[Answer]:
    with connection.makefile("rb") as stream:
        for _ in range(count):
            status = int(stream.readline().split()[1])
            headers = {}
            while line := stream.readline().strip():
                name, _, value = line.decode().partition(":")
                headers[name.lower()] = value.strip()
            body = stream.read(int(headers["content-length"]))
            yield Answer(status, headers, json.loads(body))


class Drips:
    """Connections that send a little every half second until they are answered."""

    def __init__(self) -> None:
        self.ended = threading.Event()
        self._open = selectors.DefaultSelector()
        self._answers: dict[bytes, list[bytes]] = {}
        self._waiting = 0

    def add(self, connection: socket.socket, first: bytes, more: bytes) -> None:
        connection.sendall(first)
        self._open.register(connection, selectors.EVENT_READ, (first, more))
        self._answers.setdefault(first, [])

    def run(self) -> None:
        end = time.monotonic() + PATIENCE
        while self._open.get_map() and time.monotonic() < end:
            for key, _ in self._open.select(timeout=0.5):
                self._take(key)
            for key in list(self._open.get_map().values()):
                self._drip(key)
        self.ended.set()

    def answers(self, first: bytes) -> list[bytes]:
        """What came back on the connections that began so."""
        assert self.ended.wait(PATIENCE), "some were never answered"
        return self._answers[first]

    def _take(self, key: selectors.SelectorKey) -> None:
        connection: Any = key.fileobj
        self._answers[key.data[0]].append(connection.recv(65_536))
        self._open.unregister(connection)

    def _drip(self, key: selectors.SelectorKey) -> None:
        connection: Any = key.fileobj
        try:
            connection.sendall(key.data[1])
        except OSError:
            self._take(key)


@contextmanager
def dripping(port: int, kinds: Mapping[bytes, bytes], *, each: int) -> Iterator[Drips]:
    """So many connections for each kind: what it begins with, and what it sends for ever after."""
    drips = Drips()
    with ExitStack() as stack:
        for first, more in kinds.items():
            for _ in range(each):
                drips.add(stack.enter_context(_connected(port)), first, more)
        thread = threading.Thread(target=drips.run)
        thread.start()
        yield drips
        thread.join(PATIENCE)
