"""`kap callbacks`: requests for a call that visitors of the web chat left."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from kap.installation import opened_session
from safety.alert import Queue
from visitors import callbacks

console = Console()
callbacks_app = typer.Typer(
    help="Requests for a call: list, show, close. Every look is written down.",
    no_args_is_help=True,
)

CallbackId = Annotated[str, typer.Argument(help="The first 6 or more characters of its id.")]
Who = Annotated[str, typer.Option("--by", help="Your name, for the record.")]


@callbacks_app.command("list")
def list_requests(
    everything: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False,
    misconduct: Annotated[
        bool, typer.Option("--misconduct", help="Those of people who reported staff.")
    ] = False,
    limit: Annotated[int, typer.Option(help="How many, newest first.")] = 50,
) -> None:
    """Open requests, without names and numbers."""
    queue = Queue.MISCONDUCT if misconduct else Queue.CLINICAL
    with opened_session() as (_, session):
        lines = callbacks.list_callbacks(session, queue=queue, everything=everything, limit=limit)
    table = Table("id", "when (UTC)", "closed by")
    for line in lines:
        table.add_row(line.id[:12], f"{line.created_at:%Y-%m-%d %H:%M}", line.closed_by)
    console.print(table if lines else "none")


@callbacks_app.command("show")
def show_request(request: CallbackId, by: Who = "") -> None:
    """One request with name and number. That you looked is written down."""
    now = datetime.now(UTC)
    with opened_session() as (settings, session):
        found = callbacks.show_callback(
            session, request, actor=by or getpass.getuser(), now=now, cipher=settings.cipher()
        )
    contact = found.contact
    if contact is None:
        console.print("it cannot be read: check KAP_TEXT_KEYS")
        raise typer.Exit(1)
    rows = {
        "safe to call": "yes" if contact.safe_to_call else "NO: say nothing of the clinic",
        "voicemail": "yes" if contact.voicemail else "NO: leave none",
        "name": contact.name,
        "phone": contact.phone,
        "e-mail": contact.email,
        "best time": contact.best_time,
        "note": contact.note,
        "closed by": found.line.closed_by,
    }
    for name, value in rows.items():
        if value:
            console.print(f"{name:>12}  {value}", markup=False, highlight=False)


@callbacks_app.command("close")
def close_request(request: CallbackId, by: Who = "") -> None:
    """Nothing is left to do: it leaves the list, and nobody is paged for it."""
    with opened_session() as (_, session):
        done = callbacks.close_callback(
            session, request, actor=by or getpass.getuser(), now=datetime.now(UTC)
        )
    console.print("closed" if done else "somebody had closed it before")
