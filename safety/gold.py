"""Messages with the tier that they deserve: what detection is measured by, never trained on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from clinic.yaml_files import line_of
from safety.assessment import Category, Tier
from safety.errors import SafetyFileWrong
from safety.yaml_lists import read_list, tier_and_category

GOLD_FOLDER = Path(__file__).parent / "gold"


@dataclass(frozen=True, kw_only=True)
class GoldMessage:
    """One message; `set` is the name of its file, `kind` its failure class."""

    set: str
    id: str
    text: str
    tier: Tier
    category: Category
    kind: str


def load_safety_gold(folder: Path = GOLD_FOLDER) -> list[GoldMessage]:
    """Every set of a folder; SafetyFileWrong names file, line and what to write instead.

    Files of one set are numbered: `long_1.yml` and `long_2.yml` are the set `long`.
    """
    messages: list[GoldMessage] = []
    seen: set[str] = set()
    for path in sorted(folder.glob("*.yml")):
        for node in read_list(path, "messages: id, text, tier, category"):
            message = _message(path, node)
            if message.id in seen:
                raise SafetyFileWrong(path, line_of(node), f"id {message.id} is used twice")
            seen.add(message.id)
            messages.append(message)
    return messages


def _message(path: Path, node: object) -> GoldMessage:
    if not isinstance(node, dict) or not all(node.get(key) for key in ("id", "text", "tier")):
        raise SafetyFileWrong(path, line_of(node), "every message needs `id:`, `text:`, `tier:`")
    tier, category = tier_and_category(path, node)
    return GoldMessage(
        set=path.stem.rstrip("0123456789").rstrip("_"),
        id=str(node["id"]),
        text=str(node["text"]),
        tier=tier,
        category=category,
        kind=str(node.get("kind") or tier.label),
    )
