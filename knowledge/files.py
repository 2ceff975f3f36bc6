"""Answers as Markdown files: the first stock, and the form in which live answers are exported."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

from knowledge.errors import ContentFileWrong
from knowledge.yaml_lines import Fields, read_fields

KEYS = (
    "topic", "title", "review_by", "reviewer", "reviewed_on",
    "related", "sources", "never_say", "phrasings",
)  # fmt: skip
SECTIONS = ("Web", "SMS")
_SLUG = re.compile(r"[a-z][a-z0-9_]{2,59}")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 ,.'()/&?-]*")
_NOT_PLAIN = {"true", "false", "null", "yes", "no", "on", "off"}
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where facts come from: an article of the clinic (with its section), or an outside page."""

    kind: Literal["article", "outside"]
    title: str
    section: str = ""
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class AnswerFile:
    """One answer as written in a file; `lines` tells where things stand, by name.

    Items of a list are named like `phrasings.3`, counted from 0; `web` and `sms` are the first
    line of the text itself. Neither `file` nor `lines` counts when two answers are compared.
    """

    topic: str
    title: str
    review_by: date | None
    reviewer: str = ""
    reviewed_on: date | None = None
    related: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    never_say: tuple[str, ...] = ()
    phrasings: tuple[str, ...] = ()
    web: str
    sms: str
    file: str = field(default="", compare=False)
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)

    def line(self, name: str) -> int:
        """Line of the named thing, or 1 when it is not known."""
        return self.lines.get(name, 1)


def is_slug(text: str) -> bool:
    """True for names such as `side_effects`: 3 to 60 small letters, digits, underscores."""
    return _SLUG.fullmatch(text) is not None and text not in _NOT_PLAIN


def tidy(text: str) -> str:
    """Text with one kind of line end, no spaces at line ends, no blank lines around it."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def read_answers(folder: Path) -> tuple[AnswerFile, ...]:
    """All answers of the folder, by file name; raises ContentFileWrong at the first bad file."""
    return tuple(read_answer(path) for path in sorted(folder.glob("*.md")))


def read_answer(path: Path) -> AnswerFile:
    """The answer in the file; raises ContentFileWrong where its shape is not the format's."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        what = "this is not UTF-8 text: save the file again with the encoding UTF-8"
        raise ContentFileWrong(file=path.name, line=1, what=what) from None
    return parse_answer(text, file=path.name)


def parse_answer(text: str, *, file: str) -> AnswerFile:
    """Read the text of one answer file; `file` is the name that errors give."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if lines[0].strip() != "---":
        what = "start the file with a line of three dashes: ---"
        raise ContentFileWrong(file=file, line=1, what=what)
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), None)
    if end is None:
        what = "end the part about sources and phrasings with a line of three dashes: ---"
        raise ContentFileWrong(file=file, line=len(lines), what=what)
    fields = read_fields("\n".join(lines[1:end]), file=file, first_line=2)
    fields.only(KEYS)
    bodies = _read_sections(lines, start=end + 1, file=file)
    return _assemble(fields, bodies)


def _read_sections(lines: list[str], *, start: int, file: str) -> dict[str, tuple[str, int]]:
    """Section name -> (text, its first line), both sections present and in their order."""
    heads = [n for n in range(start, len(lines)) if lines[n].startswith("## ")]
    names = [lines[n][3:].strip() for n in heads]
    if names != list(SECTIONS):
        extra = (h for h, name in zip(heads, names, strict=True) if name not in SECTIONS)
        what = "write the answer under the two headings `## Web` and `## SMS`, in this order"
        raise ContentFileWrong(file=file, line=next(extra, start) + 1, what=what)
    for number in range(start, heads[0]):
        if lines[number].strip():
            what = "move this text below the heading `## Web`"
            raise ContentFileWrong(file=file, line=number + 1, what=what)
    found = {}
    for name, first, last in zip(SECTIONS, heads, [*heads[1:], len(lines)], strict=True):
        body = lines[first + 1 : last]
        blank = next((n for n, line in enumerate(body) if line.strip()), 0)
        found[name] = (tidy("\n".join(body)), first + 2 + blank)
    return found


def _assemble(fields: Fields, bodies: Mapping[str, tuple[str, int]]) -> AnswerFile:
    topic = fields.text("topic")
    if not topic:
        raise fields.wrong("topic", "give the answer a topic, such as `topic: side_effects`")
    lines = {key: fields.line(key) for key in KEYS}
    lists: dict[str, tuple[str, ...]] = {}
    for key in ("related", "never_say", "phrasings"):
        items = fields.texts(key)
        lists[key] = tuple(text for text, _ in items)
        lines |= {f"{key}.{n}": line for n, (_, line) in enumerate(items)}
    sources = fields.mappings("sources")
    lines |= {f"sources.{n}": source.line() for n, source in enumerate(sources)}
    lines |= {name.lower(): line for name, (_, line) in bodies.items()}
    return AnswerFile(
        topic=topic,
        title=fields.text("title"),
        review_by=fields.day("review_by"),
        reviewer=fields.text("reviewer"),
        reviewed_on=fields.day("reviewed_on"),
        sources=tuple(_read_source(source) for source in sources),
        web=bodies["Web"][0],
        sms=bodies["SMS"][0],
        file=fields.file,
        lines=lines,
        **lists,
    )


def _read_source(fields: Fields) -> Source:
    article = fields.text("article")
    if article:
        fields.only(("article", "section"))
        return Source(kind="article", title=article, section=fields.text("section"))
    fields.only(("title", "address"))
    return Source(kind="outside", title=fields.text("title"), address=fields.text("address"))


def render_answer(answer: AnswerFile) -> str:
    """The text of the answer's file; `parse_answer` gives the same answer back."""
    return "\n".join(_render_lines(answer)) + "\n"


def _render_lines(answer: AnswerFile) -> Iterator[str]:
    yield "---"
    yield f"topic: {answer.topic}"
    yield _pair("title", _scalar(answer.title))
    yield _pair("review_by", answer.review_by.isoformat() if answer.review_by else "")
    yield _pair("reviewer", _scalar(answer.reviewer))
    yield _pair("reviewed_on", answer.reviewed_on.isoformat() if answer.reviewed_on else "")
    related = (topic if is_slug(topic) else _quoted(topic) for topic in answer.related)
    yield f"related: [{', '.join(related)}]"
    yield "sources:"
    for source in answer.sources:
        head = "article" if source.kind == "article" else "title"
        yield f"  - {head}: {_quoted(source.title)}"
        if source.kind == "article":
            yield f"    section: {_quoted(source.section)}"
        else:
            yield f"    address: {_quoted(source.address)}"
    for key, items in (("never_say", answer.never_say), ("phrasings", answer.phrasings)):
        yield f"{key}:"
        yield from (f"  - {_quoted(item)}" for item in items)
    yield from ("---", "", "## Web", "", tidy(answer.web), "", "## SMS", "", tidy(answer.sms))


def _pair(key: str, value: str) -> str:
    return f"{key}: {value}" if value else f"{key}:"


def _scalar(text: str) -> str:
    """Bare where YAML reads it back as the same text, else quoted; "" stays empty."""
    bare = _PLAIN.fullmatch(text) and text.lower() not in _NOT_PLAIN
    return text if not text or bare else _quoted(text)


def _quoted(text: str) -> str:
    # JSON strings are YAML strings, once the characters that YAML does not print are escaped.
    escaped = json.dumps(text, ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match.group()):04x}", escaped)
