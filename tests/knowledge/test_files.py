from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.checks import check_answers
from knowledge.errors import ContentFileWrong
from knowledge.files import AnswerFile, Source, parse_answer, read_answers, render_answer, tidy

HEAD = """---
topic: going_home
title: About going home
review_by: 2027-05-21
reviewer:
reviewed_on:
related: [side_effects]
sources:
  - article: "An article"
    section: "A section"
  - title: "A page"
    address: "https://example.org/page"
never_say:
  - "you can drive"
phrasings:
  - "who takes me home"
  - 'can I drive?'
---
"""
BODY = """
## Web

A **text**.

- One

## SMS

A short text.
"""

one_line = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\r"), min_size=1
).map(str.strip)
words = one_line.filter(bool)
bodies = st.text(st.characters(exclude_categories=["Cs"]), max_size=200).map(tidy)
bodies = bodies.filter(lambda text: not any(line.startswith("## ") for line in text.split("\n")))
sources = st.one_of(
    st.builds(Source, kind=st.just("article"), title=words, section=one_line),
    st.builds(Source, kind=st.just("outside"), title=words, address=one_line),
)
answers = st.builds(
    AnswerFile,
    topic=st.from_regex(r"[a-z][a-z0-9_]{2,20}", fullmatch=True).filter(
        lambda topic: topic not in {"true", "yes", "null", "false", "off"}
    ),
    title=one_line,
    review_by=st.none() | st.dates(date(1990, 1, 1)),
    reviewer=one_line,
    reviewed_on=st.none() | st.dates(date(1990, 1, 1)),
    related=st.lists(words, max_size=3).map(tuple),
    sources=st.lists(sources, max_size=3).map(tuple),
    never_say=st.lists(words, max_size=3).map(tuple),
    phrasings=st.lists(words, max_size=3).map(tuple),
    web=bodies,
    sms=bodies,
)


@settings(max_examples=150, deadline=None)
@given(answer=answers)
def test_any_answer_survives_the_round_trip(answer: AnswerFile) -> None:
    """Writing an answer and reading it again gives the same answer, whatever it says."""
    assert parse_answer(render_answer(answer), file="a.md") == answer


def test_reading_gives_every_field_and_its_line() -> None:
    """All fields are read, and `lines` names the line of each."""
    answer = parse_answer(HEAD + BODY, file="going_home.md")
    assert answer.title == "About going home"
    assert answer.review_by == date(2027, 5, 21)
    assert answer.related == ("side_effects",)
    assert answer.sources[0] == Source(kind="article", title="An article", section="A section")
    assert answer.sources[1].address == "https://example.org/page"
    assert answer.phrasings == ("who takes me home", "can I drive?")
    assert answer.web == "A **text**.\n\n- One"
    assert answer.sms == "A short text."
    assert (answer.line("title"), answer.line("phrasings.1")) == (3, 17)
    assert (answer.line("sources.1"), answer.line("web"), answer.line("sms")) == (11, 22, 28)


def test_a_tidy_file_is_written_back_byte_for_byte() -> None:
    """A file in the usual style does not change when it is exported."""
    text = (HEAD + BODY).replace("'can I drive?'", '"can I drive?"')
    assert render_answer(parse_answer(text, file="a.md")) == text


def test_windows_line_ends_and_a_byte_order_mark_are_fine(tmp_path: Path) -> None:
    """Files saved by any editor are read the same."""
    path = tmp_path / "going_home.md"
    path.write_bytes(b"\xef\xbb\xbf" + (HEAD + BODY).replace("\n", "\r\n").encode())
    assert read_answers(tmp_path) == (parse_answer(HEAD + BODY, file="going_home.md"),)


def _change(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


@pytest.mark.parametrize(
    ("change", "line", "part"),
    [
        (_change("---\n", ""), 1, "three dashes"),
        (lambda text: text.replace("\n---\n", "\n"), 28, "three dashes"),
        (_change("title:", "titel:"), 3, "nothing is called 'titel'"),
        (_change("title: About going home", "title: 2020"), 3, "double quotes"),
        (_change("title: About going home", "title: Home: how"), 3, "cannot be read"),
        (_change("title:", "topic: twice\ntitle:"), 3, "cannot be read"),
        (_change("topic: going_home", "topic:"), 2, "give the answer a topic"),
        (_change("2027-05-21", "next May"), 4, "2027-05-21"),
        (_change("2027-05-21", "2027-02-31"), 2, "cannot be read"),
        (_change("[side_effects]", "side_effects"), 7, "must be a list"),
        (_change('- "who takes me home"', "- who: me"), 16, "double quotes"),
        (_change('- "who takes me home"', '- ""'), 16, "double quotes"),
        (_change('section: "A', 'address: "A'), 10, "nothing is called 'address'"),
        (_change('  - article: "An article"\n    section:', "  - "), 9, "`name: text` lines"),
        (_change("## SMS", "## Text message"), 26, "## SMS"),
        (_change("## Web", ""), 19, "## Web"),
        (_change("A **text**.", "## More\n\nA **text**."), 22, "in this order"),
        (_change("\n## Web", "Hello\n## Web"), 19, "below the heading"),
    ],
)  # fmt: skip
def test_a_wrong_shape_is_refused_with_its_line(
    change: Callable[[str], str], line: int, part: str
) -> None:
    """Each mistake in the shape of a file names the file, the line and what to write."""
    with pytest.raises(ContentFileWrong) as caught:
        parse_answer(change(HEAD + BODY), file="going_home.md")
    assert part in caught.value.what
    assert caught.value.line == line
    assert str(caught.value).startswith(f"going_home.md, line {line}: ")


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 give an error of ours, not a traceback."""
    (tmp_path / "a.md").write_bytes(b"---\n\xff\xfe")
    with pytest.raises(ContentFileWrong, match="UTF-8"):
        read_answers(tmp_path)


def test_the_documented_example_can_be_read() -> None:
    """The file shown to staff has the right shape; it is only too short to go live."""
    page = (Path(__file__).parents[2] / "docs" / "knowledge-format.md").read_text(encoding="utf-8")
    example = page.split("```")[1].strip() + "\n"
    answer = parse_answer(example, file="going_home.md")
    assert render_answer(answer) == example
    messages = [problem.message for problem in check_answers([answer], glossary=())]
    assert len(messages) == 2, messages
    assert "more phrasings" in messages[0]
    assert "words: write 60 to 180" in messages[1]
