"""Other readings of a message: disguises decoded, words mended, misspellings repaired."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate

from language.disguises import Decoder, squeezed
from language.glue import (
    LONGEST_GLUED,
    mend_contractions,
    mend_torn,
    put_together,
    reads_as_sentence,
    take_apart,
)
from language.inflection import is_inflected
from language.spelling import Speller
from language.tokens import END, QUESTION, Piece
from language.words import shorthand, sure_words, word_set

_SOFT = "\n"  # a sentence end that may be none
_ENDS = frozenset((END, QUESTION, _SOFT))
_MOST_UNKNOWN = 2_000  # letters of unknown words that are looked into in one message
_LONGEST_CODED = 40
_BEFORE_TO = word_set("want wnt wanted going need needed have used try tried trying ready able how")
_BEFORE_ONE = word_set("no any every some")


class Repairer:
    """All repairs towards one lexicon. Nothing of a message is kept."""

    def __init__(self, lexicon: frozenset[str]) -> None:
        self._lexicon = lexicon
        self._sure = sure_words() | lexicon
        self._speller = Speller(lexicon)
        self._decoder = Decoder(lexicon=lexicon, speller=self._speller)

    def readings(self, found: Sequence[Piece]) -> Iterator[list[str]]:
        """Decoded; repaired as well; with soft sentence ends left out as well."""
        tokens = mend_contractions(self._undisguised(found))
        tokens = self._joined_letters(tokens)
        tokens = mend_torn(tokens, lexicon=self._lexicon)
        unknown = self._unknown(tokens)
        decoded = _replaced(tokens, {word: self._unglued(word) for word in unknown})
        still = unknown.intersection(decoded)
        corrections = {word: self._corrected(word) for word in still} | shorthand()
        repaired = _replaced(_without_chat_numbers(decoded), corrections)
        yield [END if token == _SOFT else token for token in decoded]
        yield [END if token == _SOFT else token for token in repaired]
        if _SOFT in repaired:
            yield [token for token in repaired if token != _SOFT]

    def _undisguised(self, found: Sequence[Piece]) -> list[str]:
        tokens: list[str] = []
        hidden = 0
        seen: dict[str, tuple[str, ...] | None] = {"": None}
        for piece in found:
            raw = piece.raw or self._with_digits(piece.tokens)
            if raw not in seen:
                seen[raw] = self._decoder.decode(raw) if len(raw) < _LONGEST_CODED else None
            words = seen[raw]
            hidden += words is not None
            tokens += words or ((_SOFT,) if piece.soft else piece.tokens)
        if hidden < 2:
            return tokens
        return [self._decoder.decode_short(token) or token for token in tokens]

    @staticmethod
    def _with_digits(tokens: tuple[str, ...]) -> str:
        """The token if it mixes letters and digits, else nothing."""
        token = tokens[0]
        plain = token.isalpha() or token.isdigit() or not token.isalnum() or not token.isascii()
        return "" if plain else token

    def _joined_letters(self, tokens: list[str]) -> list[str]:
        """Replace runs of single letters, whatever stands between them, by the words they spell."""
        done: list[str] = []
        place = 0
        while place < len(tokens):
            stop, letters = self._letter_run(tokens, place)
            done += self._spelled_by(letters) or tokens[place:stop]
            place = stop
        return done

    def _spelled_by(self, letters: list[str]) -> tuple[str, ...]:
        if sum(letter.isalpha() for letter in letters) < 3:
            return ()
        text = "".join(letters)
        if not text.isalpha():
            return self._decoder.decode(text) or () if len(text) < _LONGEST_CODED else ()
        near = self._speller.closest(text) if len(text) > 3 else None
        return put_together(text, lexicon=self._lexicon) or ((near,) if near else ())

    @staticmethod
    def _letter_run(tokens: list[str], place: int) -> tuple[int, list[str]]:
        """Where the run of single letters from `place` on stops, and its letters."""
        letters: list[str] = []
        stop = place
        for here in range(place, len(tokens)):
            token = tokens[here]
            if len(token) == 1 and (token.isalpha() or (token in "013457" and letters)):
                letters.append(token)
                stop = here + 1
            elif not letters or token not in _ENDS:
                break
        return max(stop, place + 1), letters

    def _unknown(self, tokens: list[str]) -> frozenset[str]:
        """The words worth looking into; of very many only the first and the last ones."""
        odd = dict.fromkeys(
            token
            for token in tokens
            if token not in self._sure and token.isalpha() and token.isascii() and len(token) > 2
        )
        listed = [token for token in odd if len(token) <= LONGEST_GLUED]
        if sum(map(len, listed)) <= _MOST_UNKNOWN:
            return frozenset(listed)
        return frozenset(_first(listed) + _first(listed[::-1]))

    def _unglued(self, word: str) -> tuple[str, ...]:
        plain = squeezed(word, lexicon=self._lexicon)
        if plain:
            return (plain,)
        if is_inflected(word) or self._speller.closest(word):
            return (word,)
        return take_apart(word, lexicon=self._lexicon) or (word,)

    def _corrected(self, word: str) -> tuple[str, ...]:
        if is_inflected(word):
            return (word,)
        near = self._speller.closest(word)
        return (near,) if near else self._half_glued(word)

    def _half_glued(self, word: str) -> tuple[str, ...]:
        """Two glued words of which one is misspelt: `killmyslef`."""
        for cut in range(3, len(word) - 2) if 8 <= len(word) <= 24 else ():
            left, right = word[:cut], word[cut:]
            pair: tuple[str | None, str | None] = ("", "")
            if left in self._lexicon and len(right) > 4:
                pair = (left, self._speller.closest(right))
            elif right in self._lexicon and len(left) > 4:
                pair = (self._speller.closest(left), right)
            words = tuple(part for part in pair if part)
            if len(words) == 2 and reads_as_sentence(words):
                return words
        return (word,)


def _replaced(tokens: list[str], replacements: Mapping[str, tuple[str, ...]]) -> list[str]:
    return [part for token in tokens for part in replacements.get(token, (token,))]


def _without_chat_numbers(tokens: list[str]) -> list[str]:
    """`want 2 go`, `want tooo go`, `no 1`: what sounds like a word that makes sense there."""
    said = list(tokens)
    for place in range(1, len(said)):
        before, number, after = said[place - 1], said[place], "".join(said[place + 1 : place + 2])
        counts = not after.isalpha() or (after[-1] == "s" and after[-2:] != "ss")
        sounds = (number == "2" and not counts) or (number == "too" and after.isalpha())
        if sounds and before in _BEFORE_TO:
            said[place] = "to"
        elif number == "1" and before in _BEFORE_ONE:
            said[place] = "one"
    return said


def _first(words: list[str]) -> list[str]:
    """As many of the words as half of the allowance permits."""
    sums = accumulate(map(len, words))
    return [word for word, total in zip(words, sums, strict=True) if total <= _MOST_UNKNOWN // 2]


@lru_cache(maxsize=8)
def _repairer(lexicon: frozenset[str]) -> Repairer:
    return Repairer(lexicon)


def readings(found: Sequence[Piece], *, lexicon: frozenset[str]) -> Iterator[list[str]]:
    """Up to three other readings, each a list of tokens; equal ones are not left out."""
    return _repairer(lexicon).readings(found)
