"""The clinic's medical words: what they mean, and which other words visitors type for them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from knowledge.errors import ContentFileWrong
from knowledge.words import STOP_STEMS, stem, tokens
from knowledge.yaml_lines import read_list

SHIPPED = Path(__file__).parent / "glossary.yml"
_KEYS = ("term", "type", "definition", "synonyms", "misspellings")


@dataclass(frozen=True, kw_only=True)
class GlossaryTerm:
    """One medical word with what it means in plain words."""

    term: str
    type: str
    definition: str
    synonyms: tuple[str, ...] = ()
    misspellings: tuple[str, ...] = ()


def load_glossary(path: Path) -> tuple[GlossaryTerm, ...]:
    """Terms of the file in its order; ContentFileWrong names the line that is off."""
    seen: dict[str, int] = {}
    found = []
    for fields in read_list(path):
        fields.only(_KEYS)
        term = fields.text("term")
        if not term or not fields.text("definition"):
            raise fields.wrong("term", "give every term a `term` and a `definition`")
        if term.casefold() in seen:
            what = f"{term!r} stands in line {seen[term.casefold()]} already: join the two"
            raise ContentFileWrong(file=path.name, line=fields.line("term"), what=what)
        seen[term.casefold()] = fields.line("term")
        found.append(
            GlossaryTerm(
                term=term,
                type=fields.text("type"),
                definition=fields.text("definition"),
                synonyms=tuple(text for text, _ in fields.texts("synonyms")),
                misspellings=tuple(text for text, _ in fields.texts("misspellings")),
            )
        )
    return tuple(found)


@lru_cache(maxsize=1)
def shipped_glossary() -> tuple[GlossaryTerm, ...]:
    """The glossary that comes with the package; empty when the file is not there."""
    return load_glossary(SHIPPED) if SHIPPED.exists() else ()


@dataclass(frozen=True)
class Folding:
    """Reads synonyms and misspellings as the glossary's own terms."""

    glossary: Sequence[GlossaryTerm] = ()

    @cached_property
    def _forms(self) -> Mapping[tuple[str, ...], tuple[str, ...]]:
        forms: dict[tuple[str, ...], tuple[str, ...]] = {}
        own = {_stems(term.term) for term in self.glossary}
        for term in self.glossary:
            for other in (*term.synonyms, *term.misspellings):
                key = _stems(other)
                # One letter, or words that say nothing, would fold far too much.
                if key and key not in own and len("".join(key)) > 2 and set(key) - STOP_STEMS:
                    forms.setdefault(key, _stems(term.term))
        return forms

    @cached_property
    def _longest(self) -> int:
        return max((len(key) for key in self._forms), default=0)

    @cached_property
    def _repairs(self) -> tuple[re.Pattern[str], Mapping[str, str]] | None:
        right = {wrong.lower(): each.term for each in self.glossary for wrong in each.misspellings}
        right = {wrong: term for wrong, term in right.items() if len(wrong) > 2}
        if not right:
            return None
        options = "|".join(re.escape(each) for each in sorted(right, key=len, reverse=True))
        return re.compile(rf"\b(?:{options})\b", re.IGNORECASE), right

    def repair(self, text: str) -> str:
        """The text with known misspellings of terms put right, and nothing else changed."""
        if self._repairs is None:
            return text
        pattern, right = self._repairs
        return pattern.sub(lambda match: right[match.group().lower()], text)

    def content_stems(self, text: str) -> list[str]:
        """Stems of the words that carry meaning, synonyms read as their term."""
        stems = list(_stems(text))
        folded: list[str] = []
        position = 0
        while position < len(stems):
            length = self._match_length(stems, position)
            piece = tuple(stems[position : position + max(length, 1)])
            folded.extend(self._forms[piece] if length else piece)
            position += max(length, 1)
        return [each for each in folded if each not in STOP_STEMS]

    def _match_length(self, stems: Sequence[str], position: int) -> int:
        room = min(self._longest, len(stems) - position)
        for length in range(room, 0, -1):
            if tuple(stems[position : position + length]) in self._forms:
                return length
        return 0


def _stems(text: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in tokens(text))
