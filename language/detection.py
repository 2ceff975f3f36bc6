"""Which language a message is written in, for short messages too."""

from __future__ import annotations

from functools import lru_cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from language.normalise import normalise

LANGUAGES = (
    "en", "es", "ar", "de", "fr", "hi", "it", "ja", "ko", "nl", "pl", "pt", "ru", "tl", "vi", "zh",
)  # fmt: skip
_SURE = {"es": 0.65}
_SURE_ELSE = 0.9
_ENGLISH = frozenset(
    "about are been can could did does for from had have how is it its my not of should that"
    " the they this was we were what when where which who why will with would you your im dont"
    " cant whats after any before during effects feel get infusion just know like need"
    " normal r safe session sessions side take therapy treatment u want wat"
    " vs isnt ive explained studies study approval program interactions spray schedule people"
    " response tried pill pills cost two versus percent meds delivery dependence onset".split()
)
_AS_TYPED = frozenset(("ketamine", "spravato"))
"""English when typed without an accent: French writes kétamine."""


def detect_language(text: str) -> str:
    """ISO code of the language, `en` whenever that is likely or nothing is.

    A message with a common English word is English, misspelt as the rest may be; a statistical
    identifier (py3langid) decides about the others.
    """
    if has_english(text) or not any(character.isalpha() for character in text):
        return "en"
    code, probability = _identifier().classify(text)
    return str(code) if probability >= _SURE.get(code, _SURE_ELSE) else "en"


def has_english(text: str) -> bool:
    """True when a common English word stands in the text."""
    typed = text.casefold().split()
    return not (_ENGLISH.isdisjoint(normalise(text).base.split()) and _AS_TYPED.isdisjoint(typed))


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    made = LanguageIdentifier.from_pickled_model(MODEL_FILE, norm_probs=True)
    made.set_languages(list(LANGUAGES))
    return made
