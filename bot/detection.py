"""The one detector of this process, for the gate and for the second net behind it."""

from __future__ import annotations

from clinic.settings import semantic_model_file
from safety.detector import Detector, shared_detector


def process_detector() -> Detector:
    """Rules and examples; rules alone while no semantic model was trained."""
    path = semantic_model_file()
    return shared_detector(path if path.exists() else None)
