"""The replies of one turn as the text messages that go out."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.channels.messages import OutboundMessage
from bot.channels.sms.splitting import split
from language.breaks import Place, breaks
from language.plain_sms import as_sms
from language.sms_length import measure
from safety.texts import LANGUAGES, shared_texts

MOST = 3
"""Messages of one turn."""
SEGMENTS = 2
"""Segments of one message, where it can be: a safety reply is never cut."""
_PLACEHOLDER = re.compile(r"\\\$\w+")


def render(replies: Sequence[OutboundMessage], *, link: str = "") -> tuple[str, ...]:
    """At most three messages. Safety replies come first, each whole, and with nothing before them.

    The others follow in order. `link` is the clinic's page, named after an answer where there is
    room, and where something did not fit. Fixed texts and help lines are said whatever is dropped.
    """
    crisis = [as_sms(reply.text) for reply in replies if reply.outcome == "crisis"]
    crisis = [text for text in crisis if text]
    blocks = [_block(reply, link) for reply in replies if reply.outcome != "crisis"]
    first = _in_few(crisis, most=MOST - bool(blocks))
    return (*first, *_ordinary(blocks, link, most=MOST - len(first)))


@dataclass(frozen=True, kw_only=True)
class _Block:
    """One reply: what may be cut short, and what must stand after it."""

    body: str
    endings: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    """Ways to end it if there is room, the best one first."""
    fixed: bool = False
    """A scripted text with an id, of which no word may be dropped."""
    language: str = "en"

    @property
    def whole(self) -> str:
        """The block without extras."""
        return "\n".join((self.body, *self.endings))

    def messages(self, link: str, *, most: int = MOST) -> tuple[str, ...]:
        """The block by itself, with the first extra that costs no further message."""
        plain = self._split(self.endings, link, most)
        for extra in self.extras:
            found = self._split(_with_extra(self.endings, extra), link, most)
            if len(found) == len(plain) < most:
                return found
        return plain

    def _split(self, endings: Sequence[str], link: str, most: int) -> tuple[str, ...]:
        rest = _rest(self.language, link)
        return split(self.body, segments=SEGMENTS, most=most, rest=rest, endings=endings)


def _in_few(texts: Sequence[str], *, most: int) -> tuple[str, ...]:
    """The texts, the shortest neighbours joined until they are few enough."""
    texts = list(texts)
    while len(texts) > most:
        joined = [f"{one}\n{other}" for one, other in itertools.pairwise(texts)]
        at = min(range(len(joined)), key=lambda n: _size(joined[n]))
        texts[at : at + 2] = [joined[at]]
    return tuple(texts)


def _ordinary(blocks: Sequence[_Block], link: str, *, most: int) -> tuple[str, ...]:
    """Each block by itself; the shortest neighbours share a message where they are too many."""
    apart = [block.messages(link) for block in blocks]
    bare = [replace(block, extras=()) for block in blocks]
    while sum(map(len, apart)) > most:
        joined = [_joined(pair) for pair in itertools.pairwise(bare)]
        at = min(range(len(joined)), key=lambda n: _size(joined[n].whole), default=-1)
        if at < 0 or not _fits(joined[at].whole):
            return _joined(bare).messages(link, most=most)
        bare[at : at + 2] = [joined[at]]
        apart = [block.messages(link) for block in bare]
    return tuple(itertools.chain.from_iterable(apart))


def _joined(blocks: Sequence[_Block]) -> _Block:
    """One block. Fixed texts behind the last text that may be cut short become endings."""
    last = max((n for n, block in enumerate(blocks) if not block.fixed), default=0)
    before, after = blocks[: last + 1], blocks[last + 1 :]
    endings = [ending for block in before for ending in block.endings]
    endings += [text for block in after for text in (block.body, *block.endings)]
    return _Block(
        body="\n".join(block.body for block in before),
        endings=tuple(dict.fromkeys(endings)),
        fixed=all(block.fixed for block in blocks),
        language=blocks[0].language,
    )


def _block(reply: OutboundMessage, link: str) -> _Block:
    body, choices = _without_choices(as_sms(reply.text), reply)
    body, help_line = _without_help_line(body)
    unreviewed = reply.notice and not reply.reviewed_on
    notice = _said("sms.unreviewed", reply.language) if unreviewed else ""
    more = _said("sms.more", reply.language)
    rest = more if reply.continues else ""
    endings = tuple(each for each in (choices, help_line, notice, rest) if each)
    extras: tuple[str, ...] = ()
    if reply.outcome == "answered" and reply.topic and not (choices or rest) and _fits(body):
        extras = (f"{more} {link}", more) if link else (more,)
    return _Block(
        body=body,
        endings=endings,
        extras=extras,
        fixed=bool(reply.text_id),
        language=reply.language,
    )


def _without_choices(text: str, reply: OutboundMessage) -> tuple[str, str]:
    """The text without its numbered choices, and these with the sentence that leads to them."""
    listed = "".join(f" {n}) {as_sms(choice.label)}" for n, choice in enumerate(reply.choices, 1))
    before, found, after = text.partition(listed) if listed else (text, "", "")
    if not found:
        return text, ""
    starts = [each.start for each in breaks(before) if each.place is Place.SENTENCE]
    lead = starts[-1] if starts else 0
    return f"{before[:lead].strip()}{after}".strip(), before[lead:] + listed


def _without_help_line(text: str) -> tuple[str, str]:
    """The text without the help line at its end, and that line."""
    found = _help_line().search(text)
    return (text[: found.start()].strip(), found.group().strip()) if found else (text, "")


@lru_cache(maxsize=1)
def _help_line() -> re.Pattern[str]:
    """Finds the scripted help line with any region's numbers in it, on the last line."""
    lines = [as_sms(shared_texts().get("help.line", language).sms) for language in LANGUAGES]
    ways = "|".join(_PLACEHOLDER.sub(r"[^\\n]+", re.escape(line)) for line in lines)
    return re.compile(rf"(?:^|\n)(?:{ways})$")


def _rest(language: str, link: str) -> str:
    if link:
        return f"{_said('sms.rest_on_page', language)} {link}"
    return _said("sms.rest_by_asking", language)


def _with_extra(endings: tuple[str, ...], extra: str) -> tuple[str, ...]:
    """The extra on the line of the last ending."""
    return (*endings[:-1], " ".join((*endings[-1:], extra)))


def _size(text: str) -> tuple[int, int]:
    length = measure(text)
    return length.segments, length.units


def _fits(text: str) -> bool:
    return measure(text).segments <= SEGMENTS


def _said(text_id: str, language: str) -> str:
    return shared_texts().get(text_id, language).sms
