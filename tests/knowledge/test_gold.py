from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.errors import ContentFileWrong
from knowledge.gold import GoldQuestion, load_gold

GOLD = """
- {id: a-1, text: "what is bdnf", expected: answer, accept: [mechanism_bdnf]}
- id: a-2
  text: and that?
  expected: abstain
  previous: ["what is bdnf"]
  note: leans on the one before
"""


def test_questions_are_read(tmp_path: Path) -> None:
    """A file gives its questions with every field."""
    path = tmp_path / "gold.yml"
    path.write_text(GOLD, encoding="utf-8")
    assert load_gold(path) == (
        GoldQuestion(id="a-1", text="what is bdnf", expected="answer", accept=("mechanism_bdnf",)),
        GoldQuestion(
            id="a-2",
            text="and that?",
            expected="abstain",
            previous=("what is bdnf",),
            note="leans on the one before",
        ),
    )


def test_a_folder_is_read_whole_and_ids_are_unique_in_it(tmp_path: Path) -> None:
    """Two files cannot use one id."""
    (tmp_path / "a.yml").write_text(GOLD, encoding="utf-8")
    (tmp_path / "b.yml").write_text(GOLD.replace("a-", "b-"), encoding="utf-8")
    assert len(load_gold(tmp_path)) == 4
    (tmp_path / "b.yml").write_text(GOLD, encoding="utf-8")
    with pytest.raises(ContentFileWrong, match=r"b\.yml, line 2: 'a-1' is used twice"):
        load_gold(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("id: a-1, ", "", "give every question an `id`"),
        ("text: and that?", "text:", "give every question an `text`"),
        ("expected: abstain", "expected: maybe", "expected must be one of"),
        (", accept: [mechanism_bdnf]", "", "under `accept`"),
        ("note:", "notes:", "nothing is called 'notes'"),
    ],
)
def test_mistakes_are_refused(tmp_path: Path, old: str, new: str, part: str) -> None:
    """A wrong question says what to write."""
    assert old in GOLD
    path = tmp_path / "gold.yml"
    path.write_text(GOLD.replace(old, new), encoding="utf-8")
    with pytest.raises(ContentFileWrong, match=part):
        load_gold(path)
