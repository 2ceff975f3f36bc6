"""The normal form of a message: what the person most likely meant to write."""

from dataclasses import dataclass

from language.letters import fold, reads_as_typed, with_pictures_named
from language.repair import readings
from language.tokens import joined, pieces
from language.words import known_words

__all__ = ["NormalText", "known_words", "normalise"]


@dataclass(frozen=True, kw_only=True, slots=True)
class NormalText:
    """A message as lower-case tokens with single spaces between them.

    `base` keeps the words as typed. `variants` are up to three other readings, each different
    from `base` and from one another: disguises decoded; misspellings repaired too; and line
    breaks and ellipses read as no sentence end.

    `decoded` is the first of these readings, equal to `base` where nothing was in disguise.
    `plain` is the message in plain letters with its punctuation; empty when it was typed so, or
    nearly so.
    """

    base: str
    variants: tuple[str, ...] = ()
    decoded: str = ""
    plain: str = ""


def normalise(text: str, *, lexicon: frozenset[str] = frozenset()) -> NormalText:
    """Read any string, lone surrogates included; never raises.

    `lexicon` holds the lower-case words that repairs should aim for. Without it misspellings
    stay, and masked letters (`k*ll`) too.
    """
    folded = fold(text)
    found = pieces(folded)
    base = joined(token for piece in found for token in piece.tokens)
    others = dict.fromkeys(joined(tokens) for tokens in readings(found, lexicon=lexicon))
    decoded = next(iter(others), base)
    for same in ("", base):
        others.pop(same, None)
    plain = with_pictures_named(folded)
    if not plain and not reads_as_typed(text, folded):
        plain = " ".join(folded.split())
    return NormalText(base=base, variants=tuple(others), plain=plain, decoded=decoded)
