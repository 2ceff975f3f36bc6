"""What is wrong with an installation, and how to mend it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from clinic.errors import ClinicError
from clinic.settings import Settings, load_settings
from kap.finding import Finding, Part
from kap.installation import opened, steps
from kap.processes import all_processes
from kap.sms_doctor import examine_sms
from knowledge.live import live_answers
from language.errors import LanguageError
from safety.chores import PROBE, read_chore
from safety.errors import SafetyError
from safety.hotlines import all_lines, shared_regions
from safety.public_page import PUBLIC_FILE, read_public
from safety.regions import shared_regions_book
from safety.replies import shared_replies
from safety.rulebook import shared_rules
from safety.spool import Spool
from safety.staff_texts import shared_staff_texts
from safety.states import require_allowed, shared_states
from safety.texts import shared_texts

VERIFY_EVERY = timedelta(days=90)
_LEAST_DISK = 500 * 1024 * 1024


def examine(part: Part = Part.ALL) -> Iterator[Finding]:
    """Look at everything, the foundations first; later parts are skipped when those are broken."""
    yield Finding(f"Python {sys.version.split()[0]}", sys.version_info[:2] == (3, 11), "use 3.11")
    try:
        settings = load_settings()
    except ClinicError as error:
        yield Finding("settings and clinic.yml", False, str(error))
        return
    yield Finding(f"settings and clinic.yml ({settings.environment})")
    if part is Part.SMS:
        yield from examine_sms(settings)
        return
    yield from _safety_files(settings)
    yield from _prepared(settings)
    yield from _reviewed(settings)
    yield from _disk(settings)
    yield from _spool(settings)
    yield from _running(settings)
    yield from _chain(settings)
    if settings.clinic.sms.is_on:
        yield from examine_sms(settings)


def _tried(what: str, look: Callable[[], object]) -> Finding:
    try:
        look()
    except (SafetyError, ClinicError, LanguageError, SQLAlchemyError, OSError) as error:
        return Finding(what, False, str(error))
    return Finding(what)


def _safety_files(settings: Settings) -> Iterator[Finding]:
    yield _tried("safety rules", lambda: (shared_rules(), shared_replies()))
    yield _tried("safety texts", shared_texts)
    yield _tried("staff texts, public page and regions", _read_safety_data)
    hotlines = _tried("hotlines", shared_regions)
    yield hotlines
    if hotlines.well:
        yield from _hotlines(settings)
    yield from _state_law(settings)
    yield from _alert_plan(settings)


def _read_safety_data() -> None:
    shared_staff_texts()
    read_public(PUBLIC_FILE)
    shared_regions_book()


def _hotlines(settings: Settings) -> Iterator[Finding]:
    oldest = _today() - VERIFY_EVERY
    for line in all_lines():
        if line.region != settings.clinic.region:
            continue
        if line.recheck and line.recheck <= _today():
            yield Finding(
                f"hotline {line.id} was to be looked at again by {line.recheck}",
                False,
                f"look at {line.source}, then change it and `recheck:` in safety/hotlines.yml",
            )
        if line.shown and line.verified < oldest:
            yield Finding(
                f"hotline {line.id} was last verified on {line.verified}",
                False,
                f"check it at {line.source}, then write today's date in safety/hotlines.yml",
            )


def _state_law(settings: Settings) -> Iterator[Finding]:
    clinic = settings.clinic
    if clinic.region != "US":
        return
    yield _tried(
        f"law of the state ({clinic.state or 'none named'})",
        lambda: require_allowed(clinic, shared_states()),
    )
    law = shared_states().get(clinic.state)
    if law and law.review_by < _today():
        yield Finding(
            f"{law.law} ({law.state}) was to be looked at again by {law.review_by}",
            False,
            "ask a lawyer, then write a new `review_by:` in safety/states.yml",
        )


def _alert_plan(settings: Settings) -> Iterator[Finding]:
    plan = settings.clinic.alerts
    mend = "name them under `alerts:` in clinic.yml (docs/alerts.md), then run `kap alerts test`"
    yield Finding(f"{len(plan.on_call)} people are on call", bool(plan.on_call), mend)
    yield Finding(
        f"{len(plan.misconduct)} people take reports about staff", bool(plan.misconduct), mend
    )
    yield Finding(
        f"staff are at work on {len(plan.hours.days)} days of the week", bool(plan.hours.days),
        "write `staffed_hours:` in clinic.yml, or people are told that nobody reads this",
    )  # fmt: skip


def _chain(settings: Settings) -> Iterator[Finding]:
    with opened(settings) as database:
        try:
            with database.session() as session:
                last = read_chore(session, PROBE)
        except (SQLAlchemyError, OSError):
            return
    when = f"last run {last.at:%Y-%m-%d %H:%M} UTC" if last else "never run"
    yield Finding(
        f"the test of crisis replies and alerts ({when})",
        last is not None and last.well,
        "start the assistant with `kap serve`, and read the worker's log",
    )


def _prepared(settings: Settings) -> Iterator[Finding]:
    with opened(settings) as database:
        for step in steps(settings, database):
            try:
                done = step.done()
            except (SQLAlchemyError, OSError) as error:
                yield Finding(step.name, False, f"{type(error).__name__}: run `kap setup`")
                continue
            yield Finding(step.name, done, "run `kap setup`")


def _reviewed(settings: Settings) -> Iterator[Finding]:
    with opened(settings) as database:
        try:
            with database.session() as session:
                answers = live_answers(session)
        except (SQLAlchemyError, OSError):
            return
    waiting = sum(answer.reviewed_on is None for answer in answers)
    late = [answer.topic for answer in answers if answer.review_by and answer.review_by < _today()]
    shown = "shown with a notice" if settings.serve_unreviewed else "not shown"
    yield Finding(
        f"{waiting} of {len(answers)} answers wait for a clinician ({shown})",
        settings.serve_unreviewed or not waiting,
        "have them read and approved with `kap knowledge approve`, or set KAP_SERVE_UNREVIEWED=yes",
    )
    yield Finding(
        f"{len(late)} answers are due for another reading: {', '.join(late) or 'none'}",
        not late,
        "read them again, then save a revision with a new review_by",
    )


def _today() -> date:
    return datetime.now(UTC).date()


def _disk(settings: Settings) -> Iterator[Finding]:
    free = shutil.disk_usage(settings.home).free
    yield Finding(
        f"{free // 2**20} MiB of disk free",
        free > _LEAST_DISK,
        "free some space: records of crisis messages need it",
    )


def _spool(settings: Settings) -> Iterator[Finding]:
    waiting = Spool(settings.spool, settings.cipher()).waiting()
    yield Finding(
        f"{waiting} safety records wait for the database",
        waiting == 0,
        "start the assistant with the database up: it writes them within seconds",
    )


def _running(settings: Settings) -> Iterator[Finding]:
    for process in all_processes(settings):
        yield Finding(f"the {process.name} answers", process.answers(), "start it with `kap serve`")
