"""`make bench-search`: how long one search takes, by the number of answers, beside BM25.

Answers beyond the shipped ones are made of shuffled words of theirs, with random vectors in place
of sentence vectors; the question goes through the real encoder. One thread.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import itertools
import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from rank_bm25 import BM25Okapi
from rich.console import Console
from rich.table import Table

from clinic.settings import PROJECT_ROOT
from knowledge.files import read_answers
from knowledge.fitting import as_live
from knowledge.live import LiveAnswer
from knowledge.search import SearchIndex
from knowledge.vectors import Vectors
from knowledge.words import tokens
from language.encoder import shared_encoder

SIZES = (41, 200, 1000)
PHRASINGS = 40
ROUNDS = 200
_fresh = itertools.count()


class RandomVectors:
    """Unit vectors as wide as the encoder's, without its work."""

    def __init__(self) -> None:
        self._random = np.random.default_rng(0)

    def encode(self, texts: Sequence[str]) -> Vectors:
        rows = self._random.normal(size=(len(texts), 384)).astype(np.float32)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)

    def fingerprint(self) -> str:
        return "random"


def made_up(answers: Sequence[LiveAnswer], size: int) -> list[LiveAnswer]:
    """`size` answers with 40 phrasings each, in the words of the given ones."""
    dice = random.Random(0)
    words = [word for answer in answers for text in answer.phrasings for word in tokens(text)]
    return [
        replace(
            answers[number % len(answers)],
            topic=f"topic_{number}",
            phrasings=tuple(" ".join(dice.sample(words, 7)) for _ in range(PHRASINGS)),
        )
        for number in range(size)
    ]


def median(work: Callable[[str], object], questions: Sequence[str]) -> float:
    """Milliseconds of the middle round; every question is new to the encoder's cache."""
    times = []
    for number in range(ROUNDS):
        text = f"{questions[number % len(questions)]} {next(_fresh)}"
        began = time.perf_counter()
        work(text)
        times.append(time.perf_counter() - began)
    return 1000 * statistics.median(times)


def main() -> None:
    """Print the table."""
    answers = as_live(read_answers(PROJECT_ROOT / "knowledge" / "content"))
    questions = [text for answer in answers for text in answer.phrasings[::9]]
    table = Table(title="One search, median of 200, one thread")
    for heading in ("answers", "phrasings", "search ms", "of it encoder ms", "BM25 ms", "ratio"):
        table.add_column(heading, justify="right")
    encoder = shared_encoder()
    for size in SIZES:
        some = made_up(answers, size)
        index = SearchIndex.build(some, encoder, cache=RandomVectors())
        bm25 = BM25Okapi([tokens(text) for answer in some for text in answer.phrasings])
        ours = median(index.find_answer, questions)
        encoding = median(lambda text: encoder.encode([text]), questions)
        theirs = median(lambda text, peer=bm25: peer.get_scores(tokens(text)), questions)  # type: ignore[misc]
        table.add_row(str(size), str(size * PHRASINGS), f"{ours:.1f}", f"{encoding:.1f}",
                      f"{theirs:.1f}", f"{ours / theirs:.2f}x")  # fmt: skip
    Console().print(table)


if __name__ == "__main__":
    main()
