"""What tests of alerting share: a clock that tests move, a plan, and a target that takes posts."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, time, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from clinic.alert_plan import AlertPlan, Person, StaffedHours
from clinic.secret import Secret

MONDAY_NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
SUNDAY_NIGHT = datetime(2026, 1, 4, 3, 0, tzinfo=UTC)
HOURS = StaffedHours(zone="UTC", days={day: (time(9), time(17)) for day in range(5)})


def person(name: str, *, target: str = "json://127.0.0.1:9", always: bool = True) -> Person:
    return Person(name=name, target=Secret(target), always=always)


def plan(*on_call: Person, misconduct: tuple[Person, ...] = ()) -> AlertPlan:
    return AlertPlan(on_call=on_call, misconduct=misconduct, hours=HOURS)


class Clock:
    """A wall clock that a test moves."""

    def __init__(self, now: datetime = MONDAY_NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **span: float) -> None:
        self.now += timedelta(**span)


class Target:
    """A web hook on this computer. `up = False` makes it refuse, as a service that is down."""

    def __init__(self) -> None:
        self.up = True
        self.taken: list[dict[str, Any]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if outer.up:
                    outer.taken.append(json.loads(body))
                self.send_response(200 if outer.up else 503)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"json://127.0.0.1:{self._server.server_port}/"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
