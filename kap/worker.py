"""The worker process: alerts, the probe, retention and erasures. `python -m kap.worker`."""

from __future__ import annotations

import logging
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import FrameType

from sqlalchemy.exc import SQLAlchemyError

from bot.erasure import erase_conversation
from bot.tables import forget_silent_since
from clinic.database import Database
from clinic.errors import ClinicError
from clinic.settings import Settings, load_settings
from kap.probe import ProbeFailed, probe
from safety.acknowledgement import AlertLinks
from safety.alert import AlertKind, new_alert
from safety.alerts import Alerter
from safety.chores import HEARTBEAT, PROBE, RETENTION, finish_chore, read_chore, take_chore
from safety.delivery import Send, send
from safety.errors import SafetyError
from safety.outbox import open_alert
from safety.retention import erase_old, waiting_erasures
from safety.staff_texts import shared_staff_texts
from visitors import retention as visitors_retention

logger = logging.getLogger("kap.worker")

PAUSE = 1.0
"""Seconds between two looks at the outbox."""
_BEAT = timedelta(seconds=15)
_RETENTION_EVERY = timedelta(hours=1)
_PROBE_AGAIN = timedelta(minutes=1)
_SILENT_DATABASE = 120.0
"""Seconds without a database after which people are paged past the outbox."""
_PAGE_AGAIN = 3600.0


class Worker:
    """One worker. Any number of them may share a database."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        deliver: Send = send,
    ) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._deliver = deliver
        self.alerter = Alerter(
            database=database,
            plan=settings.clinic.alerts,
            links=AlertLinks(settings.signing_key),
            address=settings.public_url,
            clock=clock,
            deliver=deliver,
        )
        self._database_seen = time.monotonic()
        self._paged_directly = -_PAGE_AGAIN

    def step(self) -> None:
        """Do what is due. Never raises: what fails is tried again in the next step."""
        try:
            self.alerter.run_once()
            self._beat()
            self._probe()
            self._keep_house()
            self._database_seen = time.monotonic()
        except (SQLAlchemyError, OSError) as error:
            logger.error("the worker could not work: %s", type(error).__name__)
            self._page_directly()
        except Exception as error:
            logger.exception("the worker stumbled: %s", type(error).__name__)

    def _beat(self) -> None:
        now = self._clock()
        with self._database.session(writing=True) as session:
            if take_chore(session, HEARTBEAT, every=_BEAT, now=now):
                finish_chore(session, HEARTBEAT, well=True, at=now)

    def _probe(self) -> None:
        now = self._clock()
        with self._database.session() as session:
            last = read_chore(session, PROBE)
        every = self._settings.clinic.alerts.probe_every
        if last is not None and last.failures == 1:
            every = _PROBE_AGAIN
        with self._database.session(writing=True) as session:
            if not take_chore(session, PROBE, every=every, now=now):
                return
        try:
            probe(self._settings, self._database, self.alerter.run_once)
            self._finish_probe(well=True)
        except ProbeFailed as error:
            logger.error("the probe failed: %s", error)
            self._finish_probe(well=False)

    def _finish_probe(self, *, well: bool) -> None:
        now = self._clock()
        with self._database.session(writing=True) as session:
            failures = finish_chore(session, PROBE, well=well, at=now)
            if failures == 2:
                name = f"probe {now.isoformat()}"
                open_alert(session, new_alert(AlertKind.BROKEN, name=name, now=now))

    def _keep_house(self) -> None:
        now, kept = self._clock(), self._settings.clinic.retention
        with self._database.session() as session:
            waiting = waiting_erasures(session)
        with self._database.session(writing=True) as session:
            for conversation_id in waiting:
                erase_conversation(session, conversation_id, now)
        with self._database.session(writing=True) as session:
            if not take_chore(session, RETENTION, every=_RETENTION_EVERY, now=now):
                return
            erase_old(session, kept, now)
            forget_silent_since(session, (now - kept.conversations).timestamp())
            visitors_retention.erase_old(session, kept, now)

    def _page_directly(self) -> None:
        """Without a database there is no outbox: tell the on-call people all the same."""
        now = time.monotonic()
        silent, again = now - self._database_seen, now - self._paged_directly
        if silent < _SILENT_DATABASE or again < _PAGE_AGAIN:
            return
        self._paged_directly = now
        alert = new_alert(AlertKind.BROKEN, name="database", now=self._clock())
        title, body = shared_staff_texts().page(alert, self._settings.public_url)
        for person in self._settings.clinic.alerts.on_call:
            if self._deliver(person, title, body):
                return


def main() -> int:
    """Run until stopped; exit code 2 when a setting or a file is wrong."""
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        settings = load_settings()
        shared_staff_texts()
    except (ClinicError, SafetyError) as error:
        print(f"The worker cannot start. {error}", file=sys.stderr)
        return 2
    if not settings.clinic.alerts.on_call:
        logger.warning("alerts reach nobody: fill `alerts:` in clinic.yml")
    worker = Worker(settings, Database(settings.database_url))
    stopping = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while not stopping.is_set():
        worker.step()
        stopping.wait(PAUSE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
