"""`make bench-answers GOLD=folder`: right behaviour beside peers that had the same content."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from benchmarks.peers import bm25, nearest_neighbor, stock_rasa
from clinic.settings import PROJECT_ROOT, load_settings
from kap.evaluation.cases import SAFETY, read_cases
from kap.evaluation.report import table, write_page
from kap.evaluation.run import run, run_peers
from knowledge.files import read_answers

REPORTS = PROJECT_ROOT / "reports"


def main() -> None:
    """Ask everybody the same questions in one run; print the table and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gold", type=Path, action="append", required=True)
    parser.add_argument("--without-stock", action="store_true", help="skip training stock Rasa")
    parser.add_argument(
        "--stock-phrasings", type=int, default=1000,
        help="phrasings of each answer that stock Rasa is trained on: it takes long with all",
    )  # fmt: skip
    chosen = parser.parse_args()
    cases = [case for folder in chosen.gold for case in read_cases(folder)]
    cases = [case for case in cases if case.part != SAFETY]
    answers = read_answers(PROJECT_ROOT / "knowledge" / "content")
    peers = {"BM25": bm25(answers), "MiniLM nearest": nearest_neighbor(answers)}
    console = Console(width=150)
    if not chosen.without_stock:
        texts = list(dict.fromkeys(case.text for case in cases))
        with console.status("training stock Rasa, once (many minutes)"):
            some = [
                replace(answer, phrasings=answer.phrasings[: chosen.stock_phrasings])
                for answer in answers
            ]
            peers["stock Rasa"] = stock_rasa(some, texts, REPORTS / "stock_topics")
    judged = run_peers(cases, peers)
    with console.status("asking ours"):
        ours = run(cases, load_settings(), lambda done, total: None)
    console.print(table(ours, judged))
    write_page(ours, judged, REPORTS / "answers.html")


if __name__ == "__main__":
    main()
