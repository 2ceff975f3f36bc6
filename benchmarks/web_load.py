"""`make bench-web`: 200 visitors chatting at once, on the web channel and on Rasa's `rest`.

Both channels stand in one server, one after the other in one run, with the same model, answers and
store. Not a test: it prints what it saw.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import tempfile
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.servers import python
from clinic.settings import PROJECT_ROOT
from knowledge.files import read_answers
from tests.assistant import Assistant, wait_until

console = Console()
WIDE = {"KAP_CLIENT_LIMIT": "1000000/minute", "KAP_SESSION_LIMIT": "100000/minute"}


def main(visitors: int = 200, seconds: int = 60) -> None:
    """Measure both channels and print the table."""
    with tempfile.TemporaryDirectory(prefix="kap-bench-web-") as name:
        folder = Path(name)
        home = _prepared(folder)
        assistant = Assistant(home, folder)
        assistant.extra = WIDE
        try:
            assistant.start_process("actions", python("-m", "actions"))
            assistant.start_process("bot", python("-m", "benchmarks.rest_beside_web"))
            wait_until(lambda: assistant._healthy(assistant.chat_port, model=True), limit=180)
            assistant.wait_for_actions()
            rows = [
                (channel, _load(assistant, folder, channel, visitors=visitors, seconds=seconds))
                for channel in ("WebVisitor", "RestVisitor")
            ]
        finally:
            assistant.stop()
    _print(rows, visitors=visitors, seconds=seconds)


def _prepared(folder: Path) -> Path:
    from kap.installation import prepare

    made = os.environ.get("KAP_HOME")
    os.environ["KAP_HOME"] = made or str(folder / "home")
    with console.status("preparing"):
        prepare(lambda line: None)
    return Path(os.environ["KAP_HOME"])


def _load(
    assistant: Assistant, folder: Path, channel: str, *, visitors: int, seconds: int
) -> dict[str, str]:
    questions = folder / "questions.json"
    answers = read_answers(PROJECT_ROOT / "knowledge" / "content")
    questions.write_text(json.dumps([text for each in answers for text in each.phrasings[:6]]))
    command = python(
        "-m", "locust", "-f", "benchmarks/web_visitors.py", channel, "--headless",
        "--users", str(visitors), "--spawn-rate", str(max(1, visitors // 10)),
        "--run-time", f"{seconds}s", "--reset-stats", "--only-summary",
        "--host", f"http://127.0.0.1:{assistant.chat_port}", "--csv", str(folder / channel),
    )  # fmt: skip
    environment = {**os.environ, "KAP_BENCH_QUESTIONS": str(questions)}
    with console.status(f"{visitors} visitors on {channel}"), open(folder / "locust", "ab") as log:
        subprocess.run(
            command, cwd=PROJECT_ROOT, env=environment, stdout=log, stderr=log, check=False
        )
    with open(folder / f"{channel}_stats.csv", newline="") as file:
        return next(row for row in csv.DictReader(file) if row["Name"] == "turn")


def _print(rows: list[tuple[str, dict[str, str]]], *, visitors: int, seconds: int) -> None:
    table = Table(title=f"{visitors} visitors at once, {seconds} s each, one run on one server")
    for heading in ("channel", "turns", "turns a second", "p50 ms", "p95 ms", "errors"):
        table.add_column(heading, justify="left" if heading == "channel" else "right")
    names = {"WebVisitor": "ours, web", "RestVisitor": "Rasa's rest"}
    for channel, row in rows:
        count, failed = int(row["Request Count"]), int(row["Failure Count"])
        table.add_row(
            names[channel], str(count), f"{float(row['Requests/s']):.1f}", row["50%"], row["95%"],
            f"{failed / max(1, count):.1%}",
        )  # fmt: skip
    console.print(table)
    console.print(
        "Each visitor sends a message every 8 to 16 seconds. Ours also assesses every message "
        "before Rasa, signs sessions, counts rates, and stores what was shown, encrypted."
    )


if __name__ == "__main__":
    typer.run(main)
