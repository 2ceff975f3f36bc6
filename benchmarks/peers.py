"""Off-the-shelf ways to choose an answer, given the same content as ours.

Each maps a question to (outcome, topics, score). Thresholds are those that the tools suggest, or
the usual ones: peers get no redirects and no gaps, because they have no place for them.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from rank_bm25 import BM25Okapi
from ruamel.yaml import YAML

from benchmarks.servers import python
from clinic.settings import PROJECT_ROOT
from knowledge.files import AnswerFile
from knowledge.words import tokens
from language.encoder import shared_encoder

Found = tuple[str, tuple[str, ...], float]
Peer = Callable[[str], Found]
STOCK_CONFIG = Path(__file__).parent / "stock" / "topics_config.yml"
NEAR = 0.6
"""Cosine from which the nearest neighbor counts as an answer."""
_NOTHING: Found = ("abstained", (), 0.0)


def bm25(answers: Sequence[AnswerFile]) -> Peer:
    """Okapi BM25 over title, text and phrasings of each answer; answers when any word is shared."""
    index = BM25Okapi([
        tokens(" ".join((answer.title, answer.web, *answer.phrasings))) for answer in answers
    ])  # fmt: skip

    def find(text: str) -> Found:
        scores = index.get_scores(tokens(text))
        best = int(np.argmax(scores))
        if scores[best] <= 0:
            return _NOTHING
        return "answered", (answers[best].topic,), float(scores[best] / (1 + scores[best]))

    return find


def nearest_neighbor(answers: Sequence[AnswerFile]) -> Peer:
    """The phrasing with the nearest MiniLM sentence vector."""
    texts = [(text, answer.topic) for answer in answers for text in answer.phrasings]
    vectors = shared_encoder().encode([text for text, _ in texts])

    def find(text: str) -> Found:
        cosines = vectors @ shared_encoder().encode([text])[0]
        best = int(np.argmax(cosines))
        if cosines[best] < NEAR:
            return _NOTHING
        return "answered", (texts[best][1],), float(cosines[best])

    return find


def stock_rasa(answers: Sequence[AnswerFile], questions: Sequence[str], cache: Path) -> Peer:
    """Rasa's own pipeline with an intent for each topic; trained once, kept in `cache`."""
    if not (cache / "models").exists():
        _train_stock(answers, cache)
    asked = cache / "questions.json"
    asked.write_text(json.dumps(list(questions)))
    given = cache / "intents.json"
    _run(["-m", "benchmarks.stock_parse", str(cache / "models"), str(asked), str(given)],
         PROJECT_ROOT)  # fmt: skip
    found = dict(zip(questions, json.loads(given.read_text()), strict=True))
    topics = {answer.topic for answer in answers}

    def find(text: str) -> Found:
        name, confidence = found[text]
        return ("answered", (name,), confidence) if name in topics else _NOTHING

    return find


def _train_stock(answers: Sequence[AnswerFile], cache: Path) -> None:
    shutil.rmtree(cache, ignore_errors=True)
    cache.mkdir(parents=True)
    yaml = YAML()
    shutil.copy(STOCK_CONFIG, cache / "config.yml")
    nlu = [
        {"intent": answer.topic, "examples": "".join(f"- {text}\n" for text in answer.phrasings)}
        for answer in answers
    ]
    (cache / "data").mkdir()
    yaml.dump({"version": "3.1", "nlu": nlu}, cache / "data" / "nlu.yml")
    intents = [answer.topic for answer in answers]
    yaml.dump({"version": "3.1", "intents": [*intents, "nlu_fallback"]}, cache / "domain.yml")
    _run(["-m", "rasa", "train", "nlu", "--fixed-model-name", "topics"], cache)


def _run(arguments: list[str], folder: Path) -> None:
    subprocess.run(python(*arguments), cwd=folder, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)  # fmt: skip
