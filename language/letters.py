"""Characters: what is dropped, what is folded to a plain letter, what becomes a word of its own.

Unicode categories and character names decide nearly everything; the tables are short.
"""

import re
import unicodedata
from collections.abc import Callable

from language.lookalikes import FOREIGN_TWINS, fold_words
from language.words import known_words

_APOSTROPHES = (
    "'`\u00b4\u02b9\u02bb\u02bc\u02bd\u02be\u02c8\u02ca\u02cb\u2018\u2019\u201a\u201b\u2032\u2035"
    "\u055a\uff07\uff40\ua78b\ua78c"
)
_ENDS = {
    **dict.fromkeys("\u00a1\u3002\uff61\u06d4\u0964\u0965\u061b\u1362\u2755\u2757", "."),
    **dict.fromkeys("\u00bf\u061f\u203d\u055e\u2753\u2754", "?"),
    **dict.fromkeys("\n\x0b\x0c\r\x85\u2028\u2029", "\n"),
}
_INVISIBLE = {
    *range(0xFE00, 0xFE10),
    *(0x34F, 0x180B, 0x180C, 0x180D, 0x180F),
    *range(0x1F3FB, 0x1F400),
}
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800™℠©®\ufdfa\ufdfb")
_PLAIN = {
    **{"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l"},
    **{"ı": "i", "ŋ": "n", "ƒ": "f", "ə": "e", "ɐ": "a", "ɯ": "m", "ʌ": "a", "µ": "u"},
    **{"€": "e", "£": "l", "¢": "c", "¥": "y"},
}
_DRAWN = re.compile(
    r"LATIN (?:SMALL |CAPITAL )?LETTER (?:SMALL CAPITAL |OPEN |TURNED |REVERSED |BARRED |INSULAR "
    r"|DOTLESS |LONG |SCRIPT |SIDEWAYS |BLACKLETTER |STRETCHED |HALF )*([A-Z])(?: |$)"
)
_BOXED = re.compile(r"(?:NEGATIVE |CROSSED )*(?:CIRCLED|SQUARED) LATIN CAPITAL LETTER ([A-Z])$")
_LATIN_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
)
_REPEATED_PICTURE = re.compile("([\u2300-\u2bff\U0001f000-\U0001faff])\\1{2,}")
_APOSTROPHE = re.compile(r"(?<=[^\W_])'+(?=[^\W\d_])")
# The semicolon and the quotation mark lie beside the apostrophe: don;t, i"m.
_SLIPPED = re.compile(r"(?<=[a-z])[;\"](?=(?:t|s|m|re|ve|ll|d)\b)")
_FLAGS = re.compile("[\U0001f1e6-\U0001f1ff]+")


def _is_picture(code: int) -> bool:
    return (
        code >= 0x1F000
        or 0x2300 <= code < 0x2400
        or 0x2600 <= code < 0x27C0
        or 0x2B00 <= code < 0x2C00
    )


def _fold_letter(char: str) -> str:
    if char in FOREIGN_TWINS:
        return char
    small = char.lower()
    if small in _PLAIN:
        return _PLAIN[small]
    first = unicodedata.normalize("NFD", small)[0]
    if first.isascii():
        return first
    drawn = _DRAWN.match(unicodedata.name(char, ""))
    return drawn.group(1).lower() if drawn else char


def _fold_symbol(char: str) -> str:
    name = unicodedata.name(char, "")
    boxed = _BOXED.match(name)
    if boxed:
        return boxed.group(1).lower()
    return f" :{name.lower().replace(' ', '-')}: " if name and _is_picture(ord(char)) else " "


def _fold_char(char: str) -> str:
    if char == "\n" or (char.isascii() and char.isprintable()):
        return char.lower()
    category = unicodedata.category(char)
    if category[0] == "L":
        return _fold_letter(char)
    if category == "Nd":
        return str(unicodedata.digit(char))
    if category[0] == "M":
        return "" if _LATIN_MARKS.match(char) else char
    if char in _PLAIN:
        return _PLAIN[char]
    if category[0] == "S":
        return _fold_symbol(char)
    return "-" if category == "Pd" else " "


def _strip_char(char: str) -> str:
    if char in _APOSTROPHES:
        return "'"
    if char in _ENDS:
        return _ENDS[char]
    if char in _BLANK or char == "\t":
        return " "
    if ord(char) in _INVISIBLE:
        return ""
    return "" if unicodedata.category(char) in ("Cc", "Cf", "Cs") else char


class _Table(dict[int, str]):
    """A table for `str.translate` that fills itself, up to a bound."""

    def __init__(self, rule: Callable[[str], str]) -> None:
        super().__init__()
        self._rule = rule

    def __missing__(self, code: int) -> str:
        folded = self._rule(chr(code))
        if len(self) < 8192:
            self[code] = folded
        return folded


_STRIP = _Table(_strip_char)
_FOLD = _Table(_fold_char)


def _limit_marks() -> re.Pattern[str]:
    """Long runs of combining marks make `unicodedata.normalize` quadratic."""
    marks = "".join(chr(c) for c in range(0x300, 0x1E950) if unicodedata.combining(chr(c)))
    return re.compile(f"[{marks}]{{5,}}")


_MARK_RUN = _limit_marks()


def _spell_flags(match: re.Match[str]) -> str:
    """Regional indicators are a flag in pairs and letters otherwise."""
    letters = "".join(chr(ord(char) - 0x1F1E6 + ord("a")) for char in match.group())
    return f" :flag-{letters}: " if len(letters) == 2 else letters


def fold(text: str) -> str:
    """Lower-case text of plain letters, digits, ASCII punctuation, spaces and newlines.

    Letters of alphabets that do not imitate Latin stay; emoji become ` :name: `; lone surrogates,
    control and invisible characters and marks on letters are gone, and so are apostrophes inside
    words and the third and any further picture in a row of equal ones.
    """
    text = text.translate(_STRIP)
    if not text.isascii():
        text = _REPEATED_PICTURE.sub(r"\1\1", _MARK_RUN.sub("", text))
        text = _FLAGS.sub(_spell_flags, text)
        text = unicodedata.normalize("NFKC", text).translate(_STRIP).translate(_FOLD)
        text = fold_words(_APOSTROPHE.sub("", text))
        text = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower())
    text = _GLUED.sub(_without_humps, text)
    return _APOSTROPHE.sub("", _SLIPPED.sub("'", text.lower()))


_GLUED = re.compile(r"(?<![A-Za-z])[A-Za-z]*[a-z][A-Z][A-Za-z]*")
_HUMPS = re.compile(r"[A-Z]?[a-z]+|[A-Z]")
_LEAST_HUMP, _SURELY_GLUED = 2.4, 20


def _without_humps(match: re.Match[str]) -> str:
    """Glued words whose capitals show where each begins; alternating capitals stay as they are."""
    word = match.group()
    humps = _HUMPS.findall(word)
    known = known_words()
    odd = sum(hump.lower() not in known or (len(hump) == 1 and hump not in "IA") for hump in humps)
    if word.lower() in known or 3 * odd > len(humps):
        return word
    glued = len(humps) > 2 and len(word) >= _LEAST_HUMP * len(humps)
    if glued or (len(word) >= _SURELY_GLUED and len(word) >= 4 * len(humps)):
        return " ".join(humps)
    return word


_QUOTES = dict.fromkeys(map(ord, _APOSTROPHES), "'")
_LETTERS = re.compile(r"[a-z]+")
_PICTURE = re.compile(r":[a-z0-9-]+:")


_FACES = re.compile(
    r":[a-z0-9-]*(?:face|heart|hand|skull|smil|grin|joy|tears|thumb|fire|sparkl|monkey|party|points"
    r"|eyes|kiss|fist|palm|person|shrug|flag|arrow|mark|sign|button|flower|sun|star)[a-z0-9-]*:"
)


def with_pictures_named(folded: str) -> str:
    """The folded text with the names of pictured things as words, and without faces and gestures;
    empty when it has no pictured things."""
    if not _PICTURE.search(folded):
        return ""
    without = _FACES.sub(" ", folded)
    if not _PICTURE.search(without):
        return ""
    return " ".join(
        _PICTURE.sub(lambda name: name.group().strip(":").replace("-", " "), without).split()
    )


def reads_as_typed(text: str, folded: str) -> bool:
    """Whether a reader of Latin letters, who overlooks accents, sees at least seven in eight of
    the folded text's words in the text as typed."""
    words = _LETTERS.findall(_PICTURE.sub("", folded))
    bare = unicodedata.normalize("NFD", _APOSTROPHE.sub("", text.translate(_QUOTES)))
    typed = set(_LETTERS.findall(_LATIN_MARKS.sub("", bare).lower()))
    return 8 * sum(word not in typed for word in words) < len(words) or not words
