"""Phrasings that would find another topic: two answers cannot both be the right one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import numpy as np

from knowledge.errors import Problem
from knowledge.files import AnswerFile
from knowledge.vectors import Encoder, Vectors
from knowledge.words import plain

SAME = 0.97
"""Cosine from which two phrasings ask the same thing in other words."""


def check_clashes(
    files: Sequence[AnswerFile], encoder: Encoder, *, only: Collection[str] | None = None
) -> tuple[Problem, ...]:
    """A problem for each phrasing that asks what a phrasing of an earlier answer asks.

    `only` names the topics whose phrasings are looked at; all of them unless given. Phrasings in
    the very same words are left to `check_answers`.
    """
    rows = [
        (answer, number, phrasing)
        for answer in sorted(files, key=lambda each: only is not None and each.topic in only)
        for number, phrasing in enumerate(answer.phrasings)
    ]
    vectors = encoder.encode([phrasing for _, _, phrasing in rows])
    found: list[Problem] = []
    for place, (answer, number, phrasing) in enumerate(rows):
        if only is not None and answer.topic not in only:
            continue
        for other in _alike(vectors, place):
            owner, _, theirs = rows[other]
            if owner.topic == answer.topic or plain(theirs) == plain(phrasing):
                continue
            what = (
                f"The phrasing {phrasing!r} finds {owner.topic}, which has {theirs!r}: "
                "leave it with the one that answers it."
            )
            found.append(
                Problem(file=answer.file, line=answer.line(f"phrasings.{number}"), message=what)
            )
            break
    return tuple(found)


def _alike(vectors: Vectors, place: int) -> Iterator[int]:
    """Earlier rows that ask the same, the nearest first."""
    cosines = vectors[:place] @ vectors[place]
    for row in np.argsort(-cosines, kind="stable"):
        if cosines[row] < SAME:
            return
        yield int(row)
