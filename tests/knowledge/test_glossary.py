from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.errors import ContentFileWrong
from knowledge.glossary import Folding, GlossaryTerm, load_glossary

GLOSSARY = """
- term: esketamine
  type: drug
  definition: A nose spray.
  synonyms: ["Spravato"]
  misspellings: ["spravado", "es ketamine"]
- term: blood pressure
  type: sign
  definition: How hard blood pushes.
  synonyms: ["BP", "hypertension"]
"""


@pytest.fixture
def terms(tmp_path: Path) -> tuple[GlossaryTerm, ...]:
    path = tmp_path / "glossary.yml"
    path.write_text(GLOSSARY, encoding="utf-8")
    return load_glossary(path)


def test_terms_are_read_in_order(terms: tuple[GlossaryTerm, ...]) -> None:
    """Every field is there, lists default to empty."""
    assert [term.term for term in terms] == ["esketamine", "blood pressure"]
    assert terms[0].misspellings == ("spravado", "es ketamine")
    assert terms[1].misspellings == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "part"),
    [
        ("type: drug", "kind: drug", 3, "nothing is called 'kind'"),
        ("  definition: A nose spray.\n", "", 2, "a `definition`"),
        ("term: blood pressure", "term: Esketamine", 7, "stands in line 2"),
        ('["Spravato"]', "Spravato", 5, "must be a list"),
        ("- term: blood", "-  blood", 8, "cannot be read"),
    ],
)
def test_mistakes_name_their_line(tmp_path: Path, old: str, new: str, line: int, part: str) -> None:
    """A wrong glossary says where and what to write."""
    path = tmp_path / "glossary.yml"
    assert old in GLOSSARY
    path.write_text(GLOSSARY.replace(old, new), encoding="utf-8")
    with pytest.raises(ContentFileWrong) as caught:
        load_glossary(path)
    assert part in caught.value.what
    assert (caught.value.file, caught.value.line) == ("glossary.yml", line)


def test_synonyms_and_misspellings_are_read_as_the_term(terms: tuple[GlossaryTerm, ...]) -> None:
    """Words that mean the same give the same stems; words without content give none."""
    folding = Folding(terms)
    assert folding.content_stems("Is Spravado safe?") == folding.content_stems("esketamine safe")
    assert folding.content_stems("hypertension") == folding.content_stems("the blood pressure")
    assert folding.content_stems("what is it about, please") == []


def test_only_misspellings_are_repaired(terms: tuple[GlossaryTerm, ...]) -> None:
    """The text for the encoder keeps everything else as it was typed."""
    folding = Folding(terms)
    assert folding.repair("Is SPRAVADO like Spravato?") == "Is esketamine like Spravato?"
    assert folding.repair("spravados") == "spravados"
    assert Folding(()).repair("spravado") == "spravado"
