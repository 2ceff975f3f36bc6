from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.errors import ContentFileWrong
from knowledge.reading import well_typed
from knowledge.redirects import Redirect, load_redirects
from knowledge.replies import load_replies

GOOD = """
- id: advice_dose
  kind: advice
  reply: dose
  topics: [ketamine_basics]
  examples: ["how much should i take"]
- id: clinic_place
  kind: clinic
  reply: clinic_fact_missing
  fact: address
  examples: ["where are you"]
"""


def test_redirects_are_read(tmp_path: Path) -> None:
    """Every file of the folder, with every field."""
    (tmp_path / "some.yml").write_text(GOOD)
    first, second = load_redirects(tmp_path)
    assert first == Redirect(
        id="advice_dose", kind="advice", reply="dose", topics=("ketamine_basics",),
        examples=("how much should i take",),
    )  # fmt: skip
    assert (second.fact, second.topics) == ("address", ())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("kind: advice", "kind: other"), "line 3: kind must be one of advice, clinic"),
        (("reply: dose", "reply:"), "give every redirect its `reply`"),
        (('examples: ["how much should i take"]', "examples: []"), "list under `examples`"),
        (("id: clinic_place", "id: advice_dose"), "'advice_dose' is used twice"),
        (("fact: address", "facts: address"), "nothing is called 'facts' here"),
    ],
)
def test_broken_redirects_are_refused(
    tmp_path: Path, change: tuple[str, str], message: str
) -> None:
    """The error names file, line and what to write."""
    (tmp_path / "some.yml").write_text(GOOD.replace(*change))
    with pytest.raises(ContentFileWrong, match=message):
        load_redirects(tmp_path)


def test_replies_are_read_and_checked(tmp_path: Path) -> None:
    """Both forms are needed, and ids are unique."""
    path = tmp_path / "replies.yml"
    path.write_text('- {id: dose, web: "Ask.", sms: "Ask us.", again: "Once more."}')
    assert load_replies(path)["dose"].again == "Once more."
    path.write_text('- {id: dose, web: "Ask."}')
    with pytest.raises(ContentFileWrong, match="give every reply its `sms`"):
        load_replies(path)
    path.write_text('- {id: a, web: "A", sms: "A"}\n- {id: a, web: "B", sms: "B"}')
    with pytest.raises(ContentFileWrong, match="used twice"):
        load_replies(path)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("do u take blue cross", "do you take blue cross"),
        ("is it adictive", "is it addictive"),
        ("who shouldnt do it", "who shouldn't do it"),
        ("What is SPRAVATO?", "What is SPRAVATO?"),
        ("", ""),
    ],
)
def test_a_message_is_read_as_meant(typed: str, read: str) -> None:
    """Chat spellings and misspellings of our own words are put right, the rest stays."""
    assert well_typed(typed, frozenset({"addictive", "effects"})) == read
