"""What speaks for each topic when a question comes in: closeness of meaning and shared words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.glossary import Folding
from knowledge.live import LiveAnswer
from knowledge.vectors import Encoder, Vectors
from knowledge.words import plain, sentences

FEATURES = (
    "best_phrasing", "top_phrasings", "title", "sentence", "bm25", "coverage", "neighbors", "gap",
)  # fmt: skip
"""Columns of the evidence: cosines to the best phrasing, to the mean of the best three, to the
title and to the best sentence; BM25 as a share of its highest value; the share of the question's
words, weighted by rarity, that the topic's text has; the topic's share among the nearest phrasings
and gaps; and the cosine to the nearest gap. All but the cosines are 0 to 1."""

NEAR_COPY = 0.9
"""Cosine from which two phrasings say the same in almost the same words."""
CLAIMED = 0.92
"""Cosine to a live phrasing from which a gap counts as answered."""
CLAIMED_BY_NEW = 0.72
"""The same for topics that did not exist when the gaps were judged to have no answer."""
_NEIGHBORS = 30
_NEIGHBOR_SCALE = 0.05
_BM25_K1 = 1.2
_BM25_B = 0.75

Table = NDArray[np.float64]
Rows = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """The live answers as matrices. Row numbers point into `vectors`; -1 fills shorter lists.

    A gap is a question that is known to have no answer. `owners` says for every row whose
    phrasing it is: a topic's number, `len(topics)` for a gap, -1 for titles and sentences.
    """

    topics: tuple[str, ...]
    vectors: Vectors
    owners: Rows
    phrasing_rows: Rows
    title_rows: Rows
    sentence_rows: Rows
    gap_rows: Rows
    columns: Mapping[str, int]
    counts: Table
    """(topics, words): how often the topic's texts have the word."""
    stems: Mapping[int, tuple[str, ...]]
    """Content stems of phrasings and gaps, by row."""

    def evidence(
        self, vector: Vectors, stems: Sequence[str], *, without: int | None = None
    ) -> Table:
        """(topics, features) for a question with this unit vector and these content stems.

        `without` is the row of a phrasing or gap that is the question itself: the evidence is then
        as if it, and near copies of it beside it, had never been written. For fitting.
        """
        if not self.topics:
            return np.zeros((0, len(FEATURES)))
        # One more place, reached by the filler -1, for lists that are shorter than others.
        cosines = np.append(self.vectors @ vector, np.float32(0.0)).astype(np.float64)
        columns = [self.columns[stem] for stem in set(stems) if stem in self.columns]
        counts, lengths = self.counts[:, columns], self.counts.sum(axis=1)
        if without is not None:
            copies = self._copies(without)
            cosines[copies] = 0.0
            counts, lengths = self._forget(copies, columns, counts, lengths)
        best = np.sort(cosines[self.phrasing_rows], axis=1)[:, ::-1]
        bm25, coverage = _lexical(counts, lengths, unknown=len(set(stems)) - len(columns))
        gap = cosines[self.gap_rows].max() if len(self.gap_rows) else 0.0
        features = (
            best[:, 0],
            best[:, :3].mean(axis=1),
            cosines[self.title_rows],
            cosines[self.sentence_rows].max(axis=1),
            bm25,
            coverage,
            self._neighbor_shares(cosines[:-1]),
            np.full(len(self.topics), gap),
        )
        return np.stack(features, axis=1)

    def _neighbor_shares(self, cosines: Table) -> Table:
        asked = np.flatnonzero(self.owners >= 0)
        near = asked
        if len(asked) > _NEIGHBORS:
            near = asked[np.argpartition(cosines[asked], -_NEIGHBORS)[-_NEIGHBORS:]]
        weights = np.exp((cosines[near] - cosines[near].max()) / _NEIGHBOR_SCALE)
        votes = np.bincount(self.owners[near], weights, minlength=len(self.topics) + 1)
        shares: Table = votes[: len(self.topics)] / votes.sum()
        return shares

    def _copies(self, row: int) -> Rows:
        beside = np.flatnonzero(self.owners == self.owners[row])
        alike = self.vectors[beside] @ self.vectors[row] >= NEAR_COPY
        return beside[alike | (beside == row)]

    def _forget(
        self, copies: Rows, columns: Sequence[int], counts: Table, lengths: Table
    ) -> tuple[Table, Table]:
        topic = int(self.owners[copies[0]])
        if topic == len(self.topics):
            return counts, lengths
        gone = [stem for row in copies for stem in self.stems[int(row)]]
        counts, lengths = counts.copy(), lengths.copy()
        lengths[topic] -= len(gone)
        for place, column in enumerate(columns):
            counts[topic, place] -= sum(1 for stem in gone if self.columns[stem] == column)
        return counts, lengths


def _lexical(counts: Table, lengths: Table, *, unknown: int) -> tuple[Table, Table]:
    """BM25 and coverage per topic, for a question's words; `unknown` of them no topic has."""
    topics = len(counts)
    spread = (counts > 0).sum(axis=0)
    # In fitting, a word may have been forgotten everywhere: it then counts as unknown.
    rarity = np.log((topics + 1) / np.where(spread > 0, spread, 0.5))
    highest = np.log((topics + 1) / 0.5)
    total = rarity.sum() + unknown * highest
    covered = ((counts > 0) * rarity).sum(axis=1)
    coverage = covered / total if total > 0 else np.zeros(topics)

    idf = np.log1p((topics - spread + 0.5) / (spread + 0.5))
    norm = _BM25_K1 * (1 - _BM25_B + _BM25_B * lengths / max(lengths.mean(), 1.0))
    gain = counts * (_BM25_K1 + 1) / (counts + norm[:, np.newaxis])
    most = idf[spread > 0].sum() * (_BM25_K1 + 1)
    bm25 = (gain * idf).sum(axis=1) / most if most > 0 else np.zeros(topics)
    return bm25, coverage


def build_corpus(
    answers: Sequence[LiveAnswer],
    encoder: Encoder,
    folding: Folding,
    *,
    gaps: Sequence[str] = (),
    judged: Collection[str] | None = None,
) -> Corpus:
    """Lay the answers out as matrices; encodes every phrasing, title, sentence and gap once.

    A gap that a live phrasing repeats, in the same or almost the same words, is left out. `judged`
    names the topics that are known not to answer the gaps (all of them unless given): for a topic
    that came later, a gap near its phrasings is left out too.
    """
    texts: list[str] = []
    gaps = gaps if answers else ()
    phrasings = [_place(texts, answer.phrasings) for answer in answers]
    bodies = [_place(texts, sentences(answer.web)) for answer in answers]
    titles = _place(texts, [answer.title for answer in answers])
    known = {plain(text) for answer in answers for text in answer.phrasings}
    gap_rows = np.array(_place(texts, [gap for gap in gaps if plain(gap) not in known]), np.intp)
    vectors = encoder.encode(texts) if texts else np.zeros((0, 1), dtype=np.float32)
    known_topics = [judged is None or answer.topic in judged for answer in answers]
    gap_rows = _open_gaps(vectors, gap_rows, phrasings, known_topics)
    owners = _owners(len(texts), [*phrasings, list(gap_rows)])
    stems = {
        int(row): tuple(folding.content_stems(texts[row])) for row in np.flatnonzero(owners >= 0)
    }
    columns, counts = _count_words(answers, phrasings, stems, folding)
    return Corpus(
        topics=tuple(answer.topic for answer in answers),
        vectors=vectors,
        owners=owners,
        phrasing_rows=_padded(phrasings),
        title_rows=np.array(titles, dtype=np.intp),
        sentence_rows=_padded(bodies),
        gap_rows=gap_rows,
        columns=columns,
        counts=counts,
        stems=stems,
    )


def _owners(size: int, groups: Sequence[Sequence[int]]) -> Rows:
    """(size,) number of the group that each text belongs to, -1 for none."""
    owners = np.full(size, -1, dtype=np.intp)
    for owner, rows in enumerate(groups):
        owners[rows] = owner
    return owners


def _open_gaps(
    vectors: Vectors, gap_rows: Rows, phrasings: Sequence[Sequence[int]], judged: Sequence[bool]
) -> Rows:
    """The gaps that no topic claims by one of its phrasings."""
    for rows, was_judged in zip(phrasings, judged, strict=True):
        if rows and len(gap_rows):
            closest = (vectors[gap_rows] @ vectors[rows].T).max(axis=1)
            gap_rows = gap_rows[closest < (CLAIMED if was_judged else CLAIMED_BY_NEW)]
    return gap_rows


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
    answers: Sequence[LiveAnswer],
    phrasings: Sequence[Sequence[int]],
    stems: Mapping[int, Sequence[str]],
    folding: Folding,
) -> tuple[dict[str, int], Table]:
    columns: dict[str, int] = {}
    cells: list[tuple[int, int]] = []
    for topic, answer in enumerate(answers):
        body = folding.content_stems(f"{answer.title}\n{answer.web}")
        for stem in (*body, *(stem for row in phrasings[topic] for stem in stems[row])):
            cells.append((topic, columns.setdefault(stem, len(columns))))
    counts: Table = np.zeros((len(answers), len(columns)))
    for topic, column in cells:
        counts[topic, column] += 1
    return columns, counts
