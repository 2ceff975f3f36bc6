"""The one detector of this process, for the gate and for the second net behind it."""

from __future__ import annotations

import hmac
import secrets

from clinic.settings import semantic_model_file
from safety.detector import Detector, shared_detector


def process_detector() -> Detector:
    """Rules and examples; rules alone while no semantic model was trained."""
    path = semantic_model_file()
    return shared_detector(path if path.exists() else None)


_KEY = secrets.token_bytes(32)


def mark_of(text: str) -> str:
    """A mark that only this process can make: it travels with exactly this text."""
    return hmac.new(_KEY, text.encode("utf-8", "surrogatepass"), "sha256").hexdigest()


def has_mark(text: str, mark: object) -> bool:
    """Whether the mark was made of exactly this text, in this process."""
    return isinstance(mark, str) and hmac.compare_digest(mark.encode(), mark_of(text).encode())
