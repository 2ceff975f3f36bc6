"""The `kap` command."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from clinic.errors import ClinicError
from clinic.keys import make_keys
from clinic.settings import load_settings
from kap import knowledge_commands, safety_commands, sms_commands, visitor_commands
from kap.finding import Part

console = Console(stderr=True)
app = typer.Typer(
    help="Run and look after KAP Guide.\n\nFirst steps: kap setup, kap serve, and in a second "
    "window kap chat. When something is wrong: kap doctor.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
app.add_typer(knowledge_commands.app, name="knowledge")
app.add_typer(safety_commands.escalations_app, name="escalations")
app.add_typer(visitor_commands.callbacks_app, name="callbacks")
app.add_typer(safety_commands.alerts_app, name="alerts")
app.add_typer(safety_commands.report_app, name="report")
app.add_typer(sms_commands.app, name="sms")
app.command()(safety_commands.erase)

InFile = Annotated[Path, typer.Option("--in", help="JSON lines to read.", exists=True)]
OutFile = Annotated[Path, typer.Option("--out", help="JSON lines to write.")]


def _say(line: str) -> None:
    console.print(line, style="dim", highlight=False)


@contextmanager
def _counted(what: str) -> Iterator[Callable[[int, int], None]]:
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


@app.command()
def setup(
    print_keys: Annotated[
        bool, typer.Option("--print-keys", help="Only print fresh keys, for production.")
    ] = False,
) -> None:
    """Prepare keys, database, knowledge and models. Does nothing when they are ready.

    Safe to run again at any time: answers that staff changed are never overwritten.
    """
    if print_keys:
        for name, value in make_keys().items():
            typer.echo(f"{name}={value}")
        return
    from kap.installation import prepare

    with console.status("preparing"):
        prepare(_say)
    _say("ready")


@app.command()
def serve() -> None:
    """Start the assistant on this computer and print where to chat.

    Runs `kap setup` first. Stop it with Ctrl-C. It listens on 127.0.0.1 only; KAP_CHAT_PORT and
    KAP_ACTION_PORT choose other ports.
    """
    from kap.installation import prepare
    from kap.processes import Supervisor

    with console.status("preparing"):
        settings = prepare(_say)
    supervisor = Supervisor(settings, _say)
    try:
        with console.status("starting"):
            supervisor.start()
        console.print(f"\n[bold green]KAP Guide is running at {settings.chat_url}[/]")
        console.print("Open that address in a browser, or chat in a second window:  ", end="")
        console.print("[bold].venv/bin/kap chat[/]")
        console.print("Stop it with Ctrl-C.\n")
        supervisor.watch()
    finally:
        supervisor.stop()


@app.command()
def train() -> None:
    """Train both models again, even when they fit. Restart the assistant afterwards.

    Needed only after a change to config.yml, domain.yml, data/ or safety/examples/. A changed
    answer needs no training.
    """
    from kap.training import train_dialogue, train_semantic_model

    settings = load_settings()
    with console.status("training crisis detection from the written examples"):
        _say(f"crisis detection: {train_semantic_model().name}")
    with console.status("training the dialogue model"):
        _say(f"dialogue: {train_dialogue(settings).name}")


@app.command()
def chat(
    url: Annotated[str, typer.Option(help="Where the assistant runs.")] = "",
) -> None:
    """Chat with the running assistant, here in the terminal."""
    from kap.terminal_chat import chat as talk

    talk(url or load_settings().chat_url, Console())


@app.command()
def doctor(
    part: Annotated[Part, typer.Argument(help="All of it, or the SMS set-up alone.")] = Part.ALL,
) -> None:
    """Say what is wrong with this installation, and how to mend it. Exit code 1 if anything is."""
    from kap.doctor import examine

    findings = list(examine(part))
    for finding in findings:
        mark = "[green]ok[/]   " if finding.well else "[bold red]WRONG[/]"
        console.print(f"{mark} {finding.what}", highlight=False)
        if not finding.well:
            console.print(f"      {finding.mend}", highlight=False)
    raise typer.Exit(0 if all(finding.well for finding in findings) else 1)


@app.command()
def ask(infile: InFile, outfile: OutFile) -> None:
    """Answer many questions through the trained model and the real actions; nothing is kept.

    Reads lines {"id", "text", "previous": [earlier messages, optional]} and writes lines
    {"id", "outcome", "topic", "topics", "score", "text", "sources"}.
    """
    from kap.batch import ask_lines, read_lines, write_lines

    rows = read_lines(infile)
    settings = load_settings()
    with _counted("asking") as progress:
        answers = ask_lines(rows, settings, progress)
    _say(f"{write_lines(outfile, iter(answers))} answers in {outfile}")


@app.command()
def assess(infile: InFile, outfile: OutFile) -> None:
    """Assess many messages for a crisis; nothing is kept.

    Reads lines {"id", "text"} and writes lines {"id", "tier", "category", "rules", "score"}.
    """
    from kap.batch import assess_lines, read_lines, write_lines

    rows = read_lines(infile)
    with _counted("assessing") as progress:
        count = write_lines(outfile, assess_lines(rows, progress))
    _say(f"{count} assessments in {outfile}")


@app.command("eval")
def evaluate(
    gold: Annotated[
        list[Path],
        typer.Option(help="Folder of questions; give it twice for two.", exists=True),
    ],
    out: Annotated[Path, typer.Option(help="The page to write.")] = Path("reports/eval.html"),
) -> None:
    """Measure the assistant on questions whose right outcome is known; nothing is kept.

    docs/evaluation.md says which files are read and what counts as right.
    """
    from kap.evaluation.cases import read_cases
    from kap.evaluation.report import table, write_page
    from kap.evaluation.run import run

    cases = [case for folder in gold for case in read_cases(folder)]
    with _counted("asking") as progress:
        judged = run(cases, load_settings(), progress)
    Console(width=140).print(table(judged, {}))
    write_page(judged, {}, out)
    _say(f"every miss is in {out}")


def main() -> None:
    """Run the command; what a person can mend is said in a sentence, without a stack trace."""
    from kap.errors import MENDABLE

    # Rasa's dependencies warn about each other; none of it is for the person at the terminal.
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    try:
        app()
    except (ClinicError, *MENDABLE) as error:
        console.print(f"[bold red]{type(error).__name__}[/]: {error}", highlight=False)
        sys.exit(2)


if __name__ == "__main__":
    main()
