from __future__ import annotations

import pytest

from knowledge.sms_length import foreign_characters, parts, septets


@pytest.mark.parametrize(
    ("text", "length", "messages"),
    [("", 0, 1), ("a" * 160, 160, 1), ("a" * 161, 161, 2), ("a" * 306, 306, 2),
     ("a" * 307, 307, 3), ("[€]", 6, 1), ("é ñ @", 5, 1)],
)  # fmt: skip
def test_lengths_are_counted_as_carriers_do(text: str, length: int, messages: int) -> None:
    """Characters of the extension table take two units, and split messages carry 153."""
    assert (septets(text), parts(text)) == (length, messages)


def test_characters_that_no_message_can_carry_are_listed_once() -> None:
    """Curly quotes and emoji are outside the alphabet, plain Spanish is not."""
    assert foreign_characters("It’s ’fine’ \N{SKULL} ñ") == ("’", "\N{SKULL}")
