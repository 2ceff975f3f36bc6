"""Sentence vectors for answers, kept in the database so that starting up need not make them."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from knowledge.models import StoredVector

Vectors = NDArray[np.float32]
SessionFactory = Callable[[], AbstractContextManager[Session]]

_log = logging.getLogger(__name__)
_BATCH = 500
_STORED = np.dtype("<f4")


class Encoder(Protocol):
    """What makes sentence vectors."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """(n, width) float32 rows of length one, in the order of the texts."""

    def fingerprint(self) -> str:
        """Changes whenever the same text would get another vector."""


class VectorCache:
    """An encoder that remembers in the database; only for texts of answers, never messages.

    `sessions` makes a session for each use, such as a `sessionmaker`. When the database fails,
    vectors are made anew and the failure is logged.
    """

    def __init__(self, encoder: Encoder, sessions: SessionFactory) -> None:
        self._encoder = encoder
        self._sessions = sessions

    def fingerprint(self) -> str:
        """That of the encoder behind it."""
        return self._encoder.fingerprint()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """As the encoder would, from the database as far as it has them."""
        keys = [hashlib.sha256(text.encode("utf-8")).hexdigest() for text in texts]
        known = self._load(keys)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            made = self._encoder.encode(list(missing.values()))
            fresh = dict(zip(missing, made, strict=True))
            self._store(fresh)
            known = {**known, **fresh}
        if not texts:
            return self._encoder.encode([])
        return np.stack([known[key] for key in keys]).astype(np.float32)

    def _load(self, keys: Sequence[str]) -> Mapping[str, Vectors]:
        found: dict[str, Vectors] = {}
        wanted = list(dict.fromkeys(keys))
        try:
            with self._sessions() as session:
                for start in range(0, len(wanted), _BATCH):
                    statement = select(StoredVector.text_sha256, StoredVector.vector).where(
                        StoredVector.encoder == self.fingerprint(),
                        StoredVector.text_sha256.in_(wanted[start : start + _BATCH]),
                    )
                    for key, stored in session.execute(statement):
                        found[key] = np.frombuffer(stored, dtype=_STORED).astype(np.float32)
        except SQLAlchemyError as error:
            _log.warning("stored vectors cannot be read (%s)", type(error).__name__)
        return found

    def _store(self, fresh: Mapping[str, Vectors]) -> None:
        rows = [
            StoredVector(
                text_sha256=key,
                encoder=self.fingerprint(),
                vector=np.ascontiguousarray(vector, dtype=_STORED).tobytes(),
            )
            for key, vector in fresh.items()
        ]
        try:
            with self._sessions() as session:
                session.add_all(rows)
                session.commit()
        except IntegrityError:
            _log.info("another process stored these vectors first")
        except SQLAlchemyError as error:
            _log.warning("vectors cannot be stored (%s)", type(error).__name__)
