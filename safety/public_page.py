"""What the public safety page shows: the protocol's own data, gathered. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from clinic.yaml_files import read_yaml
from safety.assessment import Category, Tier
from safety.errors import SafetyFileWrong
from safety.hotlines import Hotline, Region
from safety.texts import TextBook

PUBLIC_FILE = Path(__file__).parent / "public.yml"
_PARTS = ("version", "purpose", "limits", "tiers", "never", "basis")
_TIERS = (Tier.EMERGENCY, Tier.URGENT, Tier.CHECK_IN)


@dataclass(frozen=True, kw_only=True)
class TierShown:
    """One tier in plain words, with its own first reply and question."""

    name: str
    when: str
    then: str
    reply: str
    question: str


@dataclass(frozen=True, kw_only=True)
class PublicProtocol:
    """Everything on the page. Texts may hold **bold**."""

    version: str
    purpose: str
    limits: Sequence[str]
    tiers: Sequence[TierShown]
    never: Sequence[str]
    basis: Sequence[str]
    emergency: str
    lines: Sequence[Hotline]


def public_protocol(
    book: TextBook, region: Region, values: Mapping[str, str], path: Path = PUBLIC_FILE
) -> PublicProtocol:
    """The page for one region; `values` fills the texts' placeholders."""
    content = read_public(path)
    tiers = []
    for tier in _TIERS:
        words = content["tiers"][tier.label]
        first = book.first_of(f"first.{tier.label}.suicide", f"first.{tier.label}.default")
        filled = {**values, **region.placeholders(Category.SUICIDE, "en", form="web")}
        tiers.append(
            TierShown(
                name=words["name"],
                when=words["when"],
                then=words["then"],
                reply=book.get(first, "en").filled(filled, form="web"),
                question=book.get(f"question.{tier.label}", "en").filled(filled, form="web"),
            )
        )
    return PublicProtocol(
        version=str(content["version"]),
        purpose=content["purpose"],
        limits=tuple(content["limits"]),
        tiers=tuple(tiers),
        never=tuple(content["never"]),
        basis=tuple(content["basis"]),
        emergency=region.emergency["en"],
        lines=(region.crisis, *(line for line in region.lines if line.id != region.crisis.id)),
    )


@lru_cache(maxsize=4)
def read_public(path: Path) -> Mapping[str, Any]:
    """Read the file; SafetyFileWrong names the part that is missing."""
    content = read_yaml(path)
    if not isinstance(content, dict):
        raise SafetyFileWrong(path, 1, f"write {', '.join(_PARTS)}")
    for part in _PARTS:
        if not content.get(part):
            raise SafetyFileWrong(path, None, f"lacks `{part}:`")
    for tier in _TIERS:
        words = content["tiers"].get(tier.label)
        if not words or not all(words.get(key) for key in ("name", "when", "then")):
            raise SafetyFileWrong(path, None, f"tier {tier.label}: write name, when and then")
    return content
