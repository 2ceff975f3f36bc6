"""A conversation as a plain text file, for the person to keep."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from bot.channels.messages import with_choices_listed
from bot.channels.web.shown import Shown
from bot.channels.web.talk import FORM
from bot.channels.wording import Wording

_NAMES = {"en": {"person": "You", "assistant": "Assistant", "sources": "Sources"},
          "es": {"person": "Tú", "assistant": "Asistente", "sources": "Fuentes"}}  # fmt: skip
_BOLD = re.compile(r"\*\*(.+?)\*\*")


def transcript(shown: Sequence[Shown], wording: Wording, *, language: str, at: datetime) -> str:
    """The whole file: what it is, where help is, and every message with its sources."""
    head = wording.fixed("web.transcript", form=FORM, language=language).text
    parts = [f"{_plain(head)}\n{at:%Y-%m-%d %H:%M} UTC"]
    parts += [_message(each, _NAMES[language]) for each in shown]
    return "\n\n".join(parts) + "\n"


def _message(shown: Shown, names: dict[str, str]) -> str:
    said = with_choices_listed(shown.text, shown.content.get("choices") or ())
    lines = [f"[{shown.at:%Y-%m-%d %H:%M}] {names[shown.sender]}:", _plain(said)]
    sources = shown.content.get("sources") or ()
    if sources:
        lines.append(f"{names['sources']}:")
        lines += [f"  {each['title']}: {each['address'] or each['section']}" for each in sources]
    if shown.content.get("notice"):
        lines.append(f"({shown.content['notice']})")
    return "\n".join(lines)


def _plain(text: str) -> str:
    return _BOLD.sub(r"\1", text)
