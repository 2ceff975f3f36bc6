"""What staff read: pages and the action card behind their link. Data in staff_texts.yml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from string import Template
from typing import Any

from clinic.yaml_files import line_of, read_yaml
from safety.alert import Alert, AlertKind, Queue
from safety.errors import SafetyFileWrong

STAFF_TEXTS = Path(__file__).parent / "staff_texts.yml"
_CARD_PARTS = ("what", "contact", "do", "never", "callback", "misconduct")


@dataclass(frozen=True, kw_only=True)
class ActionCard:
    """What the paged person needs to know and do. Holds no word of the person who wrote."""

    what: str
    contact: str
    steps: tuple[str, ...]
    never: tuple[str, ...]
    warning: str = ""


class StaffTexts:
    """The texts with their placeholders; a placeholder that nothing fills is an error."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self._pages = content["pages"]
        self._card = content["card"]

    def page(self, alert: Alert, link: str) -> tuple[str, str]:
        """Title and body of one page."""
        texts = self._pages[alert.kind.value]
        values = {
            "tier": alert.tier.label,
            "time": f"{alert.created_at:%Y-%m-%d %H:%M} UTC",
            "page_id": alert.page_id,
            "link": link,
        }
        return tuple(Template(texts[part]).substitute(values) for part in ("title", "body"))  # type: ignore[return-value]

    def card(self, alert: Alert, *, channel: str, lines: Mapping[str, str]) -> ActionCard:
        """The card for an alert; `lines` holds `$emergency` and `$crisis_reach` of the region."""
        values = {**lines, "escalation_id": alert.id[:12]}
        warning = self._card["misconduct"] if alert.queue is Queue.MISCONDUCT else ""
        if alert.kind is AlertKind.CALLBACK:
            own = self._card["callback"]
            return ActionCard(
                what=own["what"],
                contact=own["contact"],
                steps=tuple(_filled(step, values) for step in own["do"]),
                never=tuple(str(line) for line in own["never"]),
                warning=warning,
            )
        contact = self._card["contact"]
        return ActionCard(
            what=_filled(self._card["what"][alert.tier.label], values),
            contact=_filled(contact.get(channel) or contact["other"], values),
            steps=tuple(_filled(step, values) for step in self._card["do"]),
            never=tuple(str(line) for line in self._card["never"]),
            warning=warning,
        )


def _filled(text: str, values: Mapping[str, str]) -> str:
    return Template(text).substitute(values)


def load_staff_texts(path: Path = STAFF_TEXTS) -> StaffTexts:
    """Read the file; SafetyFileWrong names the part that is missing."""
    content = read_yaml(path)
    pages = content.get("pages") if isinstance(content, dict) else None
    card = content.get("card") if isinstance(content, dict) else None
    if not isinstance(pages, dict) or not isinstance(card, dict):
        raise SafetyFileWrong(path, 1, "write `pages:` and `card:`")
    for kind in AlertKind:
        page = pages.get(kind.value)
        if not isinstance(page, dict) or not page.get("title") or not page.get("body"):
            raise SafetyFileWrong(path, line_of(pages), f"page {kind.value}: write title and body")
    for part in _CARD_PARTS:
        if not card.get(part):
            raise SafetyFileWrong(path, line_of(card), f"the card lacks `{part}:`")
    return StaffTexts(content)


@lru_cache(maxsize=1)
def shared_staff_texts() -> StaffTexts:
    """The committed texts, read once in a process."""
    return load_staff_texts()
