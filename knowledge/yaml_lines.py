"""YAML that remembers its lines, so that every complaint can name one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from knowledge.errors import ContentFileWrong


class Fields:
    """The `key: value` lines of one YAML mapping, read with a type and a line for each."""

    def __init__(self, content: CommentedMap, *, file: str, first_line: int) -> None:
        self._content = content
        self._first_line = first_line
        self.file = file

    def line(self, key: str | None = None) -> int:
        """Line of the key, counted from 1 in the whole file; of the mapping when there is none."""
        if key is None or key not in self._content:
            return int(self._content.lc.line) + self._first_line
        return int(self._content.lc.key(key)[0]) + self._first_line

    def wrong(self, key: str | None, what: str) -> ContentFileWrong:
        """An error that points at the key."""
        return ContentFileWrong(file=self.file, line=self.line(key), what=what)

    def only(self, allowed: Collection[str]) -> None:
        """Refuse keys that mean nothing here."""
        for key in self._content:
            if key not in allowed:
                known = ", ".join(sorted(allowed))
                raise self.wrong(str(key), f"nothing is called {key!r} here: use {known}")

    def text(self, key: str) -> str:
        """The text behind the key, or "" when it is missing or empty."""
        value = self._content.get(key)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self.wrong(key, f"{key} must be text: put it in double quotes")
        return value.strip()

    def day(self, key: str) -> date | None:
        """The date behind the key, or None when it is missing or empty."""
        value = self._content.get(key)
        if value is None:
            return None
        if isinstance(value, datetime) or not isinstance(value, date):
            raise self.wrong(key, f"{key} must be a date without quotes, such as 2027-05-21")
        return date(value.year, value.month, value.day)

    def _items(self, key: str) -> CommentedSeq:
        value = self._content.get(key)
        if value is None:
            return CommentedSeq()
        if not isinstance(value, CommentedSeq):
            raise self.wrong(key, f'{key} must be a list: write one `- "..."` line for each')
        return value

    def _item_line(self, items: CommentedSeq, position: int) -> int:
        return int(items.lc.item(position)[0]) + self._first_line

    def texts(self, key: str) -> tuple[tuple[str, int], ...]:
        """The list behind the key as (text, line); empty when it is missing."""
        items = self._items(key)
        found = []
        for position, item in enumerate(items):
            line = self._item_line(items, position)
            if not isinstance(item, str) or not item.strip():
                what = f"every line of {key} must be text: put it in double quotes"
                raise ContentFileWrong(file=self.file, line=line, what=what)
            found.append((item.strip(), line))
        return tuple(found)

    def mappings(self, key: str) -> tuple[Fields, ...]:
        """The list of mappings behind the key; empty when it is missing."""
        return self._as_fields(self._items(key), f"every item of {key}")

    def _as_fields(self, items: CommentedSeq, name: str) -> tuple[Fields, ...]:
        found = []
        for position, item in enumerate(items):
            if not isinstance(item, CommentedMap):
                what = f"{name} must be `name: text` lines"
                line = self._item_line(items, position)
                raise ContentFileWrong(file=self.file, line=line, what=what)
            found.append(Fields(item, file=self.file, first_line=self._first_line))
        return tuple(found)


def read_fields(text: str, *, file: str, first_line: int = 1) -> Fields:
    """Read YAML whose top level is a mapping and that starts at `first_line` of the file."""
    content = _load(text, file=file, first_line=first_line)
    if not isinstance(content, CommentedMap):
        raise ContentFileWrong(file=file, line=first_line, what="write `name: value` lines here")
    return Fields(content, file=file, first_line=first_line)


def read_list(path: Path) -> tuple[Fields, ...]:
    """Read a YAML file whose top level is a list of mappings; an empty file is an empty list."""
    content = _load(path.read_text(encoding="utf-8"), file=path.name, first_line=1)
    if content is None:
        return ()
    if not isinstance(content, CommentedSeq):
        what = "start every item of this file with a dash"
        raise ContentFileWrong(file=path.name, line=1, what=what)
    holder = CommentedMap(items=content)
    return Fields(holder, file=path.name, first_line=1).mappings("items")


def _load(text: str, *, file: str, first_line: int) -> Any:
    try:
        return YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first_line + (mark.line if mark else 0)
        what = f"this cannot be read ({error.problem}): check the indent and the double quotes"
        raise ContentFileWrong(file=file, line=line, what=what) from None
    except (YAMLError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        what = f"this cannot be read ({reason}): type it again in plain text"
        raise ContentFileWrong(file=file, line=first_line, what=what) from None
