"""People are told again that this is automated: after seven days, and every three hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from safety.assessment import Assessment, Category, Tier
from safety.memory import remember
from safety.notices import look
from safety.state import SafetyState

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


def _notices(*minutes: int) -> list[str]:
    state, said = SafetyState(), []
    for minute in minutes:
        state, notice = look(state, NOON + timedelta(minutes=minute))
        said.append(notice)
    return said


DAY = 24 * 60


@pytest.mark.parametrize(
    ("label", "minutes", "said"),
    [
        ("the channel shows the first", (0, 5, 60), ["", "", ""]),
        ("three hours of talk", (0, 90, 181, 200), ["", "", "notice.reminder", ""]),
        ("again after three more", (0, 185, 370), ["", "notice.reminder", "notice.reminder"]),
        ("a week of silence", (0, 8 * DAY), ["", "notice.automated"]),
        ("clock set back", (0, -3 * DAY), ["", "notice.automated"]),
    ],
)
def test_when_a_notice_is_due(label: str, minutes: tuple[int, ...], said: list[str]) -> None:
    """By the times of the person's messages."""
    assert _notices(*minutes) == said, label


def _score(value: float, tier: Tier = Tier.NONE) -> Assessment:
    return Assessment(tier=tier, score=value)


def test_weak_signals_add_up() -> None:
    """Three messages just under the threshold are a check-in; the count then begins anew."""
    signals: tuple[float, ...] = ()
    found = _score(0.0)
    tiers = []
    for _ in range(3):
        signals, found = remember(signals, _score(0.3), weak=0.25, enough=0.75)
        tiers.append(found.tier)
    assert tiers == [Tier.NONE, Tier.NONE, Tier.CHECK_IN]
    assert found.category is Category.SUICIDE
    assert "memory" in found.rules
    assert signals == ()


def test_ordinary_messages_add_nothing() -> None:
    """However long the talk, low scores are never summed, and one weak signal is not enough."""
    signals: tuple[float, ...] = ()
    for _ in range(50):
        signals, found = remember(signals, _score(0.2), weak=0.25, enough=0.75)
        assert found.tier is Tier.NONE
    assert signals == ()
    signals, found = remember(signals, _score(0.9), weak=0.25, enough=0.75)
    assert found.tier is Tier.NONE


def test_a_crisis_is_left_as_it_is() -> None:
    """Memory never lowers or changes what one message shows by itself."""
    crisis = _score(0.9, Tier.URGENT)
    assert remember((0.4, 0.4), crisis, weak=0.25, enough=0.75) == ((0.4, 0.4), crisis)
