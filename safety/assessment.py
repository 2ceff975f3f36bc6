"""The values that crisis detection speaks in."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field


class Tier(enum.IntEnum):
    """How urgent a message is; a higher tier always wins over a lower one."""

    NONE = 0
    """No risk stated. The message may still have a subject such as suicide."""
    CHECK_IN = 1
    """Unclear or passive: ask gently, show the line, leave a plain way back."""
    URGENT = 2
    """Active risk: show the line first, keep to safety mode, page staff."""
    EMERGENCY = 3
    """Danger now: the emergency number first, page staff at any hour."""

    @property
    def label(self) -> str:
        """The name used in files, records and command output: `check_in`."""
        return self.name.lower()

    @classmethod
    def from_label(cls, label: str) -> Tier:
        """Read a label such as `urgent`; ValueError names the allowed ones."""
        try:
            return cls[label.upper()]
        except (KeyError, AttributeError):
            allowed = ", ".join(tier.label for tier in cls)
            raise ValueError(f"unknown tier {label!r}: write one of {allowed}") from None


class Category(enum.StrEnum):
    """What a message is about. The order is the order of precedence within one tier."""

    MEDICAL = "medical"
    OVERDOSE = "overdose"
    SEXUAL_ASSAULT = "sexual_assault"
    ABUSE = "abuse"
    MINOR = "minor"
    SUICIDE = "suicide"
    THIRD_PARTY = "third_party"
    HARM_TO_OTHERS = "harm_to_others"
    MISCONDUCT = "misconduct"
    SELF_HARM = "self_harm"
    PSYCHOSIS = "psychosis"
    MANIA = "mania"
    TREATMENT_DESPAIR = "treatment_despair"
    NONE = "none"

    @property
    def precedence(self) -> int:
        """0 is the first to be answered when several apply."""
        return list(Category).index(self)


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """What one message shows. Holds no text, so it may be logged."""

    tier: Tier = Tier.NONE
    category: Category = Category.NONE
    rules: tuple[str, ...] = ()
    """Ids of the rules that fired, and `semantic` where the examples decided."""
    score: float = 0.0
    """The semantic half's probability of a crisis, 0 to 1; 0 when it did not run."""
    subjects: tuple[Category, ...] = field(default=())
    """What the text merely speaks of (tier `none`): an answer then carries the help line."""
    rules_alone: bool = field(default=False, compare=False)
    """True when the sentence encoder should have read the text too, and did not."""

    @property
    def is_crisis(self) -> bool:
        """True from tier `check_in` upwards."""
        return self.tier > Tier.NONE

    def as_dict(self) -> dict[str, object]:
        """Plain values for JSON: message metadata, records, command output."""
        return {
            "tier": self.tier.label,
            "category": self.category.value,
            "rules": list(self.rules),
            "score": round(self.score, 4),
            "subjects": [subject.value for subject in self.subjects],
        }
