"""The second net reads every message that does not bear the gate's own mark."""

from __future__ import annotations

from typing import Any

import pytest

from bot import without_tensorflow

without_tensorflow.install()

from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT  # noqa: E402
from rasa.shared.nlu.training_data.message import Message  # noqa: E402

from bot.detection import mark_of  # noqa: E402
from bot.nlu import crisis_classifier  # noqa: E402
from bot.nlu.crisis_classifier import CLEARED, CRISIS, PASSED, CrisisClassifier  # noqa: E402
from safety.assessment import Assessment, Category, Tier  # noqa: E402
from safety.detector import Detector  # noqa: E402
from safety.rulebook import shared_rules  # noqa: E402

pytestmark = pytest.mark.slow

DANGER = "i want to kill myself"
PLAIN = "what is bdnf?"
FOUND = Assessment(tier=Tier.URGENT, category=Category.SUICIDE)


class _Counting(Detector):
    """The rules, with a note of every text that was read."""

    def __init__(self) -> None:
        super().__init__(shared_rules(), None)
        self.read: list[str] = []

    def assess(self, text: str) -> Assessment:
        self.read.append(text)
        return super().assess(text)


@pytest.fixture
def detector(monkeypatch: pytest.MonkeyPatch) -> _Counting:
    made = _Counting()
    monkeypatch.setattr(crisis_classifier, "process_detector", lambda: made)
    return made


def _intent(text: str, metadata: dict[str, Any] | None) -> str:
    ranking = [{"name": "greet", "confidence": 0.9}, {"name": CRISIS, "confidence": 0.1}]
    message = Message(
        {TEXT: text, INTENT: ranking[0], INTENT_RANKING_KEY: ranking, "metadata": metadata}
    )
    return str(CrisisClassifier().process([message])[0].get(INTENT)["name"])


def test_what_the_gate_let_through_is_not_read_again(detector: _Counting) -> None:
    """The mark is of exactly this text: nobody pays for the same assessment twice."""
    assert _intent(PLAIN, {PASSED: mark_of(PLAIN)}) == "greet"
    assert detector.read == []


@pytest.mark.parametrize(
    "metadata",
    [
        None,
        {},
        {PASSED: ""},
        {PASSED: True},
        {PASSED: "0" * 64},
        {PASSED: "é"},
        {PASSED: mark_of(PLAIN)},
        {PASSED: mark_of(f"{DANGER} ")},
        {PASSED: mark_of(DANGER.upper())},
        {"assessment": Assessment().as_dict()},
        {CLEARED: False},
    ],
)
def test_everything_else_is_read(detector: _Counting, metadata: dict[str, Any] | None) -> None:
    """Without a mark, with a forged one, or with one of another text, a crisis is caught."""
    assert _intent(DANGER, metadata) == CRISIS
    assert detector.read == [DANGER]


def test_a_cleared_text_is_not_asked_about_again(detector: _Counting) -> None:
    """The person has said that it was a misunderstanding."""
    assert _intent(DANGER, {CLEARED: True}) == "greet"


def test_the_rules_alone_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the encoder did not read bears no mark, so that the second net reads it whole."""
    from bot.channels.messages import InboundMessage
    from bot.channels.turn import _metadata

    message = InboundMessage(
        conversation_id="c", message_id="m", text=f"{PLAIN}\n", channel="web", received_at=None
    )
    whole = Detector(shared_rules(), None).assess(PLAIN)
    alone = Detector(shared_rules(), None).assess_by_rules(PLAIN)
    assert alone == whole
    assert _metadata(message, whole, cleared=False)[PASSED] == mark_of(PLAIN)
    assert PASSED not in _metadata(message, alone, cleared=False)
    assert PASSED not in _metadata(message, whole, cleared=True)
