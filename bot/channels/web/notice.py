"""The notice that stands before the first message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.channels.wording import Wording

NOTICE = ("automated", "emergencies", "unwatched", "adults", "unanswered", "kept")
"""Ends of the ids of its points, in order. A phone shows six of them, and a question to tap."""
_BOLD = re.compile(r"\*\*")


def notice_of(wording: Wording, language: str) -> Mapping[str, Any]:
    """Title and points, plain text."""

    def text(text_id: str) -> str:
        shown = wording.fixed(f"notice.{text_id}", form="web", language=language).text
        return " ".join(_BOLD.sub("", shown).split())

    return {"title": text("title"), "points": [text(f"point.{point}") for point in NOTICE]}
