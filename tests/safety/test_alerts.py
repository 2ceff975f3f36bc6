"""Every crisis record pages somebody, until somebody confirms, without a word of what was said."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import select, update

from clinic.alert_plan import AlertPlan, Person
from clinic.database import Database
from clinic.secret import Secret
from clinic.settings import Settings
from safety import outbox
from safety.acknowledgement import AlertLink, AlertLinks, LinkInvalid
from safety.alert import Alert, AlertKind, AlertState, Queue, new_alert
from safety.alerts import Alerter
from safety.assessment import Assessment, Category, Tier
from safety.escalations import Escalation, EscalationLog
from safety.models import alerts, safety_events
from safety.spool import Spool
from safety.state import SafetyState
from tests.safety.alerting import MONDAY_NOON, SUNDAY_NIGHT, Clock, Target, person, plan

ANN, BO = person("Ann Example"), person("Bo Example")
KEY = Secret("k" * 40)


class Desk:
    """A worker with a clock and a delivery that tests steer."""

    def __init__(self, database: Database, wanted: AlertPlan, clock: Clock) -> None:
        self.database, self.clock = database, clock
        self.pages: list[tuple[str, str, str]] = []
        self.reachable = True
        self.links = AlertLinks(KEY)
        self.alerter = Alerter(
            database=database, plan=wanted, links=self.links, address="https://chat.example",
            clock=clock, deliver=self._deliver,
        )  # fmt: skip

    def _deliver(self, who: Person, title: str, body: str) -> bool:
        if self.reachable:
            self.pages.append((who.name, title, body))
        return self.reachable

    def work(self) -> list[str]:
        before = len(self.pages)
        self.alerter.run_once()
        return [name for name, _, _ in self.pages[before:]]

    def alert(self, alert_id: str) -> Alert:
        with self.database.session() as session:
            found = outbox.find_alert(session, alert_id)
        assert found is not None
        return found


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(database: Database, clock: Clock) -> Desk:
    return Desk(database, plan(ANN, BO, misconduct=(person("Cy Outside"),)), clock)


def _record(
    desk: Desk, settings: Settings, *, tier: Tier = Tier.EMERGENCY,
    category: Category = Category.SUICIDE, conversation: str = "web-1", message: str = "m1",
) -> str:  # fmt: skip
    log = EscalationLog(desk.database, settings.cipher(), Spool(settings.spool, settings.cipher()))
    escalation = Escalation(
        conversation_id=conversation, message_id=message, channel="web",
        assessment=Assessment(tier=tier, category=category, rules=("en.x",)),
        transcript="the secret words, call 555-010-7777", created_at=desk.clock(),
    )  # fmt: skip
    log.record_now(escalation)
    return escalation.id


async def test_alert_is_written_with_the_record(desk: Desk, settings: Settings) -> None:
    """One transaction: where the escalation stands, its alert stands; a check-in has none."""
    log = EscalationLog(desk.database, settings.cipher(), Spool(settings.spool, settings.cipher()))
    for number, tier in enumerate((Tier.CHECK_IN, Tier.URGENT)):
        escalation = Escalation(
            conversation_id=f"web-{number}", message_id="m", channel="web",
            assessment=Assessment(tier=tier, category=Category.SUICIDE),
            transcript="words", created_at=desk.clock(),
        )  # fmt: skip
        await log.record(escalation.conversation_id, SafetyState(tier=tier), escalation)
    with desk.database.session() as session:
        rows = session.execute(select(alerts.c.conversation_id, alerts.c.tier)).all()
    assert rows == [("web-1", "urgent")]


def test_paged_in_order_until_somebody_confirms(desk: Desk, settings: Settings) -> None:
    """Ann, then Bo, then Ann again; after a confirmation nobody."""
    alert_id = _record(desk, settings)
    assert desk.work() == ["Ann Example"]
    assert desk.work() == []
    desk.clock.pass_(minutes=10)
    assert desk.work() == ["Bo Example"]
    desk.clock.pass_(minutes=10)
    assert desk.work() == ["Ann Example"]
    with desk.database.session() as session:
        assert outbox.acknowledge(session, alert_id, actor="Bo Example", now=desk.clock())
        assert not outbox.acknowledge(session, alert_id, actor="Ann Example", now=desk.clock())
    desk.clock.pass_(hours=5)
    assert desk.work() == []
    assert desk.alert(alert_id).acknowledged_by == "Bo Example"


def test_a_page_holds_nothing_of_the_person(desk: Desk, settings: Settings) -> None:
    """No word, no number, no category; a tier, a time, a stable id and a link."""
    _record(desk, settings, category=Category.OVERDOSE)
    desk.work()
    _, title, body = desk.pages[0]
    for part in ("secret", "7777", "overdose", "web-1"):
        assert part not in title + body
    assert "emergency" in title
    assert "https://chat.example/alerts/" in body


def test_repeated_sends_of_one_page_have_one_id(desk: Desk, settings: Settings) -> None:
    """A worker that dies between sending and writing sends the same page id again."""
    alert_id = _record(desk, settings)
    desk.work()
    with desk.database.session() as session:
        session.execute(
            update(alerts).values(state="queued", pages=0, due_at=desk.clock(), claimed_until=None)
        )
    desk.work()
    first, second = [body.split("(page ")[1] for _, _, body in desk.pages]
    assert first == second != desk.alert(alert_id).page_id


def test_urgent_waits_for_somebody_on_duty(database: Database, settings: Settings) -> None:
    """At night nobody who works by day is paged for `urgent`; at opening they are."""
    desk = Desk(database, plan(person("Day Nurse", always=False)), Clock(SUNDAY_NIGHT))
    _record(desk, settings, tier=Tier.URGENT)
    for _ in range(29):
        assert desk.work() == []
        desk.clock.pass_(hours=1)
    desk.clock.pass_(hours=1, minutes=1)
    assert desk.work() == ["Day Nurse"]


def test_emergency_is_paged_at_any_hour(database: Database, settings: Settings) -> None:
    """When nobody is on duty, an emergency pages those who are off duty too."""
    desk = Desk(database, plan(person("Day Nurse", always=False)), Clock(SUNDAY_NIGHT))
    _record(desk, settings, tier=Tier.EMERGENCY)
    assert desk.work() == ["Day Nurse"]


def test_target_down_for_an_hour(desk: Desk, settings: Settings) -> None:
    """Every person is tried again and again; the first page after the outage arrives."""
    alert_id = _record(desk, settings)
    desk.reachable = False
    for _ in range(60):
        desk.work()
        desk.clock.pass_(minutes=1)
    failures = desk.alert(alert_id).failures
    assert failures >= 12
    desk.reachable = True
    desk.clock.pass_(minutes=5)
    assert len(desk.work()) == 1
    assert desk.alert(alert_id).state is AlertState.DELIVERED


def test_clock_jumps(desk: Desk, settings: Settings) -> None:
    """Set back by a year or ahead by a day, an alert is neither lost nor put off."""
    _record(desk, settings)
    desk.clock.pass_(days=-365)
    assert desk.work() == ["Ann Example"]
    desk.clock.pass_(days=366)
    assert desk.work() == ["Bo Example"]
    desk.clock.pass_(days=-30)
    assert desk.work() == ["Ann Example"]


def test_worker_killed_between_claim_and_send(desk: Desk, settings: Settings) -> None:
    """A claim runs out, and another worker sends."""
    _record(desk, settings)
    with desk.database.session() as session:
        assert outbox.claim(session, desk.clock()) is not None
    assert desk.work() == []
    desk.clock.pass_(seconds=outbox.LEASE.total_seconds() + 1)
    assert desk.work() == ["Ann Example"]


def test_reports_about_staff_reach_only_the_misconduct_contact(
    desk: Desk, settings: Settings
) -> None:
    """However often it is repeated, no clinician on call is paged."""
    _record(desk, settings, category=Category.MISCONDUCT, tier=Tier.URGENT)
    told = []
    for _ in range(5):
        told += desk.work()
        desk.clock.pass_(minutes=11)
    assert set(told) == {"Cy Outside"}


def test_one_conversation_opens_one_alert_a_tier(desk: Desk, settings: Settings) -> None:
    """Further messages join the open alert; a worse one opens another, and so does one after it
    was confirmed."""
    first = _record(desk, settings, tier=Tier.URGENT)
    _record(desk, settings, tier=Tier.URGENT, message="m2")
    assert desk.work() == ["Ann Example"]
    _record(desk, settings, tier=Tier.EMERGENCY, message="m3")
    assert desk.work() == ["Ann Example"]
    with desk.database.session() as session:
        for alert_id in session.execute(select(alerts.c.id)).scalars().all():
            outbox.acknowledge(session, alert_id, actor="Ann", now=desk.clock())
    _record(desk, settings, tier=Tier.URGENT, message="m4")
    assert desk.work() == ["Ann Example"]
    assert desk.alert(first).state is AlertState.ACKNOWLEDGED


def test_undelivered_and_broken_alerts(desk: Desk) -> None:
    """A lost reply and a broken chain page like an emergency, once for each cause."""
    for kind in (AlertKind.UNDELIVERED, AlertKind.BROKEN):
        for _ in range(2):
            with desk.database.session() as session:
                outbox.open_alert(session, new_alert(kind, name="x", now=desk.clock()))
    assert desk.work() == ["Ann Example", "Ann Example"]


def test_probe_reaches_nobody(desk: Desk, settings: Settings) -> None:
    """The synthetic probe's alert is taken and closed, and no person hears of it."""
    alert_id = _record(desk, settings, conversation="probe-1")
    assert desk.alert(alert_id).queue is Queue.PROBE
    assert desk.work() == []
    assert desk.alert(alert_id).state is AlertState.CLOSED


def test_two_workers_never_take_the_same_row(desk: Desk, settings: Settings) -> None:
    """Many alerts, four threads: each is paged once."""
    for number in range(20):
        _record(desk, settings, conversation=f"web-{number}")
    threads = [threading.Thread(target=desk.alerter.run_once) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pages = [body.split("(page ")[1] for _, _, body in desk.pages]
    assert len(pages) == len(set(pages)) == 20


def test_history_is_kept(desk: Desk, settings: Settings) -> None:
    """Who was paged and who confirmed stands in the append-only history."""
    alert_id = _record(desk, settings)
    desk.work()
    with desk.database.session() as session:
        outbox.acknowledge(session, alert_id, actor="Ann Example", now=desk.clock())
        kinds = session.execute(
            select(safety_events.c.kind).where(safety_events.c.subject == alert_id)
        ).scalars()
        assert list(kinds) == ["paged", "acknowledged"]


def test_links() -> None:
    """A link opens what it was made for; a forged or foreign one opens nothing."""
    links = AlertLinks(KEY)
    token = links.issue(AlertLink("a1", "Ann Example"))
    assert links.read(token) == AlertLink("a1", "Ann Example")
    for bad in (token[:-2] + "xx", "", AlertLinks(Secret("z" * 40)).issue(AlertLink("a", "b"))):
        with pytest.raises(LinkInvalid, match="newest alert"):
            links.read(bad)


@pytest.fixture
def target() -> Iterator[Target]:
    made = Target()
    yield made
    made.close()


def test_real_delivery_through_a_web_hook(
    database: Database, settings: Settings, target: Target
) -> None:
    """Apprise posts the page; while the target refuses, the alert stays open and is tried again."""
    clock = Clock(MONDAY_NOON)
    alerter = Alerter(
        database=database, plan=plan(person("Hook", target=target.address)),
        links=AlertLinks(KEY), address="https://chat.example", clock=clock,
    )  # fmt: skip
    desk = Desk(database, plan(), clock)
    alert_id = _record(desk, settings)
    target.up = False
    assert alerter.run_once() == 0
    target.up = True
    clock.pass_(minutes=6)
    assert alerter.run_once() == 1
    assert len(target.taken) == 1
    assert "secret" not in json.dumps(target.taken)
    assert desk.alert(alert_id).state is AlertState.DELIVERED
