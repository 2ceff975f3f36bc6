"""Fits the ranking: `python -m knowledge.fitting` writes ranking.json from the shipped content.

Every phrasing is a question whose topic is known, every gap a question that no topic answers. Each
is ranked as if it had not been written (see `Corpus.evidence`), or all would look exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from knowledge.evidence import FEATURES, Corpus, Table, build_corpus
from knowledge.files import AnswerFile, read_answers
from knowledge.glossary import Folding, GlossaryTerm, shipped_glossary
from knowledge.live import LiveAnswer
from knowledge.ranking import SHIPPED, Ranking, write_ranking
from knowledge.search import shipped_gaps
from knowledge.vectors import Encoder
from language.encoder import shared_encoder

CONTENT = Path(__file__).parent / "content"
LEAST_CLOSENESS = 0.45
"""Set by hand: everyday questions that share a word with an answer stay below it."""
_HARD_NEGATIVES = 3
# What an outcome is worth, for questions with and without an answer.
_RIGHT, _WRONG, _CHOICE, _NO_CHOICE = 1.0, -1.0, 0.5, -0.25
_OVERREACH, _NEEDLESS_CHOICE = -1.0, -0.25


@dataclass(frozen=True, kw_only=True)
class Example:
    """Evidence for one question; `topic` is the number of its topic, None when it has none."""

    evidence: Table
    topic: int | None


def fit_ranking(
    answers: Sequence[LiveAnswer],
    encoder: Encoder,
    *,
    gaps: Sequence[str],
    glossary: Sequence[GlossaryTerm] = (),
) -> Ranking:
    """Fit coefficients and limits on the answers' phrasings and the gaps; the same each time."""
    corpus = build_corpus(answers, encoder, Folding(glossary), gaps=gaps)
    examples = list(_examples(corpus))
    rows, labels, weights = _training_rows(examples)
    model = LogisticRegression(C=1.0, max_iter=5000)
    model.fit(rows, labels, sample_weight=weights)
    draft = Ranking(
        coefficients={
            name: round(float(each), 4) for name, each in zip(FEATURES, model.coef_[0], strict=True)
        },
        intercept=round(float(model.intercept_[0]), 4),
        answer_at=0.5,
        clarify_at=0.5,
        margin=0.0,
        least_closeness=LEAST_CLOSENESS,
        fitted_on={
            "topics": [answer.topic for answer in answers],
            "phrasings": sum(len(answer.phrasings) for answer in answers),
            "gaps": len(corpus.gap_rows),
            "encoder": encoder.fingerprint(),
        },
    )
    return _with_limits(draft, examples)


def _examples(corpus: Corpus) -> Iterator[Example]:
    for row in np.flatnonzero(corpus.owners >= 0):
        owner = int(corpus.owners[row])
        evidence = corpus.evidence(corpus.vectors[row], corpus.stems[int(row)], without=int(row))
        yield Example(evidence=evidence, topic=owner if owner < len(corpus.topics) else None)


def _training_rows(examples: Sequence[Example]) -> tuple[Table, list[int], list[float]]:
    """Feature rows with label and weight; answered and unanswered questions weigh the same."""
    answered = sum(example.topic is not None for example in examples)
    gap_weight = answered / max(len(examples) - answered, 1)
    rows, labels, weights = [], [], []
    for example in examples:
        order = np.argsort(-example.evidence[:, 0], kind="stable")
        others = [number for number in order if number != example.topic][:_HARD_NEGATIVES]
        weight = 1.0 if example.topic is not None else gap_weight
        if example.topic is not None:
            rows.append(example.evidence[example.topic])
            labels.append(1)
            weights.append(1.0)
        for number in others:
            rows.append(example.evidence[number])
            labels.append(0)
            weights.append(weight / len(others))
    return np.array(rows), labels, weights


def _with_limits(draft: Ranking, examples: Sequence[Example]) -> Ranking:
    """The draft with those limits, of a grid, under which the examples' outcomes are worth most."""
    scored = [(draft.scores(example.evidence), example.topic) for example in examples]
    answered = [(scores, topic) for scores, topic in scored if topic is not None]
    unanswered = [(scores, topic) for scores, topic in scored if topic is None]
    best, best_worth = draft, -np.inf
    for answer_at, clarify_at, margin in product(
        np.arange(0.5, 0.95, 0.025), np.arange(0.3, 0.9, 0.05), (0.0, 0.25, 0.5, 0.75, 1.0, 1.5)
    ):
        if clarify_at > answer_at:
            continue
        tried = replace(
            draft,
            answer_at=round(float(answer_at), 3),
            clarify_at=round(float(clarify_at), 3),
            margin=margin,
        )
        worth = _mean_worth(tried, answered) + _mean_worth(tried, unanswered)
        if worth > best_worth:
            best, best_worth = tried, worth
    return best


def _mean_worth(ranking: Ranking, scored: Sequence[tuple[Table, int | None]]) -> float:
    return float(np.mean([_worth(ranking, *each) for each in scored])) if scored else 0.0


def _worth(ranking: Ranking, scores: Table, topic: int | None) -> float:
    outcome, chosen = ranking.decide(scores)
    if outcome == "abstained":
        return 0.0
    if topic is None:
        return _OVERREACH if outcome == "answered" else _NEEDLESS_CHOICE
    if outcome == "answered":
        return _RIGHT if chosen[0] == topic else _WRONG
    return _CHOICE if topic in chosen else _NO_CHOICE


def as_live(files: Sequence[AnswerFile]) -> list[LiveAnswer]:
    """The files as if they were live, with revision numbers from 1, for work without a database."""
    return [
        LiveAnswer(
            topic=answer.topic,
            revision_id=number,
            number=1,
            title=answer.title,
            web=answer.web,
            sms=answer.sms,
            phrasings=answer.phrasings,
            sources=answer.sources,
            related=answer.related,
            never_say=answer.never_say,
            review_by=answer.review_by,
        )
        for number, answer in enumerate(files, start=1)
    ]


def main() -> None:
    """Fit on the shipped content and write ranking.json."""
    answers = as_live(read_answers(CONTENT))
    ranking = fit_ranking(
        answers, shared_encoder(), gaps=shipped_gaps(), glossary=shipped_glossary()
    )
    write_ranking(ranking, SHIPPED)
    print(f"wrote {SHIPPED.name}, fitted on {len(answers)} answers")


if __name__ == "__main__":
    main()
