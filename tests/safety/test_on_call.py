"""What is said of staff is only ever what is true at that moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from clinic.alert_plan import AlertPlan, StaffedHours
from safety.alert import Alert, AlertKind, AlertState, new_alert
from safety.on_call import StaffState, retry_at, staff_state
from tests.safety.alerting import HOURS, MONDAY_NOON, SUNDAY_NIGHT, person, plan

ALERT = new_alert(AlertKind.CRISIS, name="x", now=MONDAY_NOON)
ALWAYS = plan(person("Ann"))
BY_DAY = plan(person("Ann", always=False))


@pytest.mark.parametrize(
    ("label", "state", "people", "now", "said"),
    [
        ("nobody named", AlertState.QUEUED, plan(), MONDAY_NOON, StaffState.CLOSED),
        ("not sent yet", AlertState.QUEUED, ALWAYS, MONDAY_NOON, StaffState.QUEUED),
        ("sent by day", AlertState.DELIVERED, BY_DAY, MONDAY_NOON, StaffState.DELIVERED),
        ("sent at night", AlertState.DELIVERED, ALWAYS, SUNDAY_NIGHT, StaffState.QUEUED),
        ("nobody at night", AlertState.QUEUED, BY_DAY, SUNDAY_NIGHT, StaffState.CLOSED),
        ("confirmed", AlertState.ACKNOWLEDGED, BY_DAY, SUNDAY_NIGHT, StaffState.ACKNOWLEDGED),
        ("closed again", AlertState.CLOSED, BY_DAY, MONDAY_NOON, StaffState.QUEUED),
        ("no alert known", None, ALWAYS, MONDAY_NOON, StaffState.QUEUED),
        ("no alert, nobody", None, plan(), MONDAY_NOON, StaffState.CLOSED),
    ],
)
def test_staff_state(
    label: str, state: AlertState | None, people: AlertPlan, now: datetime, said: StaffState
) -> None:
    """By state of the alert and hour of the clinic."""
    alert: Alert | None = replace(ALERT, state=state) if state else None
    assert staff_state(alert, people, now) is said, label


def test_staffed_hours_are_the_clinics_own() -> None:
    """Nine in Denver is not nine in UTC, summer time included."""
    denver = StaffedHours(zone="America/Denver", days=HOURS.days)
    assert not denver.is_open(datetime(2026, 1, 5, 15, 59, tzinfo=UTC))
    assert denver.is_open(datetime(2026, 1, 5, 16, 0, tzinfo=UTC))
    assert denver.is_open(datetime(2026, 7, 6, 15, 0, tzinfo=UTC))
    friday_evening = datetime(2026, 1, 10, 1, 0, tzinfo=UTC)
    assert denver.next_opening(friday_evening) == datetime(2026, 1, 12, 16, 0, tzinfo=UTC)
    assert StaffedHours().next_opening(friday_evening) is None


def test_back_off_grows_and_ends() -> None:
    """15 seconds at first, five minutes at most."""
    waits = [
        (retry_at(replace(ALERT, failures=count), MONDAY_NOON) - MONDAY_NOON).total_seconds()
        for count in range(9)
    ]
    assert waits[0] == 15
    assert waits == sorted(waits)
    assert waits[-1] == 300
