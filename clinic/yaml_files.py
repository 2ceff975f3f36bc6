"""YAML files with line numbers, so that an error can say where to look."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from clinic.errors import FileWrong

Node = Any


def read_yaml(path: Path) -> Node:
    """Parse one file; FileWrong names the line of a syntax error."""
    try:
        return YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise FileWrong(path, None, "is missing: restore it from the project") from error
    except UnicodeDecodeError as error:
        raise FileWrong(path, None, "is not UTF-8 text: save it as UTF-8") from error
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise FileWrong(path, line, f"is not YAML: {error.problem}") from error
    except YAMLError as error:
        raise FileWrong(path, None, f"is not YAML: {error}") from error


def line_of(node: Node, key: str | None = None) -> int | None:
    """1-based line of a mapping or of one of its keys, where the parser kept it."""
    marks = getattr(node, "lc", None)
    if marks is None:
        return None
    if key is not None and marks.data and key in marks.data:
        return int(marks.data[key][0]) + 1
    return int(marks.line) + 1


def text_list(path: Path, node: Node, key: str, *, optional: bool = False) -> list[str]:
    """A list of strings under `key`; FileWrong when it is missing or something else."""
    value = node.get(key)
    if value is None and optional:
        return []
    if not isinstance(value, list) or not all(isinstance(item, str | int) for item in value):
        raise FileWrong(
            path, line_of(node, key), f"write a list of texts under `{key}:`, each in quotes"
        )
    if not value and not optional:
        raise FileWrong(path, line_of(node, key), f"`{key}:` is empty: write at least one")
    return [str(item) for item in value]
