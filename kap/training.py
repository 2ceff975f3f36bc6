"""Trains the two models, and knows whether the trained ones still fit their sources."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from clinic.settings import Settings, semantic_model_file
from language.encoder import shared_encoder
from safety.examples_file import load_examples
from safety.fitting import SHIPPED_MODEL
from safety.semantic import SemanticModel
from safety.training import fingerprint, train

_CODE = ("bot/nlu", "bot/policies", "language")
_DATA = (
    ("data", "*.yml"),
    ("knowledge/content", "*.md"),
    ("knowledge/redirect_data", "*.yml"),
    ("knowledge/gaps", "*.txt"),
)


class TrainingFailed(RuntimeError):
    """Rasa could not train a model from config.yml, domain.yml and data/."""


def model_file(settings: Settings) -> Path:
    """Where the Rasa model for the sources as they stand now is, or will be."""
    return settings.models / f"kap-{_sources_digest(settings.root)}.tar.gz"


def _sources_digest(root: Path) -> str:
    digest = hashlib.sha256(shared_encoder().fingerprint().encode())
    for path in _sources(root):
        digest.update(str(path.relative_to(root)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _sources(root: Path) -> Iterator[Path]:
    yield from (root / "config.yml", root / "domain.yml", root / "knowledge" / "glossary.yml")
    for folder, pattern in _DATA:
        yield from sorted((root / folder).rglob(pattern))
    for folder in _CODE:
        yield from sorted((root / folder).glob("*.py"))


def train_dialogue(settings: Settings) -> Path:
    """Train and keep the Rasa model; TrainingFailed shows what Rasa said. Takes some seconds."""
    target = model_file(settings)
    target.parent.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "kap.rasa_training", str(target.absolute())],
        cwd=settings.root,
        env={**os.environ, "RASA_CACHE_DIRECTORY": str(settings.home / "rasa-cache")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise TrainingFailed(f"{TrainingFailed.__doc__}\n{done.stdout[-3000:]}")
    for old in settings.models.glob("kap-*.tar.gz"):
        if old != target:
            old.unlink()
    return target


def semantic_model_fits() -> bool:
    """True when the semantic half in use was made from the examples as they stand now."""
    return _fits(semantic_model_file())


def _fits(path: Path) -> bool:
    try:
        model = SemanticModel.load(path)
    except (OSError, KeyError, ValueError):
        return False
    return model.fingerprint == fingerprint(shared_encoder().fingerprint())


def train_semantic_model() -> Path:
    """Put the semantic half of crisis detection in its place: the shipped one where it fits the
    examples, else one that is trained from them, which takes some minutes."""
    target = semantic_model_file()
    if _fits(SHIPPED_MODEL):
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_suffix(".partial")
        shutil.copyfile(SHIPPED_MODEL, partial)
        partial.replace(target)
    else:
        train(load_examples(), shared_encoder()).model.save(target)
    return target
