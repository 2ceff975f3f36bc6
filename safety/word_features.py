"""Words and parts of words of a message, hashed: what sentence vectors blur. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import HashingVectorizer

SIZE = 2**17
"""Hash values of each of the two kinds."""
_WORD = r"[\w']+|[?!]"


def _vectorizer(**options: object) -> HashingVectorizer:
    return HashingVectorizer(
        n_features=SIZE, alternate_sign=False, norm=None, binary=True, lowercase=True, **options
    )


_KINDS = (
    _vectorizer(ngram_range=(1, 3), token_pattern=_WORD),
    _vectorizer(ngram_range=(2, 5), analyzer="char_wb"),
)


def counted(texts: Sequence[str]) -> csr_matrix:
    """(n, 2 * SIZE) of ones: up to three words in a row, and two to five letters in a row."""
    return hstack([kind.transform(texts) for kind in _KINDS]).tocsr().astype(np.float32)


def rarity(features: csr_matrix) -> NDArray[np.float32]:
    """How rare each feature is among the texts: ln((1 + n) / (1 + texts with it)) + 1."""
    found = np.bincount(features.indices, minlength=features.shape[1])
    weights: NDArray[np.float32] = np.log((1 + features.shape[0]) / (1 + found)) + 1
    return weights.astype(np.float32)


def weighed(features: csr_matrix, rare: NDArray[np.float32]) -> csr_matrix:
    """Features times rarity, each kind scaled so that a row's length is one at most."""
    both = features.multiply(rare).tocsr()
    parts = []
    for start in (0, SIZE):
        part = both[:, start : start + SIZE]
        length = np.sqrt(np.asarray(part.multiply(part).sum(axis=1)).ravel())
        scale = np.sqrt(0.5) / np.maximum(length, 1e-9)
        parts.append(part.multiply(scale[:, np.newaxis]).tocsr())
    return hstack(parts).tocsr()


def of_one(text: str, rare: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Places and weights of one text's features: a row of `weighed`, without the sparse matrix."""
    places, weights = [], []
    for number, kind in enumerate(_KINDS):
        found = kind.transform([text]).indices.astype(np.int64) + number * SIZE
        weight = rare[found]
        length = max(float(np.sqrt(weight @ weight)), 1e-9)
        places.append(found)
        weights.append(weight * (np.sqrt(0.5) / length))
    return np.concatenate(places), np.concatenate(weights).astype(np.float32)
