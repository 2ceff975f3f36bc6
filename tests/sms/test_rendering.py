from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.messages import Choice, OutboundMessage
from bot.channels.sms.rendering import MOST, SEGMENTS, render
from bot.channels.wording import Wording
from clinic.facts import read_facts
from clinic.settings import PROJECT_ROOT
from language.plain_sms import as_sms
from language.sms_length import measure
from safety.assessment import Category
from safety.hotlines import shared_regions
from safety.texts import shared_texts

LINK = "https://clinic.example/kap"
NOTICE = "From published sources; not yet checked by this clinic's clinicians"
UNCHECKED = "Not yet checked by our clinicians."
MORE = "Reply MORE for more."
SENTENCE = "Most people feel fine after some hours, and some do not. "
WORDING = Wording(
    texts=shared_texts(),
    regions=shared_regions(),
    clinic=read_facts(PROJECT_ROOT / "clinic.yml"),
)
FIRST, QUESTION, REGION = (
    message
    for message in WORDING.safety_messages(
        ("first.urgent.suicide", "question.urgent", "region.ask"),
        category=Category.SUICIDE, language="en", form="sms",
    )
)  # fmt: skip
REMINDER = WORDING.fixed("notice.reminder", form="sms")
OTHER_REGIONS = [WORDING.in_region(code) for code in shared_regions()]


def _answer(text: str, *, reviewed: bool = True, titles: Sequence[str] = ()) -> OutboundMessage:
    listed = "".join(f" {n}) {title}" for n, title in enumerate(titles, 1))
    return OutboundMessage(
        outcome="answered",
        text=text + listed,
        topic="kap_overview",
        notice="Reviewed by Dr. Gil on May 1, 2026" if reviewed else NOTICE,
        reviewed_on="2026-05-01" if reviewed else "",
        choices=tuple(Choice(label=title, text=title) for title in titles),
    )


ANSWER = _answer(SENTENCE.strip())
TITLES = ("What it costs", "How long it lasts", "Who it may help")


@pytest.mark.parametrize(
    ("replies", "link", "expected"),
    [
        pytest.param([], "", [], id="nothing"),
        pytest.param([ANSWER], "", [f"{ANSWER.text}\n{MORE}"], id="answer"),
        pytest.param([ANSWER], LINK, [f"{ANSWER.text}\n{MORE} {LINK}"], id="answer and page"),
        pytest.param(
            [_answer("a" * 280)], LINK, [f"{'a' * 280}\n{MORE}"], id="no room for the page"
        ),
        pytest.param([_answer("a" * 300)], LINK, ["a" * 300], id="no room for either"),
        pytest.param(
            [_answer("Yes.", reviewed=False)], LINK, [f"Yes.\n{UNCHECKED} {MORE} {LINK}"],
            id="an answer that nobody of the clinic has checked",
        ),
        pytest.param(
            [_answer("a" * 290, reviewed=False)], "",
            [f"(1/2) {'a' * 290}", f"(2/2) {UNCHECKED} {MORE}"],
            id="which is said even where it costs a message",
        ),
        pytest.param(
            [_answer("Yes. You may also ask:", titles=TITLES)], LINK,
            ["Yes.\nYou may also ask: 1) What it costs 2) How long it lasts 3) Who it may help"],
            id="choices take the place of more",
        ),
        pytest.param([OutboundMessage(outcome="other", text="Hi **you**")], LINK, ["Hi you"],
                     id="small talk"),
        pytest.param(
            [OutboundMessage(outcome="advice", text="Ask.\n\nIn general: no.", notice=NOTICE)],
            LINK, [f"Ask.\nIn general: no.\n{UNCHECKED}"], id="advice with an answer",
        ),
        pytest.param(
            [ANSWER, REMINDER], "", [f"{ANSWER.text}\n{MORE}", REMINDER.text], id="a reminder"
        ),
        pytest.param([FIRST, QUESTION], LINK, [FIRST.text, QUESTION.text], id="crisis"),
        pytest.param([REMINDER, FIRST, QUESTION], "", [FIRST.text, QUESTION.text, REMINDER.text],
                     id="nothing goes before it"),
        pytest.param(
            [FIRST, QUESTION, REGION, REMINDER], "",
            [FIRST.text, f"{QUESTION.text}\n{REGION.text}", REMINDER.text],
            id="safety replies share a message",
        ),
        pytest.param(
            [FIRST, ANSWER, ANSWER, REMINDER], "",
            [FIRST.text, f"{ANSWER.text}\n{ANSWER.text}", REMINDER.text],
            id="short replies share a message",
        ),
    ],
)  # fmt: skip
def test_what_goes_out(replies: list[OutboundMessage], link: str, expected: list[str]) -> None:
    """Each reply by itself where there is room, safety first, extras last."""
    assert list(render(replies, link=link)) == expected


@pytest.mark.parametrize(
    ("link", "rest"),
    [
        pytest.param(LINK, f"There is more than fits in a text. Read on: {LINK}", id="page"),
        pytest.param("", "Ask me about any part of it.", id="no page"),
    ],
)
def test_what_does_not_fit_is_elsewhere(link: str, rest: str) -> None:
    """Choices, help line, notice and reminder are said all the same, and no "more" of the same."""
    long = _answer(SENTENCE * 30 + "You may also ask:", reviewed=False, titles=TITLES)
    messages = render([WORDING.with_help_line(long, form="sms"), REMINDER], link=link)
    assert len(messages) == MOST
    assert all(measure(message).segments <= SEGMENTS for message in messages)
    said = "\n".join(messages)
    choices = "You may also ask: 1) What it costs 2) How long it lasts 3) Who it may help"
    for part in (rest, choices, "call or text 988. In danger: call 911.", UNCHECKED, REMINDER.text):
        assert part in said
        assert sum(part in message for message in messages) == 1
    assert MORE not in said


@pytest.mark.parametrize("wording", OTHER_REGIONS, ids=lambda wording: wording.region_code)
@pytest.mark.parametrize("length", [1, 4, 5, 20])
def test_a_help_line_survives(wording: Wording, length: int) -> None:
    """Whole and in one message, whatever the answer's length and the region."""
    answer = _answer(SENTENCE * length, reviewed=False)
    helped = wording.with_help_line(answer, form="sms")
    line = as_sms(helped.text).splitlines()[-1]
    assert sum(line in message for message in render([helped], link=LINK)) == 1


def test_spanish_notices_are_spanish() -> None:
    """What is put after a reply is in its language."""
    reply = OutboundMessage(
        outcome="answered", topic="x", text="Bueno.", notice=NOTICE, language="es"
    )
    expected = (
        "Bueno.\nNuestro personal médico no lo ha revisado. Responde MORE para seguir leyendo."
    )
    assert render([reply]) == (expected,)


TEXTS = st.one_of(
    st.text(min_size=1, max_size=200),
    st.integers(1, 30).map(lambda n: SENTENCE * n),
    st.sampled_from(["Más.", FIRST.text, "x" * 400, "á" * 150, REMINDER.text]),
).filter(lambda text: as_sms(text) != "")
REPLIES = st.lists(
    st.builds(
        OutboundMessage,
        outcome=st.sampled_from(["answered", "other", "clarify", "crisis"]),
        text=TEXTS,
        topic=st.sampled_from([None, "x"]),
        notice=st.sampled_from(["", NOTICE]),
        text_id=st.sampled_from(["", "apology"]),
        language=st.sampled_from(["en", "es"]),
    ),
    max_size=5,
)


@settings(max_examples=150, deadline=None)
@given(REPLIES, st.sampled_from(["", LINK]))
def test_any_replies(replies: list[OutboundMessage], link: str) -> None:
    """At most three messages; safety replies first and whole; no other one over its limit."""
    messages = render(replies, link=link)
    assert len(messages) <= MOST
    assert bool(messages) == bool(replies)
    safety = [as_sms(reply.text) for reply in replies if reply.outcome == "crisis"]
    count = 0
    while sum(map(len, messages[:count])) < sum(map(len, safety)):
        count += 1
    assert "\n".join(messages[:count]) == "\n".join(safety)
    assert len(messages) > count or len(safety) == len(replies)
    assert all(measure(message).segments <= SEGMENTS for message in messages[count:])
