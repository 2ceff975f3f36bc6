"""Finds the live answer to a question, or says that there is none."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from knowledge.evidence import FEATURES, Corpus, Table, build_corpus
from knowledge.glossary import Folding, GlossaryTerm, shipped_glossary
from knowledge.gold import load_gold
from knowledge.live import LiveAnswer
from knowledge.ranking import MOST_CHOICES, Outcome, Ranking, shipped_ranking
from knowledge.vectors import Encoder
from knowledge.words import plain, tokens

SHIPPED_GAPS = Path(__file__).parent / "gold"
_COVERAGE = FEATURES.index("coverage")
_GAP = FEATURES.index("gap")
_FOLLOW_UP_COVERAGE = 0.5
_LONGEST_FOLLOW_UP = 9
_POINTS_BACK = frozenset(
    ("it", "its", "that", "this", "those", "these", "they", "them", "then", "there", "one", "ones")
)
_FOLLOW_UP = re.compile(r"(?:and|but|so|also|or|why|how come|what about|how about|what if)\b")


@dataclass(frozen=True, kw_only=True)
class SearchResult:
    """What search decided. `score` is 0 to 1, of the best topic.

    `topic` and `revision_id` are set when answered. `candidates` are the best topics with their
    scores, best first: when clarify, the two or three to offer.
    """

    outcome: Outcome
    topic: str | None = None
    revision_id: int | None = None
    candidates: tuple[tuple[str, float], ...] = ()
    score: float = 0.0


@dataclass(frozen=True, kw_only=True)
class SearchIndex:
    """The live answers, ready to be searched. Never changes; build a new one instead."""

    answers: Mapping[str, LiveAnswer]
    corpus: Corpus
    encoder: Encoder
    folding: Folding
    ranking: Ranking
    exact: Mapping[str, str]
    """Plain form of every phrasing -> its topic."""

    @classmethod
    def build(
        cls,
        answers: Sequence[LiveAnswer],
        encoder: Encoder,
        *,
        cache: Encoder | None = None,
        glossary: Sequence[GlossaryTerm] | None = None,
        gaps: Sequence[str] | None = None,
        ranking: Ranking | None = None,
    ) -> SearchIndex:
        """Encode the answers, through `cache` when given; questions always go to `encoder`.

        `gaps` are questions known to have no answer. What is not given comes with the package.
        """
        folding = Folding(shipped_glossary() if glossary is None else glossary)
        ranking = ranking or shipped_ranking()
        corpus = build_corpus(
            answers,
            cache or encoder,
            folding,
            gaps=shipped_gaps() if gaps is None else gaps,
            judged=ranking.judged,
        )
        return cls(
            answers={answer.topic: answer for answer in answers},
            corpus=corpus,
            encoder=encoder,
            folding=folding,
            ranking=ranking,
            exact={plain(text): answer.topic for answer in answers for text in answer.phrasings},
        )

    def find_answer(self, text: str, *, previous: Sequence[str] = ()) -> SearchResult:
        """Search for the message; `previous` are the same person's earlier ones, oldest first."""
        if not self.answers or not tokens(text):
            return SearchResult(outcome="abstained")
        topic = self.exact.get(plain(text))
        if topic is not None:
            return self._answered(topic, ((topic, 1.0),))
        alone = self._evidence(text)
        result = self._decide(self.ranking.scores(alone))
        if result.outcome == "answered" or not previous or not is_follow_up(text):
            return result
        return self._decide_joined(text, previous[-1], alone, result)

    def _decide_joined(
        self, text: str, before: str, alone: Table, result: SearchResult
    ) -> SearchResult:
        joined = self._evidence(f"{before.strip()} {text}")
        joined[:, _GAP] = np.maximum(joined[:, _GAP], alone[:, _GAP])
        scores = self.ranking.scores(joined)
        if self.folding.content_stems(text):
            # What the follow-up asks must be covered itself, not only what it refers to.
            scores = np.where(alone[:, _COVERAGE] < _FOLLOW_UP_COVERAGE, 0.0, scores)
        other = self._decide(scores)
        return other if other.score > result.score else result

    def _evidence(self, text: str) -> Table:
        repaired = self.folding.repair(text)
        vector = self.encoder.encode([repaired])[0]
        return self.corpus.evidence(vector, self.folding.content_stems(repaired))

    def _decide(self, scores: Table) -> SearchResult:
        outcome, chosen = self.ranking.decide(scores)
        listed = chosen if outcome == "clarify" else np.argsort(-scores)[:MOST_CHOICES]
        candidates = tuple((self.corpus.topics[n], float(scores[n])) for n in listed)
        if outcome == "answered":
            return self._answered(self.corpus.topics[chosen[0]], candidates)
        return SearchResult(outcome=outcome, candidates=candidates, score=candidates[0][1])

    def _answered(self, topic: str, candidates: tuple[tuple[str, float], ...]) -> SearchResult:
        return SearchResult(
            outcome="answered",
            topic=topic,
            revision_id=self.answers[topic].revision_id,
            candidates=candidates,
            score=candidates[0][1],
        )


def is_follow_up(text: str) -> bool:
    """True for short messages that lean on what came before, such as "and how long is that?"."""
    words = tokens(text)
    if len(words) > _LONGEST_FOLLOW_UP:
        return False
    return bool(_FOLLOW_UP.match(plain(text)) or _POINTS_BACK & set(words) or len(words) <= 2)


@lru_cache(maxsize=1)
def shipped_gaps() -> tuple[str, ...]:
    """Questions that the package knows to have no answer, from every `gold/no_answer*.yml`."""
    files = sorted(SHIPPED_GAPS.glob("no_answer*.yml"))
    return tuple(question.text for path in files for question in load_gold(path))
