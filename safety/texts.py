"""The scripted safety messages: data with an id, a web form and an SMS form per language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from string import Template

from clinic.yaml_files import line_of, read_yaml
from safety.errors import SafetyFileWrong
from safety.yaml_lists import read_list

TEXTS_FOLDER = Path(__file__).parent / "texts"
OTHER_LANGUAGES = Path(__file__).parent / "other_languages.yml"
LANGUAGES = ("en", "es")
PLACEHOLDERS = frozenset(
    {
        "emergency", "crisis_name", "crisis_reach", "line_name", "line_reach",
        "clinic_name", "clinic_phone", "clinic_hours", "misconduct_contact",
        "kept_chat", "kept_record", "kept_callback",
    }
)  # fmt: skip
_PLACEHOLDER = re.compile(r"\$(\w+)")


@dataclass(frozen=True, kw_only=True)
class ScriptedText:
    """One message in one language; `$name` stands for a placeholder."""

    id: str
    web: str
    sms: str
    place: str

    def filled(self, values: Mapping[str, str], *, form: str) -> str:
        """The `web` or `sms` form with its placeholders filled in."""
        return Template(self.web if form == "web" else self.sms).substitute(values)


class TextBook:
    """All scripted messages of every language; English stands in where one lacks a text."""

    def __init__(self, texts: Mapping[str, Mapping[str, ScriptedText]]) -> None:
        self._texts = texts
        for language in LANGUAGES:
            missing = sorted(set(texts["en"]) - set(texts[language]))
            if missing:
                raise SafetyFileWrong(
                    TEXTS_FOLDER / f"{language}.yml", None, f"lacks the texts {', '.join(missing)}"
                )

    def ids(self) -> frozenset[str]:
        """Every text id."""
        return frozenset(self._texts["en"])

    def get(self, text_id: str, language: str) -> ScriptedText:
        """The text in a language, in English where the language is not spoken here."""
        return self._texts.get(language, self._texts["en"])[text_id]

    def first_of(self, *text_ids: str) -> str:
        """The first id that exists: from the most special to the default one. KeyError if none."""
        for text_id in text_ids:
            if text_id in self._texts["en"]:
                return text_id
        raise KeyError(text_ids[-1])

    def numbered(self, prefix: str, number: int) -> str:
        """`prefix.1` for 0, `prefix.2` for 1 ..., beginning anew after the last wording."""
        count = sum(1 for text_id in self._texts["en"] if re.fullmatch(rf"{prefix}\.\d+", text_id))
        return f"{prefix}.{number % count + 1}"


def load_texts(folder: Path = TEXTS_FOLDER) -> TextBook:
    """Read every language; SafetyFileWrong names file, line and what to write instead."""
    return TextBook({language: _language(folder, language) for language in LANGUAGES})


def _language(folder: Path, language: str) -> dict[str, ScriptedText]:
    texts: dict[str, ScriptedText] = {}
    paths = sorted(folder.glob(f"{language}*.yml"))
    if not paths:
        raise SafetyFileWrong(folder, None, f"has no {language}.yml: restore it from the project")
    for path in paths:
        for node in read_list(path, "texts, each with id, web and sms"):
            text = _text(path, node)
            if text.id in texts:
                raise SafetyFileWrong(path, line_of(node), f"{text.id} is defined twice")
            texts[text.id] = text
    return texts


def _text(path: Path, node: object) -> ScriptedText:
    line = line_of(node)
    if not isinstance(node, dict) or not all(node.get(key) for key in ("id", "web", "sms")):
        raise SafetyFileWrong(path, line, "every text needs `id:`, `web:` and `sms:`")
    for form in ("web", "sms"):
        for name in _PLACEHOLDER.findall(str(node[form])):
            if name not in PLACEHOLDERS:
                allowed = ", ".join(f"${known}" for known in sorted(PLACEHOLDERS))
                raise SafetyFileWrong(path, line, f"${name} is unknown: write one of {allowed}")
    return ScriptedText(
        id=str(node["id"]),
        web=str(node["web"]).strip(),
        sms=" ".join(str(node["sms"]).split()),
        place=f"{path}:{line}",
    )


@lru_cache(maxsize=1)
def shared_texts() -> TextBook:
    """The committed texts, read once in a process."""
    return load_texts()


@lru_cache(maxsize=1)
def other_languages() -> Mapping[str, str]:
    """A sentence by language code, for languages in which only this one sentence is spoken."""
    content = read_yaml(OTHER_LANGUAGES)
    if not isinstance(content, dict) or not all(isinstance(text, str) for text in content.values()):
        raise SafetyFileWrong(OTHER_LANGUAGES, 1, "write `language code: sentence` lines")
    return {str(code): " ".join(text.split()) for code, text in content.items()}
