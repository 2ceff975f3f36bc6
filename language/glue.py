"""Word boundaries: glued words taken apart, spaced letters and torn words put together."""

from collections.abc import Sequence

from language.inflection import is_inflected
from language.words import cost, everyday_words, sure_words, word_set

_LONGEST_WORD = 16
LONGEST_GLUED = 400
_LONGEST_INFLECTED = 120
_INFLECTED_COST = 16.0
_SURE = 6  # so many words are no long noun
_FRAGMENTS = 4  # a torn word lies in at most this many pieces
# Nouns are compounds without any of these (`lifeline`, `checkup`); glued sentences have one.
_SENTENCE_WORDS = word_set(
    "i me my myself im you your yourself u him her them it this that to want wanna gonna going "
    "dont cant wont not never the and are was am will have please anymore kill die dead quiero"
)
_AFTER_I = word_set(
    "want wanna wanted am was have had cant dont didnt wont couldnt will would could should just "
    "need needed feel felt hate hated love loved think thought know knew wish wished hope do did "
    "took take cut get got never really swear still miss keep tried might see hear hurt said told"
)
_ONLY_FIRST = word_set("ive id ill hes shes")
_ENDINGS = word_set("able ate est ion ish ism ist ally like less ness us is an al")
_TORN_COMPOUNDS = word_set(
    "myself yourself himself herself themselves overdose overdosed overdosing anymore cannot "
    "tonight goodbye unalive someone anyone everyone without"
)
_NEGATED = word_set(
    "don can won isn aren wasn weren didn doesn wouldn couldn shouldn haven hasn hadn ain"
)
_PERSONS = word_set("i you he she we they it that what who there")
_SHORTENED = word_set("m s d ll re ve")
_SELF_NOUNS = word_set(
    "esteem worth harm image confidence care respect hatred hate loathing doubt talk love help "
    "compassion control defense medication awareness acceptance pity destruction injury"
)


def _cheapest(text: str, lexicon: frozenset[str]) -> tuple[str, ...]:
    """The cheapest way to write `text` as known words, () when there is none."""
    everyday = everyday_words()
    best: list[tuple[float, int] | None] = [(0.0, 0)] + [None] * len(text)
    for end in range(1, len(text) + 1):
        for start in range(max(0, end - _LONGEST_WORD), end):
            before, word = best[start], text[start:end]
            if before is None:
                continue
            if word in everyday or word in lexicon:
                total = before[0] + cost(word) + 1.0
            elif len(text) <= _LONGEST_INFLECTED and _may_be_inflected(word):
                total = before[0] + _INFLECTED_COST
            else:
                continue
            known = best[end]
            if known is None or total < known[0]:
                best[end] = (total, start)
    words: list[str] = []
    end = len(text)
    while end and (step := best[end]):
        words.append(text[step[1] : end])
        end = step[1]
    return tuple(reversed(words)) if not end else ()


def _may_be_inflected(word: str) -> bool:
    return len(word) > 4 and word.endswith(("s", "ed", "ing", "er", "ly")) and is_inflected(word)


def take_apart(word: str, *, lexicon: frozenset[str]) -> tuple[str, ...]:
    """The words of which a glued one consists (`iwanttodie`), () when it is not clear."""
    if not 5 <= len(word) <= LONGEST_GLUED:
        return ()
    words = _cheapest(word, lexicon)
    if len(words) < 2 or len(word) < 2.5 * len(words):
        return ()
    if len(words) >= _SURE and not _SENTENCE_WORDS.isdisjoint(words):
        return words
    if not reads_as_sentence(words):
        return ()
    if len(word) < 7:
        hit = words[0] == "im" or any(part in lexicon and len(part) > 2 for part in words)
        return words if len(words) == 2 and hit else ()
    meaty = any(len(part) > 3 or (part in lexicon and len(part) > 2) for part in words)
    return words if meaty else ()


def reads_as_sentence(words: Sequence[str]) -> bool:
    """Whether these may be glued words of a sentence, rather than the parts of a long noun."""
    following = zip(words, [*words[1:], ""], strict=True)
    return (
        all(word != "i" or after in _AFTER_I for word, after in following)
        and not _SENTENCE_WORDS.isdisjoint(words)
        and _ONLY_FIRST.isdisjoint(words[1:])
        and words[-1] not in _ENDINGS
    )


def put_together(text: str, *, lexicon: frozenset[str]) -> tuple[str, ...]:
    """The words spelled by a run of single letters, () when they spell none."""
    if len(text) > LONGEST_GLUED or len(set(text)) < 2:
        return ()
    if text in lexicon or text in everyday_words():
        return (text,)
    words = _cheapest(text, lexicon)
    return words if words and len(text) >= 2 * len(words) else ()


def mend_contractions(tokens: Sequence[str]) -> list[str]:
    """Join what an apostrophe written as a space has torn: `don t`, `i m`."""
    mended: list[str] = []
    for place, token in enumerate(tokens):
        last = mended[-1] if mended else ""
        negation = token == "t" and last in _NEGATED
        around = (*mended[-2:-1], *tokens[place + 1 : place + 2])
        if negation or (token in _SHORTENED and last in _PERSONS and not _spells(token, around)):
            mended[-1] = last + token
        else:
            mended.append(token)
    return mended


def _spells(letter: str, around: Sequence[str]) -> bool:
    """Whether a word is being spelled here, letter by letter."""
    return len(letter) == 1 and any(len(t) == 1 and t.isalpha() and t != "a" for t in around)


def mend_torn(tokens: Sequence[str], *, lexicon: frozenset[str]) -> list[str]:
    """Join neighbours that are parts of one word: `su icide`, `my self`."""
    mended: list[str] = []
    place = 0
    while place < len(tokens):
        width = _torn_width(tokens, place, lexicon=lexicon)
        mended.append("".join(tokens[place : place + width]))
        place += width
    return mended


def _torn_width(tokens: Sequence[str], place: int, *, lexicon: frozenset[str]) -> int:
    first = tokens[place]
    if not first.isalpha():
        return 1
    joined, odd = first, _is_odd(first, lexicon)
    for width in range(2, _FRAGMENTS + 1):
        part = tokens[place + width - 1] if place + width <= len(tokens) else ""
        if not part.isalpha():
            return 1
        joined, odd = joined + part, odd or _is_odd(part, lexicon)
        if (odd and joined in lexicon) or (width == 2 and joined in _TORN_COMPOUNDS):
            after = tokens[place + width] if place + width < len(tokens) else ""
            return 1 if joined == "myself" and after in _SELF_NOUNS else width
        if width == 2 and joined in everyday_words() and sure_words().isdisjoint((first, part)):
            return 2
    return 1


def _is_odd(word: str, lexicon: frozenset[str]) -> bool:
    return word not in everyday_words() and word not in lexicon
