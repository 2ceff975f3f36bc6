"""What is said in a crisis, and how safety mode is left. Pure: no clock, no store, no network.

The tiers, what is said in each and how one leaves are written down in `docs/safety-protocol.md`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from safety.assessment import Assessment, Category, Tier
from safety.replies import Meaning
from safety.state import SafetyState
from safety.texts import TextBook

COOLING_OFF = timedelta(minutes=30)
"""Between the first and the second "I am safe" that step `urgent` down."""

_QUESTION = re.compile(
    r"\?|^\W*(what|how|who|why|when|where|which|is|are|can|could|do|does|will|would|should)\b",
    re.IGNORECASE,
)
"""A held message that is no question has no answer to go back to."""

BARRIERS = {
    Meaning.CANNOT_CALL: "barrier.cant_call",
    Meaning.POLICE: "barrier.police",
    Meaning.NO_TALK: "barrier.dont_want_to_talk",
    Meaning.NOBODY: "barrier.nobody",
    Meaning.TRIED: "barrier.tried_before",
    Meaning.COST: "barrier.cost_privacy",
}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of the protocol: the texts to send, in order, and where the person then stands."""

    state: SafetyState
    texts: tuple[str, ...]
    """Ids of scripted texts; empty only when `resume` hands the turn back."""
    choices: tuple[str, ...] = ()
    """Ids of choices that a screen can show as buttons: `yes`, `no`, `back`."""
    risk: Assessment | None = None
    """What must be recorded for staff; None when the message added no risk."""
    resume: str = ""
    """A held message that now gets its ordinary answer."""


@dataclass(frozen=True, kw_only=True)
class Heard:
    """One message as the protocol sees it."""

    assessment: Assessment
    meanings: frozenset[Meaning]
    language: str
    text: str
    at: datetime
    without_line: frozenset[Category] = frozenset()
    """Categories that have no line of their own in the person's region."""
    staff: str = ""
    """What is true of staff now: the end of a `staff.*` text id; empty to say nothing of them."""


def respond(state: SafetyState, heard: Heard, book: TextBook) -> Step:
    """Pick the scripted reply to one message that is a crisis or arrives in safety mode.

    A message of a higher tier, or of a new category, always gets that tier's first reply. A
    pending safety question is answered before anything else is read into the message.
    """
    found = heard.assessment
    if found.tier > state.tier or (found.is_crisis and _new_category(state, found)):
        return _enter(state, heard, found, book)
    return _with_staff(state, _ANSWERS[state.tier](state, heard, book), heard.staff)


def _with_staff(before: SafetyState, step: Step, staff: str) -> Step:
    """The step with what is true of staff, once for each change and never in a first reply."""
    told = staff and staff != before.staff_told and before.tier >= Tier.URGENT
    if not told or step.state.tier < Tier.URGENT:
        return step
    return replace(
        step, texts=(*step.texts, f"staff.{staff}"), state=replace(step.state, staff_told=staff)
    )


def _new_category(state: SafetyState, found: Assessment) -> bool:
    return found.tier == state.tier and found.category != state.category


def _enter(state: SafetyState, heard: Heard, found: Assessment, book: TextBook) -> Step:
    tier, category = found.tier.label, found.category.value
    first = book.first_of(*_first_texts(found, heard.without_line))
    question = book.first_of(f"question.{tier}.{category}", f"question.{tier}")
    entered = replace(
        state,
        tier=found.tier,
        category=found.category,
        language=heard.language,
        question_pending=True,
        replies=0,
        safe_said_at=None,
        staff_told="",
        held_text=heard.text if found.tier is Tier.CHECK_IN else "",
    )
    return Step(state=entered, texts=(first, question), choices=_choices(found.tier), risk=found)


def _first_texts(found: Assessment, without_line: frozenset[Category]) -> tuple[str, ...]:
    """Ids from the most special to the default one."""
    special = f"first.{found.tier.label}.{found.category.value}"
    no_line = (f"{special}.no_line",) if found.category in without_line else ()
    return (*no_line, special, f"first.{found.tier.label}.default", "first.urgent.default")


def _choices(tier: Tier) -> tuple[str, ...]:
    return ("yes", "no", "back") if tier is Tier.CHECK_IN else ()


def _stay(state: SafetyState, *texts: str, risk: Assessment | None = None) -> Step:
    later = replace(state, replies=state.replies + 1)
    return Step(state=later, texts=texts, choices=_choices(state.tier), risk=risk)


def _answer_check_in(state: SafetyState, heard: Heard, book: TextBook) -> Step:
    if Meaning.YES in heard.meanings or Meaning.DANGER in heard.meanings:
        admitted = Assessment(tier=Tier.URGENT, category=Category.SUICIDE, rules=("reply.yes",))
        raised = replace(
            state, tier=Tier.URGENT, category=Category.SUICIDE, replies=0, held_text=""
        )
        return Step(state=raised, texts=("reply.yes.check_in", "question.urgent"), risk=admitted)
    leaving = {
        Meaning.BACK: "reply.back",
        Meaning.NO: "reply.no.check_in",
        Meaning.NOT_DANGER: "reply.no.check_in",
        Meaning.SAFE: "reply.no.check_in",
    }
    for meaning, text in leaving.items():
        if meaning in heard.meanings and not heard.assessment.is_crisis:
            left = _left(state)
            held = state.held_text if _QUESTION.search(state.held_text) else ""
            return Step(state=left, texts=(text,), resume=held)
    risk = _if_crisis(heard)
    other = _barrier(heard)
    if other:
        return _stay(state, other, risk=risk)
    if state.replies == 0 and risk is None:
        return _stay(state, "reply.unclear.check_in")
    return _stay(state, book.numbered("again.check_in", state.replies), risk=risk)


def _left(state: SafetyState) -> SafetyState:
    """Out of safety mode; help stays pinned, and earlier weak signals are forgotten."""
    return SafetyState(
        language=state.language,
        help_pinned=True,
        region=state.region,
        noticed_at=state.noticed_at,
        seen_at=state.seen_at,
        version=state.version,
    )


def _answer_urgent(state: SafetyState, heard: Heard, book: TextBook) -> Step:
    if Meaning.DANGER in heard.meanings:
        return _raise_to_emergency(state, heard)
    if heard.assessment.tier >= Tier.URGENT:
        return _ideation_continues(state, heard, book)
    if Meaning.SAFE in heard.meanings:
        return _said_safe(state, heard)
    said = {
        Meaning.NOT_DANGER: "reply.not_danger",
        Meaning.CALLING: "reply.yes.urgent",
        Meaning.YES: "reply.yes.urgent",
    }
    return _reply_or_again(state, heard, book, said, no="reply.no.urgent")


def _answer_emergency(state: SafetyState, heard: Heard, book: TextBook) -> Step:
    if Meaning.DANGER in heard.meanings:
        return _stay(state, "reply.danger", risk=_if_crisis(heard))
    if heard.assessment.tier >= Tier.URGENT:
        return _ideation_continues(state, heard, book)
    if Meaning.SAFE in heard.meanings or Meaning.NOT_DANGER in heard.meanings:
        lower = replace(state, tier=Tier.URGENT, replies=0, safe_said_at=None)
        return Step(state=lower, texts=("safe.emergency",))
    said = {Meaning.CALLING: "reply.yes.urgent", Meaning.YES: "reply.yes.emergency"}
    return _reply_or_again(state, heard, book, said, no="reply.no.emergency")


def _raise_to_emergency(state: SafetyState, heard: Heard) -> Step:
    risk = replace(
        heard.assessment,
        tier=Tier.EMERGENCY,
        category=state.category,
        rules=(*heard.assessment.rules, "reply.danger"),
    )
    raised = replace(state, tier=Tier.EMERGENCY, replies=0, safe_said_at=None)
    return Step(state=raised, texts=("reply.danger",), risk=risk)


def _ideation_continues(state: SafetyState, heard: Heard, book: TextBook) -> Step:
    """The person goes on after a referral: an additional step first, then varied replies."""
    cleared = replace(state, safe_said_at=None)
    if not state.next_step_given:
        cleared = replace(cleared, next_step_given=True)
        return _stay(cleared, "next_step", risk=heard.assessment)
    again = book.numbered(f"again.{state.tier.label}", state.replies)
    return _stay(cleared, again, risk=heard.assessment)


def _said_safe(state: SafetyState, heard: Heard) -> Step:
    if state.safe_said_at is None:
        return _stay(replace(state, safe_said_at=heard.at), "safe.urgent.first")
    if heard.at - state.safe_said_at < COOLING_OFF:
        return _stay(state, "safe.urgent.too_soon")
    lower = replace(state, tier=Tier.CHECK_IN, replies=0, safe_said_at=None, help_pinned=True)
    return Step(state=lower, texts=("safe.urgent.second",), choices=_choices(Tier.CHECK_IN))


def _reply_or_again(
    state: SafetyState, heard: Heard, book: TextBook, said: dict[Meaning, str], *, no: str
) -> Step:
    risk = _if_crisis(heard)
    barrier = _barrier(heard)
    if barrier:
        return _stay(state, barrier, risk=risk)
    for meaning, text in said.items():
        if meaning in heard.meanings:
            return _stay(state, text, risk=risk)
    if Meaning.NO in heard.meanings:
        return _stay(state, no, risk=risk)
    if state.replies == 0 and len(heard.text.split()) <= 3:
        return _stay(state, f"reply.unclear.{state.tier.label}", risk=risk)
    return _stay(state, book.numbered(f"again.{state.tier.label}", state.replies), risk=risk)


def _barrier(heard: Heard) -> str:
    if Meaning.OTHER_LINE in heard.meanings:
        return "keyword.other_line"
    if Meaning.CLINIC in heard.meanings:
        return "reply.clinic"
    for meaning, text in BARRIERS.items():
        if meaning in heard.meanings:
            return text
    return ""


def _if_crisis(heard: Heard) -> Assessment | None:
    return heard.assessment if heard.assessment.is_crisis else None


_ANSWERS: dict[Tier, Callable[[SafetyState, Heard, TextBook], Step]] = {
    Tier.CHECK_IN: _answer_check_in,
    Tier.URGENT: _answer_urgent,
    Tier.EMERGENCY: _answer_emergency,
}
