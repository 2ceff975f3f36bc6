"""Finding the word that a misspelt or masked one stands for."""

import pytest

from language.spelling import Speller, distance

SPELLER = Speller(["kill", "die", "hill", "suicide", "suicidal", "hopeless", "myself", "want"])


@pytest.mark.parametrize(
    ("one", "other", "edits"),
    [
        pytest.param("kill", "kill", 0, id="equal"),
        pytest.param("kil", "kill", 1, id="left out"),
        pytest.param("killl", "kill", 1, id="put in"),
        pytest.param("kull", "kill", 1, id="replaced"),
        pytest.param("klil", "kill", 1, id="swapped"),
        pytest.param("hpoelses", "hopeless", 2, id="swapped twice"),
        pytest.param("abcdef", "kill", 3, id="more than asked for"),
        pytest.param("a", "abcdefgh", 3, id="much longer"),
    ],
)
def test_distance_counts_edits_up_to_a_bound(one: str, other: str, edits: int) -> None:
    """A swap of neighbours is one edit; whatever is farther than two counts as three."""
    assert distance(one, other, most=2) == edits
    assert distance(other, one, most=2) == edits


@pytest.mark.parametrize(
    ("word", "wanted"),
    [
        pytest.param("kil", "kill", id="doubled letter typed once"),
        pytest.param("dei", "die", id="three letters swapped"),
        pytest.param("dye", None, id="three letters, one replaced"),
        pytest.param("wnat", "want", id="swap"),
        pytest.param("gill", None, id="short word with another first letter"),
        pytest.param("uicide", "suicide", id="first letter lost"),
        pytest.param("sucidal", "suicidal", id="nearest of two"),
        pytest.param("hoplles", None, id="two slips in seven letters"),
        pytest.param("hoplesss", "hopeless", id="two slips in eight letters"),
        pytest.param("wand", None, id="short word, unlikely slip"),
        pytest.param("wsnt", "want", id="short word, neighbors on the keyboard"),
        pytest.param("homelesss", None, id="another known word is nearer"),
        pytest.param("x" * 20_000, None, id="endless"),
    ],
)
def test_closest_word_is_a_slip_away(word: str, wanted: str | None) -> None:
    """One slip is forgiven, two from eight letters on, and hardly ever in the first letter."""
    assert SPELLER.closest(word) == wanted


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        pytest.param("k?ll", "kill", id="one letter"),
        pytest.param("?uicide", "suicide", id="the first letter"),
        pytest.param("s??cide", "suicide", id="two of seven"),
        pytest.param("k??l", None, id="two of four"),
        pytest.param("z?zz", None, id="no such word"),
        pytest.param("?", None, id="nothing but a mask"),
    ],
)
def test_masked_word_is_found_by_its_other_letters(pattern: str, wanted: str | None) -> None:
    """At most a third of the letters may be hidden."""
    assert SPELLER.unmask(pattern) == wanted
