"""Finds the live answer to a question, the redirect it needs, or says that there is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from knowledge.corpus import ANSWER, Corpus, Target, build_corpus
from knowledge.cues import find_cues
from knowledge.evidence import Asked, Evidence, Table, gather
from knowledge.glossary import Folding, GlossaryTerm, shipped_glossary
from knowledge.live import LiveAnswer
from knowledge.parts import is_follow_up, split_questions
from knowledge.ranking import MOST_CHOICES, Outcome, Ranking, shipped_ranking
from knowledge.reading import well_typed
from knowledge.redirects import Redirect, shipped_redirects
from knowledge.vectors import Encoder
from knowledge.words import plain, tokens

SHIPPED_GAPS = Path(__file__).parent / "gaps"
CLINIC_TOPIC = "clinic_promotion"
"""The answer about the clinic itself: giving it is giving a clinic fact."""
_FOLLOW_UP_COVERAGE = 0.5
_COMPANION = 0.5
"""Least cosine to a phrasing for a general answer that comes along with a redirect."""


@dataclass(frozen=True, kw_only=True)
class SearchResult:
    """What search decided. `score` is the chance of the best target, 0 to 1.

    `topics` are the answers to give: one or two when answered, the two or three to offer when
    clarify, and with a redirect the general answer that may come along, if any. `redirect` is set
    for advice and clinic. `candidates` are the best targets with their chances, best first.
    """

    outcome: Outcome
    topics: tuple[str, ...] = ()
    redirect: str | None = None
    candidates: tuple[tuple[str, float], ...] = ()
    score: float = 0.0

    @property
    def topic(self) -> str | None:
        """The first topic, when there is one to give."""
        return self.topics[0] if self.topics and self.outcome != "clarify" else None


@dataclass(frozen=True, kw_only=True)
class SearchIndex:
    """The live answers and redirects, ready to be searched. Never changes; build a new one."""

    answers: Mapping[str, LiveAnswer]
    redirects: Mapping[str, Redirect]
    corpus: Corpus
    encoder: Encoder
    folding: Folding
    ranking: Ranking
    exact: Mapping[str, Target]
    """Plain form of every phrasing and example -> what it is about."""
    lexicon: frozenset[str]
    """Words that misspellings are repaired to."""

    @classmethod
    def build(
        cls,
        answers: Sequence[LiveAnswer],
        encoder: Encoder,
        *,
        cache: Encoder | None = None,
        glossary: Sequence[GlossaryTerm] | None = None,
        redirects: Sequence[Redirect] | None = None,
        gaps: Sequence[str] | None = None,
        ranking: Ranking | None = None,
    ) -> SearchIndex:
        """Encode the answers, through `cache` when given; questions always go to `encoder`.

        `gaps` are questions known to have no answer. What is not given comes with the package.
        """
        folding = Folding(shipped_glossary() if glossary is None else glossary)
        redirects = shipped_redirects() if redirects is None else redirects
        corpus = build_corpus(
            answers,
            cache or encoder,
            folding,
            redirects=redirects,
            gaps=shipped_gaps() if gaps is None else gaps,
        )
        asked = [answer.phrasings for answer in answers] + [each.examples for each in redirects]
        return cls(
            answers={answer.topic: answer for answer in answers},
            redirects={redirect.id: redirect for redirect in redirects},
            corpus=corpus,
            encoder=encoder,
            folding=folding,
            ranking=ranking or shipped_ranking(),
            exact={
                plain(text): target
                for target, texts in zip(corpus.targets, asked, strict=True)
                for text in texts
            },
            lexicon=_common_words(text for texts in asked for text in texts),
        )

    def find_answer(self, text: str, *, previous: Sequence[str] = ()) -> SearchResult:
        """Search for the message; `previous` are the same person's earlier ones, oldest first."""
        if not tokens(text):
            return SearchResult(outcome="abstained")
        target = self.exact.get(plain(text))
        if target is not None:
            return self._exactly(target)
        whole = self._search(text)
        parts = [self._search(part) for part in split_questions(text)]
        result = _joined(whole, parts)
        if result.outcome in ("answered", "advice", "clinic") or not previous:
            return result
        return self._with_previous(text, previous[-1], result) if is_follow_up(text) else result

    def _search(self, text: str) -> SearchResult:
        target = self.exact.get(plain(text))
        return self._exactly(target) if target else self._decide(self._evidence(text))

    def _with_previous(self, text: str, before: str, result: SearchResult) -> SearchResult:
        alone, joined = self._evidence(text), self._evidence(f"{before.strip()} {text}")
        table = joined.targets.copy()
        if self.folding.content_stems(text):
            # What the follow-up asks must be covered itself, not only what it refers to.
            uncovered = alone.column("coverage") < _FOLLOW_UP_COVERAGE
            table[uncovered] = 0.0
        other = self._decide(Evidence(targets=table, none=np.maximum(joined.none, alone.none)))
        return other if other.score > result.score else result

    def _evidence(self, text: str) -> Evidence:
        repaired = self.folding.repair(well_typed(text, self.lexicon))
        asked = Asked(
            vector=self.encoder.encode([repaired])[0],
            stems=self.folding.content_stems(repaired),
            cues=find_cues(text),
        )
        return gather(self.corpus, asked)

    def _exactly(self, target: Target) -> SearchResult:
        found = ((target.name, 1.0),)
        if target.kind == ANSWER:
            return SearchResult(
                outcome=_given(target.name), topics=(target.name,), candidates=found, score=1.0
            )
        outcome: Outcome = "advice" if target.kind == "advice" else "clinic"
        topics = tuple(t for t in self.redirects[target.name].topics if t in self.answers)[:1]
        return SearchResult(
            outcome=outcome, topics=topics, redirect=target.name, candidates=found, score=1.0
        )

    def _decide(self, evidence: Evidence) -> SearchResult:
        targets = self.corpus.targets
        if not targets:
            return SearchResult(outcome="abstained")
        chances, _ = self.ranking.chances(evidence)
        outcome, chosen = self.ranking.decide(chances, [target.kind for target in targets])
        order = np.argsort(-chances, kind="stable")[:MOST_CHOICES]
        result = SearchResult(
            outcome=outcome,
            candidates=tuple((targets[n].name, float(chances[n])) for n in order),
            score=float(chances[chosen[0] if len(chosen) else order[0]]),
        )
        names = tuple(targets[n].name for n in chosen)
        if outcome in ("advice", "clinic"):
            return replace(result, redirect=names[0], topics=self._along(names[0], evidence))
        if outcome == "answered":
            return replace(result, outcome=_given(names[0]), topics=names)
        return replace(result, topics=names)

    def _along(self, redirect: str, evidence: Evidence) -> tuple[str, ...]:
        """The redirect's nearest general answer, unless none of them is near."""
        closeness: Table = evidence.column("best_phrasing")
        near = {
            target.name: closeness[number]
            for number, target in enumerate(self.corpus.targets)
            if target.kind == ANSWER and target.name in self.redirects[redirect].topics
        }
        best = max(near, key=lambda name: near[name], default=None)
        return (best,) if best is not None and near[best] >= _COMPANION else ()


def _common_words(texts: Iterable[str]) -> frozenset[str]:
    counts = Counter(word for text in texts for word in tokens(text))
    return frozenset(word for word, count in counts.items() if count > 2 and len(word) > 3)


def _given(topic: str) -> Outcome:
    return "clinic" if topic == CLINIC_TOPIC else "answered"


def _joined(whole: SearchResult, parts: Sequence[SearchResult]) -> SearchResult:
    """One result for a message with several questions: a redirect first, then all answers."""
    redirect = next((part for part in parts if part.outcome == "advice"), None)
    answered = [part for part in parts if part.outcome == "answered"]
    topics = tuple(dict.fromkeys(topic for part in answered for topic in part.topics))[:2]
    if whole.outcome == "advice" or redirect:
        chosen = whole if whole.outcome == "advice" else redirect
        assert chosen is not None
        return replace(chosen, topics=topics[:1] or chosen.topics)
    if len(topics) > 1:
        return replace(answered[0], topics=topics)
    if whole.outcome in ("answered", "clinic"):
        return whole
    helpful = [*answered, *(part for part in parts if part.outcome == "clinic")]
    return helpful[0] if helpful else whole


@lru_cache(maxsize=1)
def shipped_gaps() -> tuple[str, ...]:
    """Questions that the package knows to have no answer: the lines of the files in `gaps/`."""
    lines = [
        line.strip()
        for path in sorted(SHIPPED_GAPS.glob("*.txt"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return tuple(line for line in lines if line and not line.startswith("#"))
