"""Files that commands write fit the files they are written from."""

from __future__ import annotations

import json
import re

from clinic.settings import PROJECT_ROOT
from knowledge.files import read_answers
from knowledge.redirects import shipped_redirects
from knowledge.search import shipped_gaps
from language.encoder import fingerprint
from safety.fitting import SHIPPED_MODEL
from safety.semantic import SemanticModel
from safety.training import fingerprint as training_fingerprint


def test_ranking_was_fitted_on_this_content() -> None:
    """`python -m knowledge.fitting` was run after the last change of content or encoder."""
    answers = read_answers(PROJECT_ROOT / "knowledge" / "content")
    fitted = json.loads((PROJECT_ROOT / "knowledge" / "ranking.json").read_text())["fitted_on"]
    assert fitted["topics"] == sorted(answer.topic for answer in answers)
    assert fitted["phrasings"] == sum(len(answer.phrasings) for answer in answers)
    assert fitted["examples"] == sum(len(each.examples) for each in shipped_redirects())
    assert fitted["gaps"] <= len(shipped_gaps())
    assert fitted["encoder"] == fingerprint()


def test_crisis_model_was_trained_on_these_examples() -> None:
    """`python -m safety.fitting` was run after the last change of examples or encoder."""
    model = SemanticModel.load(SHIPPED_MODEL)
    assert model.fingerprint == training_fingerprint(fingerprint())


def test_no_file_names_a_registry() -> None:
    """Packages come from wherever the machine is set up to look."""
    hosts = re.compile(r"pypi\.org|pythonhosted\.org|registry\.npmjs|deb\.debian\.org")
    for path in PROJECT_ROOT.glob("*"):
        if path.is_file() and path.suffix in {".toml", ".lock", ".txt", ".md", ".yml", ""}:
            assert not hosts.search(path.read_text(errors="replace")), path.name
