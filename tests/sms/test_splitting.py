from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.channels.sms.splitting import split
from language.sms_length import measure
from tests.sms_reference.calculator import Calculator

NUMBER = re.compile(r"\((\d+)/(\d+)\) ")
SENTENCE = "Ask the clinic about food, drinks and medicines before the day. "
LONG = SENTENCE * 3
PHONE = "0477 13 11 14"
ADDRESS = "https://clinic.example/answers/what-happens-in-a-session?from=sms"


def _unnumbered(messages: tuple[str, ...]) -> list[str]:
    if len(messages) == 1:
        return list(messages)
    return [message.split(" ", 1)[1] for message in messages]


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        pytest.param("Short.", ["Short."], id="one message needs no number"),
        pytest.param("a" * 306, ["a" * 9], id="two full segments"),
        pytest.param(LONG + SENTENCE * 3, ["the day.", "the day."], id="sentences"),
        pytest.param("a " * 140 + "Dr. Smith 0.5 mg. " + "B" * 20, ["0.5 mg.", "BBB"], id="Dr."),
        pytest.param("a " * 130 + "one, " + "b " * 30, ["one,", "b"], id="clauses"),
        pytest.param("a " * 200, ["a a", "a"], id="words"),
        pytest.param("ma " * 100 + f"{PHONE} now", ["ma", f"{PHONE} now"], id="phone number"),
        pytest.param("ma " * 90 + ADDRESS, ["ma", ADDRESS], id="address"),
        pytest.param("x" * 400, ["x", "x"], id="a word that fills a message"),
        pytest.param("ok. " + "x" * 400, ["ok.", "x", "x"], id="and others are not cut for it"),
        pytest.param("¿Hay algo? " * 30, ["¿Hay algo?", "¿Hay algo?"], id="Spanish"),
        pytest.param("Más. " * 40, ["Más.", "Más."], id="Spanish in UCS-2"),
        pytest.param("é" * 100 + " " + "á" * 70, ["é", "á"], id="each is encoded by itself"),
    ],
)
def test_where_a_text_is_cut(text: str, ends: list[str]) -> None:
    """At the best place that leaves few enough messages."""
    messages = split(text)
    assert [message.endswith(end) for message, end in zip(messages, ends, strict=True)]
    assert all(message.endswith(end) for message, end in zip(messages, ends, strict=True))


def test_a_number_stands_in_front() -> None:
    """Only when there are several, and it counts."""
    first, second = split(LONG + SENTENCE * 3)
    assert first.startswith("(1/2) Ask")
    assert second.startswith("(2/2) Ask")


def test_sentences_give_way_when_messages_are_few() -> None:
    """Cuts at clauses keep what cuts at sentences would have to drop."""
    text = "Go. " + "one two three four five six, " * 30
    assert _unnumbered(split(text))[0].endswith("six,")
    assert " ".join(_unnumbered(split(text))) == text.strip()


@pytest.mark.parametrize(
    ("text", "last"),
    [
        pytest.param(SENTENCE * 30, f"before the day.\nRead on: {ADDRESS}", id="after a sentence"),
        pytest.param(
            "Go. " + "Word " * 300, f"Go.\nRead on: {ADDRESS}", id="even where little is left"
        ),
        pytest.param("one, two " * 200, f"one,\nRead on: {ADDRESS}", id="one long sentence"),
        pytest.param("word " * 300, f"word\nRead on: {ADDRESS}", id="without any sign"),
        pytest.param("x" * 2000, f"x\nRead on: {ADDRESS}", id="without any space"),
    ],
)
def test_what_does_not_fit_is_dropped(text: str, last: str) -> None:
    """From a sentence end on, and the last message says where to read on."""
    messages = split(text, rest=f"Read on: {ADDRESS}")
    assert messages[-1].endswith(last)
    assert len(messages) <= 3


@pytest.mark.parametrize(
    ("text", "endings", "last"),
    [
        pytest.param("Yes.", ["In danger: 911."], "Yes.\nIn danger: 911.", id="short"),
        pytest.param(SENTENCE * 4, ["In danger: 911."], "\nIn danger: 911.", id="one more message"),
        pytest.param(
            SENTENCE * 40, ["1) One 2) Two", "911."], "\nMore.\n1) One 2) Two\n911.", id="dropped"
        ),
        pytest.param("x" * 950, ["911."], "x\nMore.\n911.", id="a monstrous word"),
        pytest.param("", ["911.", "988."], "911.\n988.", id="nothing else"),
    ],
)
def test_endings_are_said_whatever_is_dropped(text: str, endings: list[str], last: str) -> None:
    """Each whole, on a line of its own, after the words on where to read on."""
    assert split(text, rest="More.", endings=endings)[-1].endswith(last)


def test_an_ending_is_not_cut() -> None:
    """It begins a message of its own rather than end in two."""
    ending = "Call 988. " * 20 + "Or 911."
    assert _unnumbered(split(SENTENCE * 3, endings=[ending])) == [(SENTENCE * 3).strip(), ending]


@pytest.mark.parametrize("text", ["", " \n", "\u2003"])
def test_no_text_makes_no_message(text: str) -> None:
    assert split(text) == ()


@pytest.mark.parametrize(("segments", "most"), [(1, 1), (1, 2), (2, 1), (3, 5), (2, 12)])
def test_other_limits(segments: int, most: int) -> None:
    """Whatever is asked for is kept."""
    messages = split(SENTENCE * 100, segments=segments, most=most)
    assert len(messages) == most
    assert all(measure(message).segments <= segments for message in messages)


WORDS = st.text(
    st.sampled_from("abcé á(1). ,?!;:\n\u00a0-[€’\N{SLIGHTLY SMILING FACE}e\u0301"), max_size=500
)
PROSE = st.lists(
    st.sampled_from(
        ["Ask us. ", "About 0.5 mg, e.g. by Dr. Gil. ", "¿Qué? ", f"{PHONE} ", f"{ADDRESS} ",
         "word ", "más ", "x" * 170, "\n", "[]{} "]
    ),
    max_size=120,
).map("".join)  # fmt: skip
ANY_TEXT = st.one_of(st.text(max_size=400), WORDS, PROSE)
ENDINGS = st.lists(st.one_of(st.text(max_size=60), st.just("In danger: call 911.")), max_size=3)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ANY_TEXT, ENDINGS, st.integers(1, 3), st.integers(1, 4))
@example("a", ["b " * 1000], 2, 3)
@example("", ["b " * 1000], 2, 3)
def test_no_message_is_over_its_limit(
    sms_reference: Calculator, text: str, endings: list[str], segments: int, most: int
) -> None:
    """By Twilio's own count, with clusters apart; numbers run from one to their count."""
    messages = split(text, segments=segments, most=most, rest="Read on.", endings=endings)
    assert len(messages) <= most
    for number, message in enumerate(messages, 1):
        assert sms_reference.measure(message)["by_character"]["segments"] <= segments
        if len(messages) > 1:
            found = NUMBER.match(message)
            assert found
            assert found.groups() == (str(number), str(len(messages)))


@settings(max_examples=150, deadline=None)
@given(ANY_TEXT)
def test_no_word_is_lost(text: str) -> None:
    """Put together again, the messages are the text; what is dropped is dropped from the end."""
    messages = split(text, rest="\N{OCTOPUS}")
    said = "".join("".join(_unnumbered(messages)).split())
    whole = "".join(text.split())
    assert said == whole or (said.endswith("\N{OCTOPUS}") and whole.startswith(said[:-1]))
    if len(text) < 300 and text.isascii() and "[" not in text:
        assert said == whole


@settings(max_examples=150, deadline=None)
@given(PROSE)
def test_addresses_and_phones_stay_whole(text: str) -> None:
    """No message ends or begins within one."""
    for message in split(text.replace("x" * 170, "")):
        assert message.count("0477") == message.count(PHONE)
        assert message.count("https") == message.count(ADDRESS)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["Ask Dr. Gil, e.g. about 0.5 mg. ", SENTENCE]), max_size=60))
def test_prose_is_only_cut_and_dropped_after_a_sentence(sentences: list[str]) -> None:
    """Where every sentence is short, unless cuts at clauses can save what would be dropped."""
    text = "".join(sentences)
    if not 750 < len(text) < 1000:
        for message in split(text, rest="Read on."):
            assert message.endswith(("0.5 mg.", "the day.", "Read on."))
