from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.plain_sms import as_sms
from language.sms_length import Encoding, measure

NURSE = "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{STAFF OF AESCULAPIUS}\N{VARIATION SELECTOR-16}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Some **bold** words.", "Some bold words.", id="bold"),
        pytest.param("**A**\n\n- one\n- two", "A\n- one\n- two", id="title and list"),
        pytest.param("One.\n\n\nTwo.\r\nThree.", "One.\nTwo.\nThree.", id="paragraphs"),
        pytest.param("2 * 3 ** 4", "2 * 3 ** 4", id="stars that mark nothing"),
        pytest.param(
            "Read [our page](https://a.example/x_(y)) first.",
            "Read our page (https://a.example/x_(y)) first.",
            id="link",
        ),
        pytest.param(
            "[a.example/x](https://a.example/x/)",
            "https://a.example/x/",
            id="link that is its label",
        ),
        pytest.param("“It’s fine”, she said", '"It\'s fine", she said', id="quotes"),
        pytest.param("«No» ‹sí› ‚x‘ `y´", "\"No\" 'sí' 'x' 'y'", id="other quotes"),
        pytest.param("8–20 sessions – often", "8-20 sessions - often", id="short dashes"),
        pytest.param("one—two — three", "one - two - three", id="long dashes"),
        pytest.param("— first\nlast —", "- first\nlast -", id="long dash at the end of a line"),
        pytest.param("wait…", "wait...", id="ellipsis"),
        pytest.param("5\u00a0pm\u2009to\u202f6\tpm", "5 pm to 6 pm", id="spaces"),
        pytest.param("•\u00a0one\n▪ two · three", "- one\n- two - three", id="bullets"),
        pytest.param("col·lecció", "col·lecció", id="a dot inside a word"),
        pytest.param("ke\u200bta\u00admine\ufeff", "ketamine", id="zero width"),
        pytest.param("½ to 1½ hours", "1/2 to 1 1/2 hours", id="fractions"),
        pytest.param("2 × 3 ≥ 5 ± 1 →", "2 x 3 >= 5 +/- 1 ->", id="sums"),
        pytest.param("Spravato® ©", "Spravato(R) (C)", id="trade marks"),
        pytest.param("más, qué, ñandú, ç, œ", "más, qué, ñandú, ç, œ", id="letters stay"),
        pytest.param("e\u0301 n\u0303", "é ñ", id="accents are composed"),
        pytest.param("38 °C, 10 µg, m²", "38 °C, 10 µg, m²", id="signs without a faithful one"),
        pytest.param("LR\u200eM and V\ufe0fS", "LRM and VS", id="marks among Latin letters"),
        pytest.param(NURSE, NURSE, id="marks that make one picture"),
        pytest.param("می\u200cخواهم", "می\u200cخواهم", id="marks that shape letters"),
        pytest.param(
            "See https://a.example/–b**c**—“d. Or — **https://b.example/**…",
            "See https://a.example/–b**c**—“d. Or - https://b.example/...",
            id="addresses stay",
        ),
        pytest.param("1‑800‑222‑1222, 116\u00a0123", "1-800-222-1222, 116 123", id="phones"),
    ],
)
def test_what_becomes_of_a_text(text: str, expected: str) -> None:
    """Marks go, typographic signs become those of a typewriter, words and addresses stay."""
    assert as_sms(text) == expected


def test_typography_alone_never_costs_ucs_2() -> None:
    """A text of ours with every sign that a word processor likes fits the GSM alphabet."""
    text = "**“Don’t\u00a0wait”** – it’s 2½–3 hours…\n\n• one\u2009× two — ‘three’\u200b"
    assert measure(as_sms(text)).encoding is Encoding.GSM_7


MARKED = st.text(
    st.sampled_from(
        "aé1 \n*-[]().:/h“”’–—…½•·\u00a0\u200b\u200d\u0301中\N{SKULL}https://x.example**"
    ),
    max_size=60,
)


@given(st.one_of(st.text(), MARKED))
def test_no_word_is_lost(text: str) -> None:
    """Every letter and digit of any text is still there, in order, in its composed form."""
    left = iter(as_sms(text))
    for sign in unicodedata.normalize("NFC", text):
        if sign.isalpha() or sign.isdecimal():
            assert sign in left


@given(st.one_of(st.text(), MARKED))
def test_no_line_is_empty(text: str) -> None:
    """Nor begins, ends or is stretched with spaces."""
    assert all(
        line and line == line.strip(" ") for line in as_sms(text).split("\n") if as_sms(text)
    )
    assert not re.search(r"  |\n\n", as_sms(text))


@given(MARKED, MARKED, st.text(st.sampled_from("aé–—’_*(~%½/?=&"), max_size=12))
def test_an_address_is_never_touched(before: str, after: str, path: str) -> None:
    """Whatever stands in it or round it, as long as spaces part it from words."""
    address = f"https://clinic.example/{path}z"
    assert address in as_sms(f"{before} {address} {after}")
