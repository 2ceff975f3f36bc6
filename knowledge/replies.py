"""The scripted replies to questions that no answer may settle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from knowledge.errors import ContentFileWrong
from knowledge.yaml_lines import read_list

SHIPPED = Path(__file__).parent / "replies.yml"
_KEYS = ("id", "web", "sms", "again")


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One reply in both forms; `again` stands in for both when it would come twice in a row."""

    id: str
    web: str
    sms: str
    again: str = ""


def load_replies(path: Path) -> Mapping[str, Reply]:
    """Replies by id; ContentFileWrong names the line that is off."""
    found: dict[str, Reply] = {}
    for fields in read_list(path):
        fields.only(_KEYS)
        for key in ("id", "web", "sms"):
            if not fields.text(key):
                raise fields.wrong(key, f"give every reply its `{key}`")
        reply = Reply(**{key: fields.text(key) for key in _KEYS})
        if reply.id in found:
            what = f"{reply.id!r} is used twice: give this reply another id"
            raise ContentFileWrong(file=path.name, line=fields.line("id"), what=what)
        found[reply.id] = reply
    return found


@lru_cache(maxsize=1)
def shipped_replies() -> Mapping[str, Reply]:
    """The replies that come with the package."""
    return load_replies(SHIPPED)
