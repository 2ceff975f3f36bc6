"""The report: a table for the terminal, and a page with plots and every miss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, select_autoescape
from rich.table import Table

from kap.evaluation.judging import Judged
from kap.evaluation.plots import all_plots
from kap.evaluation.shares import Share, shares

TEMPLATE = files("kap") / "evaluation" / "report.html.txt"


def table(rows: Sequence[Judged], peers: Mapping[str, Sequence[Judged]]) -> Table:
    """One line for each figure; a column for each peer that was asked the same."""
    shown = Table(title="What the assistant does", title_justify="left")
    shown.add_column("figure")
    for heading in ("share", "95 % interval", "of", *peers):
        shown.add_column(heading, justify="right")
    others = {name: {s.name: s for s in shares(judged)} for name, judged in peers.items()}
    for each in shares(rows):
        low, high = each.interval
        shown.add_row(
            each.name,
            f"{each.value:.3f}",
            f"{low:.3f} - {high:.3f}",
            f"{each.hits}/{each.total}",
            *(_value(others[name].get(each.name)) for name in peers),
        )
    return shown


def _value(found: Share | None) -> str:
    return f"{found.value:.3f}" if found and found.total else ""


def write_page(rows: Sequence[Judged], peers: Mapping[str, Sequence[Judged]], target: Path) -> None:
    """Write the page as one HTML file that needs nothing else."""
    environment = Environment(autoescape=select_autoescape(default=True))
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    others = {name: {s.name: s for s in shares(judged)} for name, judged in peers.items()}
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(
        template.render(
            made=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
            shares=shares(rows),
            peers=others,
            plots=all_plots(rows),
            misses=[row for row in rows if not row.right],
        ),
        encoding="utf-8",
    )
