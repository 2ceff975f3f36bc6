"""The normal form of a message: what the person most likely meant to write."""

from dataclasses import dataclass

from language.letters import fold
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
    """

    base: str
    variants: tuple[str, ...] = ()


def normalise(text: str, *, lexicon: frozenset[str] = frozenset()) -> NormalText:
    """Read any string, lone surrogates included; never raises.

    `lexicon` holds the lower-case words that repairs should aim for. Without it misspellings
    stay, and masked letters (`k*ll`) too.
    """
    found = pieces(fold(text))
    base = joined(token for piece in found for token in piece.tokens)
    others = dict.fromkeys(joined(tokens) for tokens in readings(found, lexicon=lexicon))
    for same in ("", base):
        others.pop(same, None)
    return NormalText(base=base, variants=tuple(others))
