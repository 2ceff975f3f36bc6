"""The worker's part of alerting: take what is due, page the person whose turn it is, write it down.

Delivery is at least once: a worker that dies between sending and writing sends the same page id
again. What is sent holds no word of the person, no category and no number.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from clinic.alert_plan import AlertPlan, Person
from clinic.database import Database
from safety import outbox
from safety.acknowledgement import AlertLink, AlertLinks
from safety.alert import Alert, Queue
from safety.delivery import Send, send
from safety.on_call import next_turn, retry_at
from safety.staff_texts import StaffTexts, shared_staff_texts

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 50


class Alerter:
    """Pages people from the outbox. Several of them may work on one database."""

    def __init__(
        self,
        *,
        database: Database,
        plan: AlertPlan,
        links: AlertLinks,
        address: str,
        clock: Callable[[], datetime],
        deliver: Send = send,
        texts: StaffTexts | None = None,
    ) -> None:
        self._database = database
        self._plan = plan
        self._links = links
        self._address = address.rstrip("/")
        self._clock = clock
        self._deliver = deliver
        self._texts = texts or shared_staff_texts()

    def run_once(self) -> int:
        """Page for every alert that is due; number of pages that reached a target."""
        sent = 0
        for _ in range(MOST_AT_ONCE):
            with self._database.session(writing=True) as session:
                alert = outbox.claim(session, self._clock())
            if alert is None:
                break
            sent += self._page(alert)
        return sent

    def _page(self, alert: Alert) -> bool:
        now = self._clock()
        if alert.queue is Queue.PROBE:
            with self._database.session(writing=True) as session:
                outbox.mark_sent(
                    session, alert, person="probe", now=now, next_at=now + self._plan.probe_every
                )
                outbox.close(session, alert.id, actor="probe", now=now)
            return True
        turn = next_turn(alert, self._plan, now)
        if turn.person is None:
            with self._database.session(writing=True) as session:
                outbox.put_off(session, alert, turn.at)
            return False
        return self._send(alert, turn.person)

    def _send(self, alert: Alert, person: Person) -> bool:
        link = f"{self._address}/alerts/{self._links.issue(AlertLink(alert.id, person.name))}"
        title, body = self._texts.page(alert, link)
        taken = self._deliver(person, title, body)
        now = self._clock()
        with self._database.session(writing=True) as session:
            if taken:
                outbox.mark_sent(
                    session, alert, person=person.name, now=now,
                    next_at=now + self._plan.repeat_after,
                )  # fmt: skip
            else:
                outbox.mark_failed(
                    session, alert, person=person.name, now=now, next_at=retry_at(alert, now)
                )
        if not taken:
            logger.error("an alert did not reach its target (alert %s)", alert.page_id)
        return taken
