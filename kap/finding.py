"""What an examination says of one thing."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Part(enum.StrEnum):
    """What `kap doctor` looks at."""

    ALL = "all"
    SMS = "sms"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    what: str
    well: bool = True
    mend: str = ""
