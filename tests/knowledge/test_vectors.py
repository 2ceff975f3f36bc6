from __future__ import annotations

import logging

import numpy as np
import pytest
import sqlalchemy as sa

from clinic.database import Database
from knowledge.models import StoredVector, metadata
from knowledge.vectors import VectorCache
from tests.knowledge.conftest import StubEncoder


def test_texts_are_encoded_once(database: Database, encoder: StubEncoder) -> None:
    """A second cache on the same database asks the encoder for new texts only."""
    first = VectorCache(encoder, database.sessions).encode(["one", "two", "one"])
    assert encoder.encoded == ["one", "two"]
    again = VectorCache(encoder, database.sessions).encode(["three", "one", "two"])
    assert encoder.encoded == ["one", "two", "three"]
    np.testing.assert_array_equal(first[[0, 1]], again[[1, 2]])
    assert first.dtype == again.dtype == np.float32
    np.testing.assert_array_equal(first[0], first[2])


def test_another_encoder_has_vectors_of_its_own(
    database: Database, encoder: StubEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Vectors belong to the encoder's fingerprint, so that a new model starts afresh."""
    VectorCache(encoder, database.sessions).encode(["one"])
    monkeypatch.setattr(encoder, "fingerprint", lambda: "newer")
    VectorCache(encoder, database.sessions).encode(["one"])
    assert encoder.encoded == ["one", "one"]
    with database.session() as session:
        assert session.execute(sa.select(sa.func.count(StoredVector.encoder))).scalar() == 2


def test_sessions_that_commit_by_themselves_serve_too(
    database: Database, encoder: StubEncoder
) -> None:
    """Both kinds of session of the clinic's database keep the vectors."""
    VectorCache(encoder, database.session).encode(["one"])
    VectorCache(encoder, database.sessions).encode(["one"])
    assert encoder.encoded == ["one"]


def test_without_a_database_vectors_are_made_anew(
    database: Database, encoder: StubEncoder, caplog: pytest.LogCaptureFixture
) -> None:
    """A failing database costs time, nothing else, and no text is logged."""
    metadata.drop_all(database.engine)
    with caplog.at_level(logging.WARNING):
        rows = VectorCache(encoder, database.sessions).encode(["secret words"])
    np.testing.assert_array_equal(rows, encoder.encode(["secret words"]))
    assert "cannot be read" in caplog.text
    assert "secret" not in caplog.text


def test_no_texts_give_no_rows(database: Database, encoder: StubEncoder) -> None:
    """Nothing in, nothing out."""
    assert len(VectorCache(encoder, database.sessions).encode([])) == 0
