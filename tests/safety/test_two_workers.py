"""Several workers on one PostgreSQL share the work: every alert has one page."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from clinic.alert_plan import Person
from clinic.database import Database
from clinic.schema import differences, upgrade
from clinic.secret import Secret
from kap.metadata import ALL_METADATA
from safety import outbox
from safety.acknowledgement import AlertLinks
from safety.alert import AlertKind, new_alert
from safety.alerts import Alerter
from safety.models import alerts
from tests.postgres import postgres_server
from tests.safety.alerting import MONDAY_NOON, Clock, person, plan

pytestmark = pytest.mark.slow
MANY = 120


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with postgres_server() as address:
        first = Database(address)
        upgrade(first.engine, ALL_METADATA)
        first.dispose()
        yield address


def test_migrations_fit_the_models(url: str) -> None:
    """On PostgreSQL too, the migrations make what the code expects."""
    database = Database(url)
    assert differences(database.engine, ALL_METADATA) == []
    database.dispose()


def test_no_alert_is_taken_twice(url: str) -> None:
    """Four workers at once; each alert is paged once, and none is left."""
    database = Database(url)
    with database.session() as session:
        for number in range(MANY):
            alert = new_alert(
                AlertKind.CRISIS, name=str(number), now=MONDAY_NOON, conversation_id=f"c{number}"
            )
            assert outbox.open_alert(session, alert)
    pages: list[str] = []
    together = threading.Barrier(4)

    def deliver(who: Person, title: str, body: str) -> bool:
        pages.append(body)
        return True

    def work() -> None:
        own = Database(url)
        worker = Alerter(
            database=own, plan=plan(person("Ann Example")), links=AlertLinks(Secret("k" * 40)),
            address="https://chat.example", clock=Clock(MONDAY_NOON), deliver=deliver,
        )  # fmt: skip
        together.wait(timeout=10)
        while worker.run_once():
            pass
        own.dispose()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join(timeout=60)
    assert len(pages) == MANY
    with database.session() as session:
        rows = session.execute(select(alerts.c.pages, alerts.c.due_at)).all()
    assert Counter(row.pages for row in rows) == {1: MANY}
    assert all(outbox.as_utc(row.due_at) >= MONDAY_NOON + timedelta(minutes=1) for row in rows)
    database.dispose()
