"""The written examples that the semantic half learns from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from clinic.yaml_files import line_of, text_list
from safety.assessment import Category, Tier
from safety.errors import SafetyFileWrong
from safety.yaml_lists import read_list, tier_and_category

EXAMPLES_FOLDER = Path(__file__).parent / "examples"


@dataclass(frozen=True)
class Example:
    """One written example; `group` is `<language>.<failure class>.<name>`."""

    text: str
    tier: Tier
    category: Category
    group: str

    @property
    def failure_class(self) -> str:
        """What is held out together: a class with its minimal pairs (`pair-plan` with `plan`)."""
        language, name, *_ = self.group.split(".")
        return f"{language}.{name.removeprefix('pair-')}"


def load_examples(folder: Path = EXAMPLES_FOLDER) -> list[Example]:
    """Read every example file; SafetyFileWrong names file, line and what to write instead."""
    examples: list[Example] = []
    for path in sorted(folder.glob("*.yml")):
        for node in read_list(path, "groups with id, tier, category, texts"):
            examples.extend(_group(path, node))
    if not examples:
        raise SafetyFileWrong(folder, None, "holds no examples: restore them from the project")
    return examples


def _group(path: Path, node: object) -> list[Example]:
    if not isinstance(node, dict) or str(node.get("id") or "").count(".") < 2:
        raise SafetyFileWrong(path, line_of(node), "every group needs `id: en.class.name`")
    tier, category = tier_and_category(path, node)
    return [
        Example(text, tier, category, str(node["id"])) for text in text_list(path, node, "texts")
    ]
