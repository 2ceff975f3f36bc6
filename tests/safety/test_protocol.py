"""The protocol answers every step, and safety mode is left only in the ways that are written."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from safety.assessment import Assessment, Category, Tier
from safety.protocol import COOLING_OFF, Heard, Step, respond
from safety.replies import Meaning
from safety.state import SafetyState
from safety.texts import shared_texts

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
NONE = Assessment()
BOOK = shared_texts()


def _found(tier: Tier, category: Category = Category.SUICIDE) -> Assessment:
    return Assessment(tier=tier, category=category, rules=("en.x",))


def _say(
    state: SafetyState,
    *meanings: Meaning,
    found: Assessment = NONE,
    text: str = "some words here now",
    at: datetime = NOW,
) -> Step:
    heard = Heard(assessment=found, meanings=frozenset(meanings), language="en", text=text, at=at)
    return respond(state, heard, BOOK)


def _in(tier: Tier, category: Category = Category.SUICIDE) -> SafetyState:
    return _say(SafetyState(), found=_found(tier, category)).state


@pytest.mark.parametrize("category", [item for item in Category if item is not Category.NONE])
@pytest.mark.parametrize("tier", [Tier.CHECK_IN, Tier.URGENT, Tier.EMERGENCY])
def test_first_reply_then_one_question(tier: Tier, category: Category) -> None:
    """Every tier and category begins with its first reply and one direct question."""
    step = _say(SafetyState(), found=_found(tier, category))
    assert len(step.texts) == 2
    assert step.texts[0].startswith("first.")
    assert step.texts[1].startswith(f"question.{tier.label}")
    assert step.state.tier is tier
    assert step.state.question_pending
    assert step.risk is not None


def test_after_explicit_intent_suicide_is_not_asked_about() -> None:
    """Only a check-in asks "are you thinking about suicide?"."""
    for tier in (Tier.URGENT, Tier.EMERGENCY):
        step = _say(SafetyState(), found=_found(tier))
        shown = " ".join(BOOK.get(text, "en").web for text in step.texts)
        assert "thinking about suicide" not in shown.lower()


@pytest.mark.parametrize("meaning", [Meaning.NO, Meaning.BACK, Meaning.SAFE])
def test_check_in_is_left_at_once(meaning: Meaning) -> None:
    """A misunderstood person goes straight back; help stays pinned; the question is resumed."""
    entered = _say(SafetyState(), found=_found(Tier.CHECK_IN), text="how much would kill me, lol")
    left = _say(entered.state, meaning)
    assert not left.state.in_safety_mode
    assert left.state.help_pinned
    assert left.resume == "how much would kill me, lol"


def test_a_remark_is_not_resumed() -> None:
    """A held message that asks nothing has no answer to go back to."""
    entered = _say(SafetyState(), found=_found(Tier.CHECK_IN), text="kms lol")
    assert _say(entered.state, Meaning.BACK).resume == ""


def test_check_in_yes_becomes_urgent() -> None:
    """A yes is recorded as urgent and asked whether they can reach the line."""
    step = _say(_in(Tier.CHECK_IN), Meaning.YES)
    assert step.state.tier is Tier.URGENT
    assert step.risk is not None
    assert step.risk.tier is Tier.URGENT
    assert step.state.held_text == ""


def test_check_in_no_with_new_risk_does_not_leave() -> None:
    """ "No, but I want to die" is no way back."""
    step = _say(_in(Tier.CHECK_IN), Meaning.NO, found=_found(Tier.CHECK_IN))
    assert step.state.in_safety_mode


def test_check_in_ignored_twice_gets_other_words() -> None:
    """An unclear answer is met with varied texts, each with the way back."""
    first = _say(_in(Tier.CHECK_IN))
    second = _say(first.state)
    assert first.texts != second.texts
    assert second.choices == ("yes", "no", "back")


def test_urgent_is_left_by_safe_twice_half_an_hour_apart() -> None:
    """Once is not enough, too soon is not enough, and then comes a check-in."""
    once = _say(_in(Tier.URGENT), Meaning.SAFE)
    soon = _say(once.state, Meaning.SAFE, at=NOW + timedelta(minutes=5))
    later = _say(soon.state, Meaning.SAFE, at=NOW + COOLING_OFF)
    assert once.state.tier is Tier.URGENT
    assert soon.texts == ("safe.urgent.too_soon",)
    assert later.state.tier is Tier.CHECK_IN
    assert later.state.help_pinned


def test_new_risk_forgets_that_the_person_said_safe() -> None:
    """The half hour begins anew after another crisis message."""
    once = _say(_in(Tier.URGENT), Meaning.SAFE)
    again = _say(once.state, found=_found(Tier.URGENT))
    later = _say(again.state, Meaning.SAFE, at=NOW + COOLING_OFF)
    assert later.state.tier is Tier.URGENT


def test_urgent_is_never_left_by_silence() -> None:
    """A year later the conversation is still in safety mode."""
    state = _in(Tier.URGENT)
    step = _say(state, at=NOW + timedelta(days=365))
    assert step.state.tier is Tier.URGENT


def test_emergency_steps_down_to_urgent() -> None:
    """ "I am safe now" is not the end of it."""
    step = _say(_in(Tier.EMERGENCY), Meaning.SAFE)
    assert step.state.tier is Tier.URGENT


def test_danger_raises_to_emergency() -> None:
    """Answering "1" or "I am in danger" shows the emergency number and is recorded."""
    step = _say(_in(Tier.URGENT), Meaning.DANGER)
    assert step.state.tier is Tier.EMERGENCY
    assert step.risk is not None
    assert step.risk.tier is Tier.EMERGENCY
    assert "$emergency" in BOOK.get(step.texts[0], "en").web


def test_higher_tier_always_wins() -> None:
    """A worse message in safety mode gets the worse tier's first reply."""
    step = _say(_in(Tier.CHECK_IN), found=_found(Tier.EMERGENCY))
    assert step.texts[0] == "first.emergency.suicide"


def test_new_category_gets_its_own_first_reply() -> None:
    """Abuse told after suicidal thoughts gets the device-safety sentence."""
    step = _say(_in(Tier.URGENT), found=_found(Tier.URGENT, Category.ABUSE))
    assert step.texts[0] == "first.urgent.abuse"


def test_continuing_ideation_gets_an_additional_step() -> None:
    """After a referral the next step follows once, and then varied replies."""
    first = _say(_in(Tier.URGENT), found=_found(Tier.URGENT))
    second = _say(first.state, found=_found(Tier.URGENT))
    third = _say(second.state, found=_found(Tier.URGENT))
    assert first.texts == ("next_step",)
    assert second.texts != third.texts
    assert all(step.risk is not None for step in (first, second, third))


@pytest.mark.parametrize(
    ("meaning", "text"),
    [
        (Meaning.CANNOT_CALL, "barrier.cant_call"),
        (Meaning.POLICE, "barrier.police"),
        (Meaning.NO_TALK, "barrier.dont_want_to_talk"),
        (Meaning.NOBODY, "barrier.nobody"),
        (Meaning.OTHER_LINE, "keyword.other_line"),
        (Meaning.CLINIC, "reply.clinic"),
    ],
)
@pytest.mark.parametrize("tier", [Tier.CHECK_IN, Tier.URGENT, Tier.EMERGENCY])
def test_barriers_are_answered(tier: Tier, meaning: Meaning, text: str) -> None:
    """What stands in the way of help is answered in every tier."""
    assert _say(_in(tier), meaning).texts == (text,)


def test_replies_vary() -> None:
    """Six unclear messages in a row get at least four different texts."""
    state, seen = _in(Tier.URGENT), []
    for _ in range(6):
        step = _say(state)
        seen.append(step.texts)
        state = step.state
    assert len(set(seen)) >= 4
    assert all(a != b for a, b in itertools.pairwise(seen))


def test_every_step_says_something() -> None:
    """Whatever is heard in whatever tier, there is a text, and every text exists."""
    for tier in (Tier.CHECK_IN, Tier.URGENT, Tier.EMERGENCY):
        for meaning in Meaning:
            for found in (NONE, *(_found(item) for item in Tier if item)):
                step = _say(_in(tier), meaning, found=found)
                assert step.texts
                assert set(step.texts) <= BOOK.ids()
