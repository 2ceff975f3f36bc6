"""Stop, start and help, as a word or as a sentence. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from ruamel.yaml import YAML

from bot.channels.sms.provider import Keyword

_CLAUSE = re.compile(r"[.!;,\n\u2014]+")
_ENDS = " \t\n.!,;:\"'()*_-\u201c\u201d\u2019\u2026"


@dataclass(frozen=True)
class KeywordBook:
    """The words and sentences of `keywords.yml`."""

    words: dict[str, Keyword]
    opt_out: re.Pattern[str]
    reported: re.Pattern[str]

    def word(self, text: str) -> Keyword | None:
        """The keyword, when the text is that word and nothing else."""
        return self.words.get(plain(text))

    def asks_to_stop(self, text: str) -> bool:
        """Whether the text begins or ends with a plea for no more texts.

        "End" or "cancel" inside a sentence is none, nor is what somebody else said.
        """
        clauses = [clause for part in _CLAUSE.split(text) if (clause := plain(part))]
        if not clauses or self.reported.search(plain(text)):
            return False
        asked = (plain(text), clauses[0], clauses[-1])
        return any(self.opt_out.fullmatch(each.rstrip("? ")) for each in asked)


def plain(text: str) -> str:
    """Lower case, one space between words, no signs at the ends, straight apostrophes."""
    return " ".join(text.replace("\u2019", "'").lower().split()).strip(_ENDS)


@lru_cache(maxsize=1)
def shared_keywords() -> KeywordBook:
    """The committed words, read once in a process."""
    text = (files("bot.channels.sms") / "keywords.yml").read_text(encoding="utf-8")
    content = YAML(typ="safe").load(text)
    words = {
        str(word): keyword
        for keyword in (Keyword.HELP, Keyword.START, Keyword.STOP)
        for word in content[keyword.value]
    }
    asked = content["opt_out"]
    sentences = "|".join(f"(?:{each})" for each in asked["sentences"])
    around = asked["around"]
    return KeywordBook(
        words=words,
        opt_out=re.compile(rf"{around}(?:{sentences})[ ,.!]*{around}"),
        reported=re.compile(asked["reported"]),
    )
