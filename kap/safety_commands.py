"""`kap escalations`, `kap alerts`, `kap report` and `kap erase`: what staff do after a crisis."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from clinic.settings import load_settings
from kap.installation import opened_session
from safety import casework
from safety.retention import ask_erasure

console = Console()
escalations_app = typer.Typer(
    help="Crisis messages: look, acknowledge, release. Every look is written down.",
    no_args_is_help=True,
)
alerts_app = typer.Typer(help="Who is told of a crisis.", no_args_is_help=True)
report_app = typer.Typer(
    help="Counts for yearly reports, without identifiers.", no_args_is_help=True
)

CaseId = Annotated[str, typer.Argument(help="The first 6 or more characters of its id.")]
Who = Annotated[str, typer.Option("--by", help="Your name, for the record.")]


def _me() -> str:
    return getpass.getuser()


@escalations_app.command("list")
def list_escalations(
    open_only: Annotated[
        bool, typer.Option("--open", help="Only what nobody has confirmed.")
    ] = False,
    limit: Annotated[int, typer.Option(help="How many, newest first.")] = 50,
) -> None:
    """The newest messages of tier urgent and emergency, without their words."""
    with opened_session() as (_, session):
        lines = casework.list_cases(session, limit=limit, open_only=open_only)
    table = Table("id", "when (UTC)", "tier", "category", "channel", "alert", "rules")
    for line in lines:
        table.add_row(
            line.id[:12], f"{line.created_at:%Y-%m-%d %H:%M}", line.tier, line.category,
            line.channel, line.alert, ", ".join(line.rules),
        )  # fmt: skip
    console.print(table if lines else "none")


@escalations_app.command("show")
def show_escalation(case: CaseId, by: Who = "") -> None:
    """One message with its words and its history. That you looked is written down."""
    now = datetime.now(UTC)
    with opened_session() as (settings, session):
        found = casework.show_case(
            session, case, actor=by or _me(), now=now, cipher=settings.cipher()
        )
    line = found.line
    console.print(f"[bold]{line.tier}, {line.category}[/], by {line.channel}, {line.created_at}")
    console.print(f"conversation {line.conversation_id}, score {line.score:.2f}")
    console.print(f"rules: {', '.join(line.rules)}")
    console.print(f"\n{found.transcript or '(no words are kept)'}\n", markup=False, style="italic")
    if found.contact:
        console.print(f"Phone: {found.contact}", markup=False)
    for event in found.history:
        console.print(f"{event.at:%Y-%m-%d %H:%M:%S}  {event.kind}  {event.actor}", markup=False)


@escalations_app.command("acknowledge")
def acknowledge_escalation(case: CaseId, by: Who = "") -> None:
    """Confirm that a person has it in hand; nobody else is paged."""
    with opened_session() as (_, session):
        done = casework.acknowledge_case(session, case, actor=by or _me(), now=datetime.now(UTC))
    console.print("confirmed" if done else "somebody had confirmed or closed it before")


@escalations_app.command("release")
def release_escalation(case: CaseId, by: Who = "") -> None:
    """Let the person's chat out of safety mode and close its alerts. For clinicians."""
    with opened_session() as (settings, session):
        casework.release(
            session, case, actor=by or _me(), now=datetime.now(UTC), cipher=settings.cipher()
        )
    console.print("released: ordinary answers are back, and help stays pinned")


@alerts_app.command("test")
def test_alerts() -> None:
    """Send a test page to everybody in clinic.yml. Exit code 1 when one did not go out."""
    from safety.alert import AlertKind, new_alert
    from safety.delivery import send
    from safety.staff_texts import shared_staff_texts

    settings = load_settings()
    now = datetime.now(UTC)
    alert = new_alert(AlertKind.TEST, name=now.isoformat(), now=now)
    title, body = shared_staff_texts().page(alert, settings.public_url)
    plan = settings.clinic.alerts
    people = [("on_call", person) for person in plan.on_call]
    people += [("misconduct", person) for person in plan.misconduct]
    if not people:
        console.print("nobody is named under `alerts:` in clinic.yml: docs/alerts.md shows how")
        raise typer.Exit(1)
    well = True
    for kind, person in people:
        taken = send(person, title, body)
        well &= taken
        console.print(f"{'sent  ' if taken else 'FAILED'}  {kind}  {person.name}", markup=False)
    raise typer.Exit(0 if well else 1)


@report_app.command("referrals")
def report_referrals(
    year: Annotated[int, typer.Option(help="The calendar year, in UTC.")],
) -> None:
    """How often people were shown a hotline in a year. Counts messages, names nobody."""
    with opened_session() as (settings, session):
        rows = casework.referrals(session, year)
    table = Table("tier", "category", "channel", "times", title=f"Referrals in {year}")
    for tier, category, channel, count in rows:
        table.add_row(tier, category, channel, str(count))
    table.add_section()
    table.add_row("all", "", "", str(sum(row[3] for row in rows)))
    console.print(table)
    console.print(f"{settings.clinic.name}; protocol: {settings.public_url}/safety")


def erase(
    conversation: Annotated[str, typer.Argument(help="The conversation's id.")],
) -> None:
    """Have the worker erase what was said in one conversation; safety records stay their time."""
    with opened_session() as (_, session):
        ask_erasure(session, conversation, datetime.now(UTC))
    console.print("noted: the worker erases it within a minute")
