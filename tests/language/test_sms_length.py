from __future__ import annotations

import pytest

from language.sms_length import Encoding, Length, excess, foreign_characters, measure

GSM_7, UCS_2 = Encoding.GSM_7, Encoding.UCS_2
FACE = "\N{SLIGHTLY SMILING FACE}"


@pytest.mark.parametrize(
    ("text", "encoding", "units", "segments"),
    [
        pytest.param("", GSM_7, 0, 1, id="nothing"),
        pytest.param("a" * 160, GSM_7, 160, 1, id="one full segment"),
        pytest.param("a" * 161, GSM_7, 161, 2, id="one character more"),
        pytest.param("a" * 306, GSM_7, 306, 2, id="two full segments"),
        pytest.param("a" * 307, GSM_7, 307, 3, id="a third one"),
        pytest.param("[€]", GSM_7, 6, 1, id="extension table"),
        pytest.param("[" * 80, GSM_7, 160, 1, id="escapes fill one segment"),
        pytest.param("[" * 152, GSM_7, 304, 2, id="an escape stays with its character"),
        pytest.param("[" * 153, GSM_7, 306, 3, id="so that 306 units may be three segments"),
        pytest.param("é ñ ü ¿ ¡ à @", GSM_7, 13, 1, id="accents of the alphabet"),
        pytest.param("é" * 161, GSM_7, 161, 2, id="many of them"),
        pytest.param("Cuéntame más", UCS_2, 12, 1, id="Spanish with an acute a"),
        pytest.param("aquí" * 17, UCS_2, 68, 1, id="Spanish in one segment"),
        pytest.param("á" * 70, UCS_2, 70, 1, id="a full one"),
        pytest.param("á" * 71, UCS_2, 71, 2, id="one character more in UCS-2"),
        pytest.param("á" * 135, UCS_2, 135, 3, id="three of them"),
        pytest.param("[" * 67 + "á", UCS_2, 68, 1, id="no escapes in UCS-2"),
        pytest.param(FACE * 35, UCS_2, 70, 1, id="surrogate pairs"),
        pytest.param(FACE * 67, UCS_2, 134, 3, id="a pair is never parted"),
        pytest.param("a\r\nb", GSM_7, 4, 1, id="line ends"),
        pytest.param("a\tb", UCS_2, 3, 1, id="a tab"),
        pytest.param("`", UCS_2, 1, 1, id="a backtick"),
        pytest.param("ç", UCS_2, 1, 1, id="only the capital c with cedilla is in the alphabet"),
    ],
)
def test_lengths_are_counted_as_carriers_do(
    text: str, encoding: Encoding, units: int, segments: int
) -> None:
    """The alphabet of 3GPP TS 23.038 in 160 or 153 units, everything else in 70 or 67."""
    assert measure(text) == Length(encoding=encoding, units=units, segments=segments)


@pytest.mark.parametrize(
    ("text", "segments", "units"),
    [
        pytest.param("a" * 160, 1, 0, id="fits alone"),
        pytest.param("a" * 306, 2, 0, id="fits in two"),
        pytest.param("a" * 310, 2, 4, id="four too many"),
        pytest.param("[" * 153, 2, 2, id="one pair too many"),
    ],
)
def test_what_is_too_long_is_told(text: str, segments: int, units: int) -> None:
    """The units that an editor must take out."""
    assert excess(text, segments=segments) == units


def test_characters_that_no_message_can_carry_are_listed_once() -> None:
    """Curly quotes and emoji are outside the alphabet, plain Spanish is not."""
    assert foreign_characters("It’s ’fine’ \N{SKULL} ñ") == ("’", "\N{SKULL}")
