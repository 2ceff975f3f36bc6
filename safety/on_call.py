"""Whom an alert is for, and when. Pure: no clock, no store, no network."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta

from clinic.alert_plan import AlertPlan, Person
from safety.alert import LONGEST_WAIT, Alert, AlertKind, AlertState, Queue
from safety.assessment import Tier

TRIES_EACH = 3
"""Failed pages to one person before the next one's turn."""


class StaffState(enum.StrEnum):
    """What is true about staff at one moment, and may therefore be said."""

    QUEUED = "queued"
    DELIVERED = "delivered"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What to do with a due alert: page this person now, or look again at `at`."""

    person: Person | None
    at: datetime


def next_turn(alert: Alert, plan: AlertPlan, now: datetime) -> Turn:
    """The person whose turn it is. An emergency is paged at any hour, to people who are off duty
    too when nobody is on; a request for a call waits for opening hours, everything else for the
    next person on call."""
    people = _people(alert, plan, now)
    if not people:
        return Turn(person=None, at=_look_again(plan, now))
    turn = alert.pages + alert.failures // TRIES_EACH
    return Turn(person=people[turn % len(people)], at=now)


def _people(alert: Alert, plan: AlertPlan, now: datetime) -> tuple[Person, ...]:
    if alert.queue is Queue.MISCONDUCT:
        return plan.misconduct
    everyone = plan.on_call
    on_duty = tuple(person for person in everyone if _on_duty(person, plan, now))
    if alert.kind is AlertKind.CALLBACK:
        return everyone if plan.hours.is_open(now) or not plan.hours.days else ()
    if on_duty or (alert.tier < Tier.EMERGENCY and alert.kind is AlertKind.CRISIS):
        return on_duty
    return everyone


def _on_duty(person: Person, plan: AlertPlan, now: datetime) -> bool:
    return person.always or plan.hours.is_open(now)


def _look_again(plan: AlertPlan, now: datetime) -> datetime:
    opening = plan.hours.next_opening(now)
    soonest = now + LONGEST_WAIT
    return min(opening, soonest) if opening else soonest


def retry_at(alert: Alert, now: datetime) -> datetime:
    """When a page that failed is tried again: 15 seconds, doubling up to 5 minutes."""
    seconds = min(15 * 2 ** min(alert.failures, 10), 300)
    return now + timedelta(seconds=seconds)


def staff_state(alert: Alert | None, plan: AlertPlan, now: datetime) -> StaffState:
    """What may be said of staff to the person whose message opened this alert."""
    if alert is not None and alert.state is AlertState.ACKNOWLEDGED:
        return StaffState.ACKNOWLEDGED
    staffed = plan.hours.is_open(now)
    anybody = any(_on_duty(person, plan, now) for person in plan.on_call)
    if alert is None or alert.state is AlertState.CLOSED:
        return StaffState.QUEUED if anybody else StaffState.CLOSED
    if alert.state is AlertState.DELIVERED and staffed:
        return StaffState.DELIVERED
    if not anybody and alert.state is AlertState.QUEUED:
        return StaffState.CLOSED
    return StaffState.QUEUED
