"""Sanic's HTTP protocol with a limit on how long the head of a request may take in all.

Sanic counts from the last byte: a client that drips one byte every few seconds keeps its
connection for ever.
"""

from __future__ import annotations

from typing import Any

from sanic.http import Stage
from sanic.server.protocols.http_protocol import HttpProtocol


class PatientOnce(HttpProtocol):
    """Counts the head's time from its first byte. Bodies have a limit in `bot.channels.web`."""

    _time: float

    def data_received(self, data: bytes) -> None:
        """Take bytes; while a head is being read, they do not put off its end."""
        http: Any = getattr(self, "_http", None)
        reading = http is not None and http.stage is Stage.REQUEST
        since: float = self._time
        super().data_received(data)
        if reading:
            self._time = since
