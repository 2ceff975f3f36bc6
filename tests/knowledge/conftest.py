"""Sample answers, an encoder without a model, and a database for every test of its own.

`TEST_DATABASE_URL` set to a PostgreSQL database that may be emptied runs the same tests there.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy.orm import Session

from clinic.database import Database, create_sqlite_file
from knowledge.evidence import FEATURES, NONE_FEATURES
from knowledge.files import AnswerFile, Source
from knowledge.live import LiveAnswer
from knowledge.models import metadata
from knowledge.ranking import Ranking
from knowledge.vectors import Vectors
from knowledge.words import stem, tokens

MakeAnswer = Callable[..., AnswerFile]
MakeLive = Callable[..., LiveAnswer]

WEB = """Ketamine can make you feel dizzy for a while. Most people feel fine again after some hours.

- Rest until staff say you can go.
- Ask a friend to take you home.

Tell the clinic about **anything** that worries you. Staff will listen and help you to decide what
to do next. You can call us on any day of the week, and we will call you back as soon as we can."""


class StubEncoder:
    """Hashes words into 64 places: texts with the same words get the same row."""

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def fingerprint(self) -> str:
        return "stub"

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.encoded.extend(texts)
        rows = np.zeros((len(texts), 64), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in tokens(text) or [""]:
                row[zlib.crc32(stem(word).encode()) % 64] += 1
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


@pytest.fixture
def encoder() -> StubEncoder:
    return StubEncoder()


@pytest.fixture
def make_answer() -> MakeAnswer:
    """Answers that pass every check, with what the test changes."""

    def make(topic: str = "going_home", **changes: object) -> AnswerFile:
        fields: dict[str, object] = {
            "topic": topic,
            "title": f"About {topic.replace('_', ' ')}",
            "review_by": date(2027, 5, 21),
            "related": ("serious_risks",),
            "sources": (
                Source(kind="article", title="An article", section="A section"),
                Source(kind="outside", title="A page", address="https://example.org/page"),
            ),
            "never_say": ("you can drive",),
            "phrasings": tuple(f"question {number} on {topic}" for number in range(40)),
            "web": WEB,
            "sms": "Most people feel fine after some hours. Ask a friend to take you home.",
            "file": f"{topic}.md",
        }
        return AnswerFile(**{**fields, **changes})  # type: ignore[arg-type]

    return make


@pytest.fixture
def make_live() -> MakeLive:
    """Live answers for search, made of a title, a text and phrasings."""

    def make(topic: str, *phrasings: str, web: str = "", revision_id: int = 1) -> LiveAnswer:
        return LiveAnswer(
            topic=topic,
            revision_id=revision_id,
            number=1,
            title=topic.replace("_", " "),
            web=web or "Nothing more is said here.",
            sms="",
            phrasings=phrasings,
            sources=(),
            related=(),
        )

    return make


@pytest.fixture
def ranking() -> Ranking:
    """A ranking by hand, for the stub encoder."""
    strong = {"best_phrasing": 8.0, "bm25": 1.0, "coverage": 4.0, "neighbors": 1.0}
    return Ranking(
        coefficients={name: strong.get(name, 0.0) for name in FEATURES},
        none_coefficients={
            name: {"bias": 5.0, "gap": 6.0, "uncovered": 4.0}.get(name, 0.0)
            for name in NONE_FEATURES
        },
        redirect_at=0.5,
        something_at=0.5,
        answer_at=0.6,
        least_closeness=0.0,
        fitted_on={},
    )


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty database with the tables of this package."""
    url = os.environ.get("TEST_DATABASE_URL", f"sqlite:///{tmp_path / 'knowledge.db'}")
    create_sqlite_file(url)
    made = Database(url)
    metadata.drop_all(made.engine)
    metadata.create_all(made.engine)
    yield made
    made.dispose()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A session that the test commits by itself."""
    with database.sessions() as made:
        yield made
