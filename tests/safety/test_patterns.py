"""The pattern language compiles to what it says, and refuses what it cannot read."""

from __future__ import annotations

import pytest
import spacy

from safety.matching import Pattern, Text
from safety.patterns import PatternWrong, compile_pattern

WORDS = {"want": ("want", "wanna"), "end": ("end", "stop")}
VOCAB = spacy.blank("en").vocab


def _matches(pattern: str, normal_form: str) -> bool:
    compiled = Pattern.of(compile_pattern(pattern, WORDS), VOCAB)
    return any(compiled.spans(Text([".", *normal_form.split(), "."], VOCAB)))


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("end my life", "i will end my life", True),
        ("end my life", "end of my life", False),
        ("@want to? die", "i wanna die", True),
        ("@want to? die", "i want to die", True),
        ("@want|will die", "i will die", True),
        ("end ..2 life", "end this sad life", True),
        ("end ..2 life", "end this very sad life", False),
        ("end ..3 life", "the end . my life", False),
        ("!not going", "am going", True),
        ("!not going", "not going", False),
        ("re:suicid(e|al)", "suicidal", True),
        ("re:suicid(e|al)", "suicidally", False),
        ("END kms END", "kms", True),
        ("END kms END", "5 kms away", False),
        ("NUM pills", "40 pills", True),
        ("NUM pills", "forty pills", True),
        ("really QMARK", "really ?", True),
        (":pill: :pill:", ":pill: :pill:", True),
    ],
)
def test_pattern_matches(pattern: str, text: str, expected: bool) -> None:
    """Each element of the language matches what its description says."""
    assert _matches(pattern, text) is expected


@pytest.mark.parametrize(
    ("pattern", "part"),
    [
        ("", "write at least one word"),
        ("don't", "without apostrophes"),
        ("Quiero", "lower-case"),
        ("@nobody", "no word list of that name"),
        ("..0 x", "write a gap as"),
        ("re:(", "not a regular expression"),
        ("to? be?", "is optional"),
    ],
)
def test_broken_pattern_says_what_to_write(pattern: str, part: str) -> None:
    """Each mistake is refused with what to write instead."""
    with pytest.raises(PatternWrong, match=part):
        compile_pattern(pattern, WORDS)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("end my life", "i will end my life"),
        ("@want ..4 die", "i want so very much to die"),
        ("END kms END", "x . kms . x"),
        ("!not going away", "are going away"),
        ("re:suicid.* QMARK", "suicidal ?"),
        ("really+ sad", "really really really sad"),
    ],
)
def test_long_text_is_read_like_a_short_one(pattern: str, text: str) -> None:
    """What matches in a short text matches at every place of a long one."""
    filler = "x . y z " * 60
    for long in (f"{text} . {filler}", f"{filler} {text} . {filler}", f"{filler} {text}"):
        assert _matches(pattern, long)
    assert not _matches(pattern, filler)
