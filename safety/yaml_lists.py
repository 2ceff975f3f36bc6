"""Safety files that are lists: what several of them are read with."""

from __future__ import annotations

from pathlib import Path

from clinic.yaml_files import Node, line_of, read_yaml
from safety.assessment import Category, Tier
from safety.errors import SafetyFileWrong


def read_list(path: Path, what: str) -> list[Node]:
    """The items of a file; SafetyFileWrong says `what` to list when it is no list."""
    content = read_yaml(path)
    if not isinstance(content, list):
        raise SafetyFileWrong(path, 1, f"write a list of {what}")
    return content


def tier_and_category(path: Path, node: Node) -> tuple[Tier, Category]:
    """What `tier:` and `category:` of an item say; SafetyFileWrong names item and allowed words."""
    try:
        return Tier.from_label(str(node.get("tier"))), Category(node.get("category") or "none")
    except ValueError as error:
        raise SafetyFileWrong(path, line_of(node), f"{node['id']}: {error}") from error
