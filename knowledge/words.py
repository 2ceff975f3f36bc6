"""Words of a text for comparing and counting: plain forms, light stems, words without content."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"[a-z0-9]+")
_APOSTROPHES = re.compile("['’‘ʼ`´]")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")

_FUNCTION_WORDS = """
a about above after again all also am an and another any anybody anyone anything are arent as at
back be because been before being below between both but by can cannot cant could couldnt did didnt
do does doesnt doing dont down during each either else etc even ever every everyone everything few
for from further get gets getting go goes going gonna got had hadnt has hasnt have havent having he
hed her here heres hers herself hes him himself his how hows however i id if ill im in into is isnt
it itd itll its itself ive just lets made make makes many may maybe me might mine more most much
must my myself no none nor not nothing now of off often ok okay on once one ones only or other
others our ours ourselves out over own quite rather same shall she shes should shouldnt since so
some somebody someone something such sure than that thatd thats the their theirs them themselves
then there theres these they theyd theyll theyre theyve thing things this those though through thus
to too under until up upon us use very via was wasnt way we wed well were werent weve what whatd
whatever whats when whens where wheres whether which while who whos whom whose why whys will with
within without wont would wouldnt yes yet you youd youll your youre yours yourself youve
"""
_CHAT_WORDS = """
actually anyway ask asked asking basically bit bother briefly curious definitely describe detail
details explain explained folks guess guys happen happens hear heard hello help helps hey hi
honestly hoping info information interested kind kinda know knowing learn like likely literally lot
lots mean means mentioned new people please plz pls possible possibly pretty probably question
questions quick quickly read really say says saw seem seems seen share simple simply somehow sort
sorry stuff talk talking tell telling thank thanks thank think thinking thinks thought told totally
truly try trying understand u ur using usually wanna want wanted wants wonder wondering word words
"""


def tokens(text: str) -> list[str]:
    """Lower-case ASCII words and numbers of the text, accents folded, apostrophes dropped."""
    unfolded = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text))
    return _WORD.findall("".join(c for c in unfolded if not unicodedata.combining(c)).casefold())


def plain(text: str) -> str:
    """The form in which two texts count as the same: words only, single spaces."""
    return " ".join(tokens(text))


def sentences(text: str) -> tuple[str, ...]:
    """Sentences and list items of a web text, without bold marks or list dashes."""
    parts = (part.strip().removeprefix("- ").strip() for part in _SENTENCE_END.split(text))
    return tuple(part.replace("**", "") for part in parts if tokens(part))


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """The word without its common English endings; equal for forms of one word, not a word."""
    if len(word) > 4 and word.endswith("ies"):
        word = word[:-3] + "y"
    elif len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending, least in (("ing", 6), ("ed", 5), ("ly", 6)):
        if len(word) >= least and word.endswith(ending) and not word.endswith("eed"):
            word = _without_double(word[: -len(ending)])
            break
    return word[:-1] if len(word) > 3 and word.endswith("e") else word


def _without_double(word: str) -> str:
    doubled = len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz"
    return word[:-1] if doubled else word


STOP_WORDS = frozenset(_FUNCTION_WORDS.split()) | frozenset(_CHAT_WORDS.split())
STOP_STEMS = frozenset(stem(word) for word in STOP_WORDS)
