"""The channel's data files: its description for programs, and the first questions it offers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML


@lru_cache(maxsize=1)
def description() -> Mapping[str, Any]:
    """The content of `openapi.yml`."""
    content: Mapping[str, Any] = _read("openapi.yml")
    return content


@lru_cache(maxsize=1)
def suggestions() -> tuple[str, ...]:
    """First questions that the assistant surely answers."""
    return tuple(map(str, _read("suggestions.yml")))


def _read(name: str) -> Any:
    text = (files("bot.channels.web") / name).read_text(encoding="utf-8")
    return YAML(typ="safe").load(text)
