"""`kap sms`: text with the assistant, and what a clinic pastes into Twilio's console."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import phonenumbers
import typer
from rich.console import Console

from bot.channels.pseudonym import NumberPseudonyms
from bot.channels.sms.fallback import fallback_twiml, keyword_texts
from bot.channels.sms.threads import conversation_of, write_consent
from clinic.settings import Settings, load_settings
from kap.installation import opened_session
from kap.terminal_sms import PHONE
from kap.terminal_sms import chat as text_with
from safety.retention import ask_erasure
from safety.texts import LANGUAGES

Number = Annotated[str, typer.Argument(help="The phone number, such as +13035550142.")]

app = typer.Typer(
    help="Text with the running assistant, here in the terminal, with the segments of each text. "
    "The subcommands print what to paste into Twilio's console.",
    invoke_without_command=True,
)


@app.callback()
def chat(
    context: typer.Context,
    number: Annotated[str, typer.Option(help="The number to text from.")] = PHONE,
) -> None:
    """Text with the running assistant (development only); see the subcommands for Twilio."""
    if context.invoked_subcommand is None:
        text_with(load_settings().sms_files, Console(), number=number)


@app.command()
def fallback(
    out: Annotated[Path | None, typer.Option(help="Write it into this file.")] = None,
) -> None:
    """Print the TwiML that answers with help lines while the assistant is away.

    Paste it into a TwiML Bin, and the bin's address as fallback of the number or service.
    """
    content = fallback_twiml(load_settings().clinic)
    if out:
        out.write_text(content, encoding="utf-8")
    else:
        typer.echo(content, nl=False)


@app.command()
def texts() -> None:
    """Print Twilio's answers to HELP, STOP and START, for Advanced Opt-Out and for clinic.yml."""
    clinic = load_settings().clinic
    for language in LANGUAGES:
        typer.echo(f"# {language}")
        for word, text in keyword_texts(clinic, language).items():
            typer.echo(f'{word}: "{text}"')


@app.command()
def stop(number: Number) -> None:
    """Write down that somebody asked staff for no more texts. Holds from now on."""
    settings = load_settings()
    name = NumberPseudonyms(settings.number_keys).of(_plain(number, settings))[0]
    with opened_session() as (_, session):
        write_consent(session, name, out=True, source="staff", timestamp=time.time())
    typer.echo("noted: this number gets no more texts until it sends START")


@app.command()
def erase(number: Number) -> None:
    """Have the worker erase what was texted from a number; safety records stay their time."""
    settings = load_settings()
    names = NumberPseudonyms(settings.number_keys).of(_plain(number, settings))
    with opened_session() as (_, session):
        conversation_id = conversation_of(session, names)
        if conversation_id is None:
            typer.echo("nothing is kept of this number")
            raise typer.Exit(1)
        ask_erasure(session, conversation_id, datetime.now(UTC))
    typer.echo("noted: the worker erases it within a minute")


def _plain(number: str, settings: Settings) -> str:
    """The number as carriers write it; a number without its country is one of the clinic's."""
    try:
        parsed = phonenumbers.parse(number, settings.clinic.region)
    except phonenumbers.NumberParseException:
        raise typer.BadParameter("write the number with its country code: +13035550142") from None
    if not phonenumbers.is_possible_number(parsed):
        raise typer.BadParameter("write the number with its country code: +13035550142")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
