from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.breaks import Place, breaks


def _parts(text: str, least: Place) -> list[str]:
    found, start = [], 0
    for each in breaks(text):
        if each.place >= least:
            found.append(text[start : each.end])
            start = each.start
    return [*found, text[start:]]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        pytest.param("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"], id="ends"),
        pytest.param('He said "no." Then left.', ['He said "no."', "Then left."], id="quote"),
        pytest.param("(See this.) And that.", ["(See this.)", "And that."], id="brackets"),
        pytest.param("Wait... Then go.", ["Wait...", "Then go."], id="dots"),
        pytest.param("A line\nand another", ["A line", "and another"], id="line"),
        pytest.param("Ask Dr. Smith. Go.", ["Ask Dr. Smith.", "Go."], id="title"),
        pytest.param("Some, e.g. Mary. Go.", ["Some, e.g. Mary.", "Go."], id="e.g."),
        pytest.param("Some (i.e. Mary). Go.", ["Some (i.e. Mary).", "Go."], id="i.e. in brackets"),
        pytest.param("At 9 a.m. Monday. Go.", ["At 9 a.m. Monday.", "Go."], id="a.m."),
        pytest.param("About 0.5 mg. Go.", ["About 0.5 mg.", "Go."], id="decimal"),
        pytest.param("By J. Smith. Go.", ["By J. Smith.", "Go."], id="initial"),
        pytest.param("In the U.S. Army. Go.", ["In the U.S. Army.", "Go."], id="country"),
        pytest.param("Since 2023. Since then.", ["Since 2023.", "Since then."], id="year"),
        pytest.param("It ended? yes it did", ["It ended? yes it did"], id="goes on small"),
        pytest.param("¿Quieres? ¡Sí! Bien.", ["¿Quieres?", "¡Sí!", "Bien."], id="Spanish"),
        pytest.param(
            "Hay p. ej. Ana y el Sr. Gil. Ve.",
            ["Hay p. ej. Ana y el Sr. Gil.", "Ve."],
            id="Spanish abbreviations",
        ),
        pytest.param(
            "1. First\n2. Second. Third.", ["1. First", "2. Second.", "Third."], id="list"
        ),
        pytest.param(
            "See https://a.example/x.y?z=1. Go.",
            ["See https://a.example/x.y?z=1.", "Go."],
            id="address",
        ),
        pytest.param(
            "Call 988. Or 1-800-222-1222. Go.",
            ["Call 988.", "Or 1-800-222-1222.", "Go."],
            id="numbers",
        ),
    ],
)
def test_sentences_end_where_people_end_them(text: str, sentences: list[str]) -> None:
    """Full stops of abbreviations, initials and decimals end nothing."""
    assert _parts(text, Place.SENTENCE) == sentences


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        pytest.param("One, two; three", ["One,", "two;", "three"], id="signs"),
        pytest.param("one - two", ["one -", "two"], id="dash"),
        pytest.param("Emergency: 911", ["Emergency: 911"], id="a colon belongs to what follows"),
        pytest.param("well-known", ["well-known"], id="hyphen"),
    ],
)
def test_clauses(text: str, clauses: list[str]) -> None:
    """Commas, semicolons and dashes; not a colon, which says what the next word is."""
    assert _parts(text, Place.CLAUSE) == clauses


@pytest.mark.parametrize(
    "phone",
    ["116 123", "13 11 14", "0477 13 11 14", "1 800 222 1222", "+44 20 7946 0958", "(555) 010-0100",
     "+1 (555) 010-0100", "555-010-0100", "116\u00a0123"],
)  # fmt: skip
def test_a_phone_number_has_no_breaks(phone: str) -> None:
    """However it is written; before and after it there are some."""
    assert _parts(f"Call {phone} now", Place.WORD) == ["Call", phone, "now"]


@given(st.text(st.sampled_from("aB1. ,?!\n\u00a0-(¿")))
def test_breaks_are_white_space(text: str) -> None:
    """In order, with words on both sides."""
    last = 0
    for each in breaks(text):
        assert text[each.end : each.start].isspace()
        assert last < each.end < each.start < len(text)
        last = each.start
