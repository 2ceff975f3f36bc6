"""Fits the ranking: `python -m knowledge.fitting` writes ranking.json from the shipped content.

Every phrasing and example is a question whose target is known, every gap a question that nothing
answers. Each is ranked as if it had not been written (see `evidence.gather`), or all would look
exact, and by coefficients that were fitted on other targets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.choice_model import Example, examples_of, fit, folds, importance
from knowledge.corpus import ANSWER, build_corpus
from knowledge.cues import find_cues
from knowledge.evidence import FEATURES, NONE_FEATURES, Table
from knowledge.files import AnswerFile, read_answers
from knowledge.glossary import Folding, GlossaryTerm, shipped_glossary
from knowledge.live import LiveAnswer
from knowledge.ranking import SHIPPED, Ranking, write_ranking
from knowledge.redirects import Redirect, shipped_redirects
from knowledge.search import shipped_gaps
from knowledge.vectors import Encoder, Vectors
from language.encoder import shared_encoder

CONTENT = Path(__file__).parent / "content"
LEAST_CLOSENESS = 0.42
"""Set by hand: everyday questions that share a word with an answer stay below it."""
_WORTH: Mapping[str, Mapping[str, float]] = {
    "answer": {"answered": 1.0, "wrong": -1.0, "clarify": 0.4, "unhelpful": -0.5,
               "advice": -0.75, "clinic": -0.75, "abstained": -0.5},
    "advice": {"answered": -1.0, "clarify": -0.5, "advice": 1.0, "clinic": 0.25, "abstained": 0.0},
    "clinic": {"answered": -0.5, "clarify": -0.5, "advice": 0.25, "clinic": 1.0, "abstained": 0.0},
    "none": {"answered": -1.0, "clarify": -1.0, "advice": -0.5, "clinic": -0.5, "abstained": 1.0},
}  # fmt: skip
"""What an outcome is worth, by what the question is about."""
_TRAFFIC: Mapping[str, float] = {"answer": 4.0, "advice": 1.0, "clinic": 1.0, "none": 1.6}
"""How often each is asked, as far as anyone can say before a clinic opens."""


@dataclass(frozen=True, kw_only=True)
class Held:
    """A question's chances by coefficients that were fitted without its target."""

    chances: Table
    target: int | None


def fit_ranking(
    answers: Sequence[LiveAnswer],
    encoder: Encoder,
    *,
    gaps: Sequence[str],
    redirects: Sequence[Redirect] = (),
    glossary: Sequence[GlossaryTerm] = (),
) -> Ranking:
    """Fit coefficients and limits; the same each time."""
    heard = _Hearing(encoder)
    corpus = build_corpus(answers, heard, Folding(glossary), redirects=redirects, gaps=gaps)
    examples = list(examples_of(corpus, [find_cues(text) for text in heard.texts]))
    draft = Ranking(
        **_named(*fit(examples)),
        redirect_at=0.5,
        something_at=0.3,
        answer_at=0.5,
        least_closeness=LEAST_CLOSENESS,
        fitted_on={
            "topics": [answer.topic for answer in answers],
            "phrasings": sum(len(answer.phrasings) for answer in answers),
            "examples": sum(len(redirect.examples) for redirect in redirects),
            "gaps": len(corpus.gap_rows),
            "encoder": encoder.fingerprint(),
        },
    )
    kinds = [target.kind for target in corpus.targets]
    held = held_out(draft, examples)
    return replace(
        _with_limits(draft, held, kinds),
        fitted_on={**draft.fitted_on, "reliability": reliability(held)},
    )


class _Hearing:
    """An encoder that keeps the texts it was given, whose rows are those of the corpus."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.texts: Sequence[str] = ()

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.texts = texts
        return self._encoder.encode(texts)

    def fingerprint(self) -> str:
        return self._encoder.fingerprint()


def _named(weights: Table, against: Table) -> dict[str, Any]:
    return {
        "coefficients": {
            name: round(float(each), 4) for name, each in zip(FEATURES, weights, strict=True)
        },
        "none_coefficients": {
            name: round(float(each), 4) for name, each in zip(NONE_FEATURES, against, strict=True)
        },
    }


def held_out(draft: Ranking, examples: Sequence[Example]) -> list[Held]:
    """The examples ranked in cross-validation by target, in their order."""
    found: dict[int, Held] = {}
    for fitted, rest in folds(examples):
        ranking = replace(draft, **_named(*fit([examples[number] for number in fitted])))
        for number in rest:
            chances, _ = ranking.chances(examples[number].evidence)
            found[int(number)] = Held(chances=chances, target=examples[number].target)
    return [found[number] for number in range(len(examples))]


def reliability(held: Sequence[Held]) -> list[list[float]]:
    """[mean chance, share right, questions] of the best target, by tenths of its chance.

    Questions are weighted as in the fit.
    """
    best = np.array([each.chances.max() for each in held])
    right = np.array(
        [each.target is not None and each.chances.argmax() == each.target for each in held]
    )
    weights = importance([each.target for each in held])
    tenths = np.minimum((best * 10).astype(int), 9)
    found = []
    for tenth in range(10):
        mine = tenths == tenth
        if mine.any():
            means = [float(np.average(each[mine], weights=weights[mine])) for each in (best, right)]
            found.append([round(means[0], 3), round(means[1], 3), int(mine.sum())])
    return found


def _with_limits(draft: Ranking, held: Sequence[Held], kinds: Sequence[str]) -> Ranking:
    """The draft with limits under which the outcomes are worth most, sought one after the other."""
    grid = {
        # Phrasings say "I" less often than visitors, so a low share of redirects proves little.
        "redirect_at": np.arange(0.5, 0.7, 0.05),
        # Gaps lie nearer to the answers than what strangers ask, so their chances set no high bar.
        "something_at": np.arange(0.2, 0.4, 0.05),
        # Above this, every second answer would be a choice between titles.
        "answer_at": np.arange(0.3, 0.625, 0.05),
    }
    best, best_worth = draft, _mean_worth(draft, held, kinds)
    for name, values in [*grid.items(), *grid.items()]:
        for value in values:
            limit: dict[str, Any] = {name: round(float(value), 3)}
            tried = replace(best, **limit)
            worth = _mean_worth(tried, held, kinds)
            if worth > best_worth:
                best, best_worth = tried, worth
    return best


def _mean_worth(ranking: Ranking, held: Sequence[Held], kinds: Sequence[str]) -> float:
    worths: dict[str, list[float]] = {}
    for each in held:
        kind = "none" if each.target is None else kinds[each.target]
        worths.setdefault(kind, []).append(_WORTH[kind][_judge(ranking, each, kinds)])
    return sum(_TRAFFIC[kind] * float(np.mean(each)) for kind, each in worths.items())


def _judge(ranking: Ranking, held: Held, kinds: Sequence[str]) -> str:
    outcome, chosen = ranking.decide(held.chances, kinds)
    if held.target is None or kinds[held.target] != ANSWER:
        return outcome
    if outcome == "answered" and chosen[0] != held.target:
        return "wrong"
    if outcome == "clarify" and held.target not in chosen:
        return "unhelpful"
    return outcome


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
        answers,
        shared_encoder(),
        gaps=shipped_gaps(),
        redirects=shipped_redirects(),
        glossary=shipped_glossary(),
    )
    write_ranking(ranking, SHIPPED)
    print(f"wrote {SHIPPED.name}, fitted on {len(answers)} answers")


if __name__ == "__main__":
    main()
