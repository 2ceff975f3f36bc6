"""Our count of segments beside Twilio's own, `sms-segments-calculator`.

It keeps to the standard but for one habit: it measures grapheme clusters, such as a letter with its
accents or a family of emoji, and never parts one between two segments. The standard knows nothing
of clusters and parts them anywhere but inside a surrogate pair, and so do we. Its packing is
therefore compared with clusters taken apart.
"""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from language.sms_length import measure
from tests.sms_reference.calculator import LOCK, Calculator

GSM_7 = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0189:;<=>?¡AZÄÖÑÜ§¿azäöñüà"
EXTENDED = "\f^{}\\[~]|€"
FOREIGN = "áíóúçÁ’“”–—…\u00a0\u200b\t`\N{SLIGHTLY SMILING FACE}\N{SKULL}中й\U00020000"
CLUSTERS = (
    "e\u0301\N{ZERO WIDTH JOINER}\N{WOMAN}\N{VARIATION SELECTOR-16}\N{HEAVY BLACK HEART}각\u0bcd"
)
LENGTHS = st.one_of(st.integers(0, 400), st.sampled_from([66, 67, 69, 70, 133, 134, 152, 153, 160]))


@st.composite
def near_a_boundary(draw: st.DrawFn) -> str:
    """A long run of one character with a few others somewhere in it."""
    filling = draw(st.sampled_from("a[áé\N{SLIGHTLY SMILING FACE}"))
    few = draw(st.text(st.sampled_from(GSM_7 + EXTENDED + FOREIGN + CLUSTERS), max_size=8))
    place = draw(LENGTHS)
    return filling * place + few + filling * draw(st.integers(0, 20))


TEXTS = st.one_of(
    near_a_boundary(),
    st.text(st.sampled_from(GSM_7 + EXTENDED), max_size=500),
    st.text(st.sampled_from(GSM_7 + EXTENDED + FOREIGN), max_size=300),
    st.text(st.sampled_from(CLUSTERS), max_size=200),
    st.text(max_size=300),
)


@settings(
    max_examples=600, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(TEXTS)
def test_any_text_is_as_long_as_twilio_says(sms_reference: Calculator, text: str) -> None:
    """The same encoding, units and segments for any Unicode."""
    ours = measure(text)
    found = sms_reference.measure(text)
    mine = {"encoding": ours.encoding.value, "units": ours.units, "segments": ours.segments}
    assert found["by_character"] == mine
    if found["clusters"]:
        del mine["segments"], found["as_is"]["segments"]
    assert found["as_is"] == mine


def test_every_latin_character_is_in_the_same_alphabet(sms_reference: Calculator) -> None:
    """Each character by itself, control characters too."""
    for text in map(chr, range(0x250)):
        encoding = sms_reference.measure(text)["as_is"]["encoding"]
        assert measure(text).encoding.value == encoding, ascii(text)


def test_the_lock_names_no_registry() -> None:
    """npm takes the package from wherever the machine is set up to look, and checks its hash."""
    packages = json.loads(LOCK.read_text())["packages"]
    assert not any("resolved" in package for package in packages.values())
    assert all("integrity" in package for name, package in packages.items() if name)
