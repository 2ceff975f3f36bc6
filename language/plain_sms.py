"""Text with a little Markdown as plain text that a phone shows as meant, in few segments."""

from __future__ import annotations

import re
import unicodedata

_URL = re.compile(r"https?://\S+")
_URL_ENDS = ".,;:!?*'\"”’»)]}>…—–\u200b\u2060\ufeff"
_STAND_IN = "\ufdd0"
"""For an address, while its surroundings change; no character that a text can hold."""
_LINK = re.compile(r"\[([^\[\]\n]+)\]\((https?://[^\s()]+(?:\([^\s()]*\)[^\s()]*)*)\)")
_BOLD = re.compile(r"\*\*(?=[^\s*])([^\n]+?)(?<=[^\s*])\*\*")
_FRACTIONS = "¼½¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞↉"
_SIGNS = {
    **dict.fromkeys("\t\u00a0\u1680\u202f\u205f\u3000", " "),
    **dict.fromkeys(map(chr, range(0x2000, 0x200B)), " "),
    **dict.fromkeys("\v\f\r\x85\u2028\u2029", "\n"),
    **dict.fromkeys("\u00ad\u200b\u2060\u2061\u2062\u2063\u2064\ufeff", ""),
    **dict.fromkeys("‘’‚‛′‵`´‹›", "'"),
    **dict.fromkeys("“”„‟″‶«»〝〞", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212\ufe63•‣▪▫◦●○∙⁃", "-"),
    **dict.fromkeys("—―⸺⸻", " - "),
    **{"…": "...", "‥": "..", "⁄": "/", "∕": "/", "÷": "/", "×": "x", "±": "+/-"},
    **{"≤": "<=", "≥": ">=", "→": "->", "←": "<-", "™": "(TM)", "®": "(R)", "©": "(C)"},
    **{sign: unicodedata.normalize("NFKC", sign).replace("⁄", "/") for sign in _FRACTIONS},
}
_TYPEWRITER = str.maketrans(_SIGNS)
_NEEDS_ROOM = re.compile(rf"(?<=[\d{_FRACTIONS}])(?=[{_FRACTIONS}])|(?<=[{_FRACTIONS}])(?=\d)")
_DOT = re.compile(r"(?<!\w)·|·(?!\w)")
_SHAPING = re.compile("[\u200c-\u200f\u061c\u202a-\u202e\u2066-\u2069\ufe0e\ufe0f]")
"""Marks that join or turn letters of other scripts and emoji: without a meaning among ours."""
_SHAPED = frozenset({"Lo", "Lu", "Ll", "Lm", "Mn", "Mc", "So", "Sk"})


def as_sms(text: str) -> str:
    """The text without marks, and with typewriter signs for typographic ones.

    Bold loses its stars, a link becomes `label (address)`, a blank line a line break; lists keep
    their dashes. Letters stay as they are, accents too; only their composed form is written, which
    more often stands in the GSM alphabet. Addresses are never touched, nor a digit.
    """
    text, addresses = _without_addresses(_LINK.sub(_link, text.replace(_STAND_IN, "")))
    text = _typewritten(_BOLD.sub(r"\1", text))
    lines = (re.sub(" {2,}", " ", line).strip(" ") for line in text.split("\n"))
    before, *after = "\n".join(line for line in lines if line).split(_STAND_IN)
    return before + "".join(map("".join, zip(addresses, after, strict=True)))


def _link(match: re.Match[str]) -> str:
    label, address = match.groups()
    named = label.strip(" *").rstrip("/")
    itself = named in (address.rstrip("/"), address.split("://", 1)[1].rstrip("/"))
    return address if itself else f"{label} ({address})"


def _without_addresses(text: str) -> tuple[str, list[str]]:
    addresses = [match.group().rstrip(_URL_ENDS) for match in _URL.finditer(text)]
    return _URL.sub(lambda match: _STAND_IN + _ending(match.group()), text), addresses


def _ending(address: str) -> str:
    """What follows an address without a space, such as a full stop."""
    return address[len(address.rstrip(_URL_ENDS)) :]


def _typewritten(text: str) -> str:
    text = unicodedata.normalize("NFC", text)
    bare = _SHAPING.sub("", text)
    if not any(each > "\u024f" and unicodedata.category(each) in _SHAPED for each in bare):
        text = bare
    return _DOT.sub("-", _NEEDS_ROOM.sub(" ", text)).translate(_TYPEWRITER)
