"""The live answers and everything else that a question can be about, laid out as matrices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix

from knowledge.glossary import Folding
from knowledge.live import LiveAnswer
from knowledge.redirects import Redirect
from knowledge.ridge import Ridge
from knowledge.vectors import Encoder, Vectors
from knowledge.words import plain, sentences

CLAIMED = 0.92
"""Cosine to a live phrasing from which a question without an answer counts as answered."""

Rows = NDArray[np.intp]
ANSWER, ADVICE, CLINIC = "answer", "advice", "clinic"


@dataclass(frozen=True, kw_only=True)
class Target:
    """What a question can be about: an answer's topic, or a redirect. `kind` says which."""

    name: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """Row numbers point into `vectors`; -1 fills shorter lists.

    A gap is a question that is known to have no answer. `owners` says for every row whose
    phrasing it is: a target's number, `len(targets)` for a gap, -1 for titles and sentences.
    """

    targets: tuple[Target, ...]
    vectors: Vectors
    owners: Rows
    phrasing_rows: Rows
    title_rows: Rows
    sentence_rows: Rows
    gap_rows: Rows
    columns: Mapping[str, int]
    counts: csc_matrix
    """(targets, words): how often the target's texts have the word."""
    lengths: NDArray[np.float64]
    """(targets,) words in the target's texts."""
    stems: Mapping[int, tuple[str, ...]]
    """Content stems of phrasings and gaps, by row."""
    ridge: Ridge

    def of_kind(self, kind: str) -> NDArray[np.bool_]:
        """(targets,) which of them are of this kind."""
        return np.array([target.kind == kind for target in self.targets], dtype=np.bool_)


def build_corpus(
    answers: Sequence[LiveAnswer],
    encoder: Encoder,
    folding: Folding,
    *,
    redirects: Sequence[Redirect] = (),
    gaps: Sequence[str] = (),
) -> Corpus:
    """Lay everything out; encodes every phrasing, example, title, sentence and gap once.

    A gap that a phrasing repeats, in the same or almost the same words, is left out.
    """
    texts: list[str] = []
    asked = [answer.phrasings for answer in answers] + [each.examples for each in redirects]
    phrasings = [_place(texts, each) for each in asked]
    bodies = [_place(texts, sentences(answer.web)) for answer in answers] + [[] for _ in redirects]
    titles = _place(texts, [answer.title for answer in answers]) + [-1] * len(redirects)
    known = {plain(text) for each in asked for text in each}
    gap_rows = np.array(_place(texts, [gap for gap in gaps if plain(gap) not in known]), np.intp)
    vectors = encoder.encode(texts) if texts else np.zeros((0, 1), dtype=np.float32)
    gap_rows = _open_gaps(vectors, gap_rows, phrasings)
    owners = _owners(len(texts), [*phrasings, list(gap_rows)])
    stems = {
        int(row): tuple(folding.content_stems(texts[row])) for row in np.flatnonzero(owners >= 0)
    }
    bodies_text = [f"{answer.title}\n{answer.web}" for answer in answers] + [""] * len(redirects)
    columns, counts = _count_words(bodies_text, phrasings, stems, folding)
    targets = [Target(name=answer.topic, kind=ANSWER) for answer in answers]
    targets += [Target(name=each.id, kind=each.kind) for each in redirects]
    return Corpus(
        targets=tuple(targets),
        vectors=vectors,
        owners=owners,
        phrasing_rows=_padded(phrasings),
        title_rows=np.array(titles, dtype=np.intp),
        sentence_rows=_padded(bodies),
        gap_rows=gap_rows,
        columns=columns,
        counts=counts,
        lengths=np.asarray(counts.sum(axis=1), dtype=np.float64).ravel(),
        stems=stems,
        ridge=Ridge.fit(vectors, owners, classes=len(targets) + 1),
    )


def _owners(size: int, groups: Sequence[Sequence[int]]) -> Rows:
    """(size,) number of the group that each text belongs to, -1 for none."""
    owners = np.full(size, -1, dtype=np.intp)
    for owner, rows in enumerate(groups):
        owners[rows] = owner
    return owners


def _open_gaps(vectors: Vectors, gap_rows: Rows, phrasings: Sequence[Sequence[int]]) -> Rows:
    """The gaps that no target claims by one of its phrasings."""
    rows = [row for each in phrasings for row in each]
    if not rows or not len(gap_rows):
        return gap_rows
    closest = (vectors[gap_rows] @ vectors[rows].T).max(axis=1)
    return gap_rows[closest < CLAIMED]


def _place(texts: list[str], new: Sequence[str]) -> list[int]:
    start = len(texts)
    texts.extend(new)
    return list(range(start, len(texts)))


def _padded(lists: Sequence[Sequence[int]]) -> Rows:
    # At least three wide, so that the mean of the best three has three places.
    width = max([3, *(len(each) for each in lists)])
    rows = np.full((len(lists), width), -1, dtype=np.intp)
    for number, each in enumerate(lists):
        rows[number, : len(each)] = each
    return rows


def _count_words(
    bodies: Sequence[str],
    phrasings: Sequence[Sequence[int]],
    stems: Mapping[int, Sequence[str]],
    folding: Folding,
) -> tuple[dict[str, int], csc_matrix]:
    columns: dict[str, int] = {}
    places: list[tuple[int, int]] = []
    for target, body in enumerate(bodies):
        words = folding.content_stems(body)
        for stem in (*words, *(stem for row in phrasings[target] for stem in stems[row])):
            places.append((target, columns.setdefault(stem, len(columns))))
    rows, cells = zip(*places, strict=True) if places else ((), ())
    counts = csc_matrix(
        (np.ones(len(places)), (rows, cells)), shape=(len(bodies), max(len(columns), 1))
    )
    counts.sum_duplicates()
    return columns, counts
