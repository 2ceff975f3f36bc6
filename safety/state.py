"""Where one conversation stands in the safety protocol."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime

from safety.assessment import Category, Tier

_TIMES = ("safe_said_at", "noticed_at", "seen_at")


@dataclass(frozen=True, kw_only=True)
class SafetyState:
    """Sticky: only the protocol changes it, never a time-out."""

    tier: Tier = Tier.NONE
    category: Category = Category.NONE
    language: str = "en"
    question_pending: bool = False
    """A direct question was asked and owns the next answer, digits included."""
    replies: int = 0
    """Safety replies sent in this tier: picks the next wording."""
    next_step_given: bool = False
    safe_said_at: datetime | None = None
    """When the person first said "I am safe" in tier urgent."""
    help_pinned: bool = False
    """Help stays in view after safety mode was left."""
    held_text: str = ""
    """The message a gentle check-in interrupted; answered when it was a misunderstanding."""

    signals: tuple[float, ...] = ()
    """Scores of earlier messages that were a little alarming, newest last: see `safety.memory`."""
    staff_told: str = ""
    """What was said of staff last, so that it is said once."""
    region: str = ""
    """Where the person said they are; empty for the clinic's region."""
    noticed_at: datetime | None = None
    """When the person was last told that this is an automated assistant."""
    seen_at: datetime | None = None
    """About when the person last wrote."""
    version: int = field(default=0, compare=False)
    """Counts the writes; a later one wins."""

    @property
    def in_safety_mode(self) -> bool:
        """True while every message gets a safety reply instead of an ordinary answer."""
        return self.tier > Tier.NONE

    def to_json(self) -> str:
        """One line; `from_json` reads it back unchanged."""
        values = asdict(self) | {"tier": self.tier.label, "category": self.category.value}
        for key in _TIMES:
            values[key] = values[key].isoformat() if values[key] else None
        return json.dumps(values)

    @classmethod
    def from_json(cls, line: str) -> SafetyState:
        """Read `to_json` back; ValueError when it is something else."""
        values = json.loads(line)
        times = {key: values.get(key) for key in _TIMES}
        return cls(
            **values
            | {
                "tier": Tier.from_label(values["tier"]),
                "category": Category(values["category"]),
                "signals": tuple(values.get("signals") or ()),
            }
            | {key: datetime.fromisoformat(at) if at else None for key, at in times.items()}
        )
