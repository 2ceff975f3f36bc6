"""Conversation memory: several weak signals together are a signal. Pure.

A message just under the check-in threshold says little by itself. Three of them in one
conversation, or two and a strong one, deserve the gentle question.
"""

from __future__ import annotations

from dataclasses import replace

from safety.assessment import Assessment, Category, Tier

MEMORY = "memory"
"""Stands among the rule ids when earlier messages decided the tier."""
KEPT = 6
"""Signals that a conversation remembers."""


def remember(
    signals: tuple[float, ...], found: Assessment, *, weak: float, enough: float
) -> tuple[tuple[float, ...], Assessment]:
    """The signals with this message's own, and the assessment in their light.

    `weak` is the score from which a message counts; `enough` the sum of counted scores from which
    the conversation is a check-in. Rules that merely name a subject add nothing.
    """
    if found.is_crisis or found.score < weak:
        return signals, found
    kept = (*signals, round(found.score, 3))[-KEPT:]
    if len(kept) < 2 or sum(kept) < enough:
        return kept, found
    raised = replace(
        found, tier=Tier.CHECK_IN, category=Category.SUICIDE, rules=(*found.rules, MEMORY)
    )
    return (), raised
