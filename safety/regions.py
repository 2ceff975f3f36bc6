"""Where a person is: from the country of their number, or from what they say. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import phonenumbers

from clinic.yaml_files import read_yaml
from safety.errors import SafetyFileWrong

REGIONS_FILE = Path(__file__).parent / "regions.yml"
ELSEWHERE = "ZZ"
_LEAD = (
    r"(?:i am|i'm|im|we are|we're|i live|living|based|located|calling from|texting from|from|here"
    r"|estoy|vivo|soy|escribo)(?: currently| right now| here)?(?: in| at| from| en| de| desde)?"
)


@dataclass(frozen=True)
class RegionBook:
    """Names and countries of the regions that have hotlines."""

    pattern: re.Pattern[str]
    names: Mapping[str, str]
    countries: Mapping[str, str]
    labels: Mapping[str, Mapping[str, str]]
    """What a list to choose from calls each region, by language."""

    def named_in(self, text: str) -> str:
        """The region that a person says they are in ("I'm in Canada"); empty when none is named.

        A message that is nothing but a name counts too: it answers "which country are you in?".
        """
        plain = " ".join(text.lower().replace("\u2019", "'").strip(" .!").split())
        if plain in self.names:
            return self.names[plain]
        found = self.pattern.search(plain)
        return self.names[found[1]] if found else ""

    def of_number(self, number: str) -> str:
        """The region of a number such as +14155550100; empty when its country is not known."""
        try:
            parsed = phonenumbers.parse(number)
        except phonenumbers.NumberParseException:
            return ""
        country = phonenumbers.region_code_for_number(parsed)
        if country is None:
            return ""
        return self.countries.get(country, ELSEWHERE)


def load_regions_book(path: Path = REGIONS_FILE) -> RegionBook:
    """Read the file; SafetyFileWrong when a part is missing."""
    content = read_yaml(path)
    if not isinstance(content, dict) or not all(
        content.get(key) for key in ("names", "labels", "european_union", "same_as")
    ):
        raise SafetyFileWrong(
            path, 1, "write `names:`, `labels:`, `european_union:` and `same_as:`"
        )
    names = {str(name): str(code) for code, each in content["names"].items() for name in each}
    listed = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    own = [code for code in content["names"] if code not in ("EU", ELSEWHERE)]
    countries = {str(code): str(code) for code in own}
    countries |= {str(code): "EU" for code in content["european_union"]}
    countries |= {str(code): str(other) for code, other in content["same_as"].items()}
    pattern = re.compile(rf"\b{_LEAD} ({listed})\b(?! lines?\b)")
    labels = {str(code): dict(texts) for code, texts in content["labels"].items()}
    return RegionBook(pattern=pattern, names=names, countries=countries, labels=labels)


@lru_cache(maxsize=1)
def shared_regions_book() -> RegionBook:
    """The committed names, read once in a process."""
    return load_regions_book()
