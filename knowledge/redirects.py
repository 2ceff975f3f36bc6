"""Questions that no answer may settle: personal medical advice, and facts about this clinic.

They are recognised by examples, like answers by phrasings, and get a scripted reply.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from knowledge.errors import ContentFileWrong
from knowledge.yaml_lines import Fields, read_list

SHIPPED = Path(__file__).parent / "redirect_data"
KINDS = ("advice", "clinic")
_KEYS = ("id", "kind", "reply", "fact", "topics", "examples")


@dataclass(frozen=True, kw_only=True)
class Redirect:
    """One group of such questions. `reply` names the scripted text of domain.yml.

    `fact` is the clinic's fact that is asked for, such as `hours`; `topics` are answers that may
    come along as general information.
    """

    id: str
    kind: str
    reply: str
    fact: str = ""
    topics: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


def load_redirects(folder: Path) -> tuple[Redirect, ...]:
    """Redirects of every `.yml` file of the folder; ContentFileWrong names the line that is off."""
    seen: set[str] = set()
    found = []
    for path in sorted(folder.glob("*.yml")):
        for fields in read_list(path):
            redirect = _read(fields)
            if redirect.id in seen:
                what = f"{redirect.id!r} is used twice: give this redirect another id"
                raise ContentFileWrong(file=path.name, line=fields.line("id"), what=what)
            seen.add(redirect.id)
            found.append(redirect)
    return tuple(found)


def _read(fields: Fields) -> Redirect:
    fields.only(_KEYS)
    for key in ("id", "reply"):
        if not fields.text(key):
            raise fields.wrong(key, f"give every redirect its `{key}`")
    if fields.text("kind") not in KINDS:
        raise fields.wrong("kind", f"kind must be one of {', '.join(KINDS)}")
    examples = tuple(text for text, _ in fields.texts("examples"))
    if not examples:
        raise fields.wrong("id", "list under `examples` how people ask this")
    return Redirect(
        id=fields.text("id"),
        kind=fields.text("kind"),
        reply=fields.text("reply"),
        fact=fields.text("fact"),
        topics=tuple(text for text, _ in fields.texts("topics")),
        examples=examples,
    )


@lru_cache(maxsize=1)
def shipped_redirects() -> tuple[Redirect, ...]:
    """The redirects that come with the package."""
    return load_redirects(SHIPPED)
