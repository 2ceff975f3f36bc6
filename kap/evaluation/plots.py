"""The plots of the report, as PNG pictures inside the page."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence

import matplotlib

matplotlib.use("Agg")

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from kap.evaluation.cases import SAFETY
from kap.evaluation.judging import Judged, abstention_curve, reliability


def all_plots(rows: Sequence[Judged]) -> list[tuple[str, str]]:
    """(caption, data address) of each plot that the rows give something to show for."""
    found = []
    for caption, draw in (
        ("Which topic was given, by the topic that was asked for", _confusion),
        ("Score of an answer, and how often such answers were right", _reliability),
        ("Answers kept, and wrong ones among them, by the least score", _abstention),
    ):
        figure = draw(rows)
        if figure is not None:
            found.append((caption, _address(figure)))
    return found


def _address(figure: Figure) -> str:
    kept = io.BytesIO()
    figure.savefig(kept, format="png", dpi=110, bbox_inches="tight")
    plt.close(figure)
    return f"data:image/png;base64,{base64.b64encode(kept.getvalue()).decode()}"


def _confusion(rows: Sequence[Judged]) -> Figure | None:
    asked = [row for row in rows if row.case.expected == "answer" and row.case.part != SAFETY]
    if not asked:
        return None
    pairs = [(_wanted(row), _got(row)) for row in asked]
    outcomes = {"abstained", "advice", "clinic", "crisis", "other", "clarify"}
    names = sorted({each for pair in pairs for each in pair} - outcomes)
    names += sorted({got for _, got in pairs} & outcomes)
    places = {name: number for number, name in enumerate(names)}
    table = np.zeros((len(names), len(names)))
    for wanted, got in pairs:
        table[places[wanted], places[got]] += 1
    figure, axes = plt.subplots(figsize=(11, 10))
    axes.imshow(np.log1p(table), cmap="Blues")
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=7)
    axes.set_yticks(range(len(names)), names, fontsize=7)
    axes.set_xlabel("given")
    axes.set_ylabel("asked for")
    for (row, column), count in np.ndenumerate(table):
        if count:
            axes.text(column, row, int(count), ha="center", va="center", fontsize=6,
                      color="white" if count > table.max() / 3 else "black")  # fmt: skip
    return figure


def _wanted(row: Judged) -> str:
    """The topic among those that would do that was given, or the first of them."""
    return next((topic for topic in row.topics if topic in row.case.accept), row.case.accept[0])


def _got(row: Judged) -> str:
    if row.outcome != "answered":
        return row.outcome
    return next((topic for topic in row.topics if topic in row.case.accept), row.topics[0])


def _reliability(rows: Sequence[Judged]) -> Figure | None:
    points = reliability(rows)
    if not points:
        return None
    figure, axes = plt.subplots(figsize=(5, 5))
    axes.plot([0, 1], [0, 1], color="grey", linestyle=":")
    axes.plot([mean for mean, _, _ in points], [right for _, right, _ in points], marker="o")
    for mean, right, count in points:
        axes.annotate(f" n={count}", (mean, right), fontsize=8)
    axes.set_xlim(0, 1.02)
    axes.set_ylim(0, 1.02)
    axes.set_xlabel("score")
    axes.set_ylabel("share right")
    return figure


def _abstention(rows: Sequence[Judged]) -> Figure | None:
    if not any(row.case.expected == "answer" for row in rows):
        return None
    curve = abstention_curve(rows)
    figure, axes = plt.subplots(figsize=(6, 4))
    axes.plot([least for least, _, _ in curve], [kept for _, kept, _ in curve], label="answered")
    axes.plot(
        [least for least, _, _ in curve], [bad for _, _, bad in curve], label="of these wrong"
    )
    axes.set_xlabel("least score")
    axes.set_ylim(0, 1)
    axes.legend()
    return figure
