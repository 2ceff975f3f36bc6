"""`kap knowledge`: load, export, check and approve answers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from clinic.settings import PROJECT_ROOT, load_settings

console = Console(stderr=True)
app = typer.Typer(
    help="Answers: load the first stock, export, check files, approve a revision.",
    no_args_is_help=True,
)
Folder = Annotated[Path, typer.Argument(help="Folder of answer files (*.md).")]
CONTENT = PROJECT_ROOT / "knowledge" / "content"


def _say(line: str) -> None:
    console.print(line, highlight=False)


@app.command()
def check(folder: Folder = CONTENT) -> None:
    """Check answer files: one sentence for each problem, exit code 1 if there is any."""
    from knowledge.checks import check_answers
    from knowledge.clashes import check_clashes
    from knowledge.files import read_answers
    from language.encoder import shared_encoder

    answers = read_answers(folder)
    problems = [*check_answers(answers), *check_clashes(answers, shared_encoder())]
    for problem in problems:
        _say(str(problem))
    _say(f"{len(answers)} answers, {len(problems)} problems")
    raise typer.Exit(1 if problems else 0)


@app.command()
def load(folder: Folder = CONTENT) -> None:
    """Load answers into an EMPTY database. Files never overwrite what staff changed later."""
    from kap.installation import opened
    from knowledge.editing import load_stock

    with opened(load_settings()) as database, database.session() as session:
        report = load_stock(session, folder, actor="kap knowledge load")
    if report.was_empty:
        _say(f"{len(report.topics)} answers are live")
    else:
        _say("nothing loaded: the database has answers already, and staff's work is kept")


@app.command()
def export(folder: Annotated[Path, typer.Argument(help="Folder to write to.")]) -> None:
    """Write every live answer as a Markdown file, in the format that `load` reads."""
    from kap.installation import opened
    from knowledge.editing import export as write_answers

    with opened(load_settings()) as database, database.session() as session:
        written = write_answers(session, folder)
    _say(f"{len(written)} answers in {folder}")


@app.command()
def approve(
    topic: Annotated[str, typer.Argument(help="Topic of the answer, such as mechanism_bdnf.")],
    reviewer: Annotated[str, typer.Option(help="Name of the clinician who read it.")],
) -> None:
    """Record that a named clinician has read and approved the newest revision of an answer.

    The revision becomes live, and visitors see who reviewed it and when. The reviewer must not be
    its author.
    """
    from kap.installation import opened
    from knowledge.editing import approve as approve_revision
    from knowledge.live import newest_revision
    from knowledge.vectors import VectorCache
    from language.encoder import shared_encoder

    with opened(load_settings()) as database, database.session() as session:
        revision = approve_revision(
            session,
            newest_revision(session, topic),
            reviewer=reviewer,
            encoder=VectorCache(shared_encoder(), database.sessions),
        )
        number = revision.number
    _say(f"{topic}: revision {number} is live, reviewed by {reviewer}")
