"""`make bench`: start, training, memory and turn times beside the stock Rasa pipeline.

Not a test: it prints what it saw. The stock model is trained once and kept in reports/; a cached
training time is marked so.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from pathlib import Path
from uuid import uuid4

import httpx
from rich.console import Console
from rich.table import Table

from benchmarks.servers import Timed, measure, python
from benchmarks.stock_project import write_stock_project
from clinic.settings import PROJECT_ROOT, load_settings
from kap.training import train_dialogue, train_semantic_model
from knowledge.files import read_answers
from tests.assistant import free_port

console = Console()
CACHE = PROJECT_ROOT / "reports" / "stock"


def main() -> None:
    """Measure both in one run and print the table."""
    texts = _texts()
    with tempfile.TemporaryDirectory(prefix="kap-bench-") as folder:
        stock_training, cached = _train_stock()
        ours_training = _train_ours(Path(folder))
        stock = _measure_stock(Path(folder), texts)
        ours = _measure_ours(Path(folder), texts)
    _print(ours, stock, ours_training, stock_training, cached=cached)


def _texts() -> list[str]:
    answers = read_answers(PROJECT_ROOT / "knowledge" / "content")
    return [text for row in zip(*(a.phrasings[:12] for a in answers), strict=True) for text in row]


def _train_stock() -> tuple[float, bool]:
    noted = CACHE / "training.json"
    if noted.exists():
        return float(json.loads(noted.read_text())["seconds"]), True
    shutil.rmtree(CACHE, ignore_errors=True)
    CACHE.mkdir(parents=True)
    write_stock_project(CACHE)
    began = time.monotonic()
    with console.status("training the stock pipeline (some minutes)"):
        _run(python("-m", "rasa", "train", "--fixed-model-name", "stock"), CACHE)
    seconds = time.monotonic() - began
    noted.write_text(json.dumps({"seconds": seconds}))
    return seconds, False


def _run(command: list[str], folder: Path) -> None:
    import subprocess

    environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"}
    with open(folder / "train.log", "wb") as log:
        subprocess.run(command, cwd=folder, env=environment, stdout=log, stderr=log, check=True)


def _train_ours(folder: Path) -> float:
    """Both models, in a home of their own."""
    from kap.installation import prepare

    os.environ["KAP_HOME"] = str(folder / "home")
    with console.status("preparing ours"):
        prepare(lambda line: None)
        began = time.monotonic()
        train_semantic_model()
        train_dialogue(load_settings())
    return time.monotonic() - began


def _measure_stock(folder: Path, texts: list[str]) -> Timed:
    port, action_port = free_port(), free_port()
    run = folder / "stock-run"
    run.mkdir()
    (run / "credentials.yml").write_text("rest: {}\n")
    (run / "endpoints.yml").write_text(
        f"action_endpoint:\n  url: http://127.0.0.1:{action_port}/webhook\n"
    )
    http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30)
    person = uuid4().hex

    def say(text: str) -> bool:
        body = {"sender": person, "message": text}
        return bool(http.post("/webhooks/rest/webhook", json=body).json())

    command = python(
        "-m", "rasa", "run", "--model", str(CACHE / "models" / "stock.tar.gz"),
        "--port", str(port), "--interface", "127.0.0.1",
        "--credentials", "credentials.yml", "--endpoints", "endpoints.yml",
    )  # fmt: skip
    environment = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"}
    with console.status("measuring the stock pipeline"):
        return measure(
            {"stock": command}, environment=environment, folder=run, say=say, texts=texts
        )


def _measure_ours(folder: Path, texts: list[str]) -> Timed:
    port, action_port = free_port(), free_port()
    http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30)
    session: dict[str, str] = {}

    def say(text: str) -> bool:
        if not session:
            token = http.post("/web/sessions").json()["session"]
            session["Authorization"] = f"Bearer {token}"
        answer = http.post("/web/messages", json={"text": text}, headers=session)
        return answer.json()["replies"][0]["outcome"] == "answered"

    environment = {
        "KAP_HOME": str(folder / "home"),
        "KAP_CHAT_PORT": str(port),
        "KAP_ACTION_PORT": str(action_port),
        "KAP_SESSION_LIMIT": "100000/minute",
        "KAP_CLIENT_LIMIT": "100000/minute",
        "RASA_TELEMETRY_ENABLED": "false",
    }
    commands = {"action server": python("-m", "actions"), "chat server": python("-m", "bot")}
    with console.status("measuring ours"):
        return measure(commands, environment=environment, folder=folder, say=say, texts=texts)


def _print(
    ours: Timed, stock: Timed, ours_training: float, stock_training: float, *, cached: bool
) -> None:
    table = Table(title=f"KAP Guide beside stock Rasa: {len(ours.turns)} turns each, one run")
    for heading in ("", "ours", "stock", "ratio", "aim"):
        table.add_column(heading, justify="left" if not heading else "right")
    mark = " (cached)" if cached else ""
    rows = [
        ("start to first answer, s", ours.start, stock.start, "0.4x", ""),
        ("training, s", ours_training, stock_training, "0.2x", mark),
        ("turn over HTTP p50, ms", ours.percentile(0.5), stock.percentile(0.5), "1.0x", ""),
        ("turn over HTTP p95, ms", ours.percentile(0.95), stock.percentile(0.95), "", ""),
        ("memory in all, MiB", sum(ours.memory.values()), sum(stock.memory.values()), "0.9x", ""),
    ]
    for name, mine, theirs, aim, note in rows:
        table.add_row(name, f"{mine:.1f}", f"{theirs:.1f}{note}", f"{mine / theirs:.2f}x", aim)
    for name, size in ours.memory.items():
        table.add_row(f"  memory of the {name}, MiB", f"{size:.0f}", "", "", "")
    console.print(table)
    console.print(
        "The stock pipeline answers from responses in the model and needs no action server; "
        "ours includes the action server and the encrypted store."
    )


if __name__ == "__main__":
    main()
