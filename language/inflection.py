"""Words that the lists lack, but of which the stem is known."""

from language.words import everyday_words, word_set

_SUFFIXES = word_set(
    "s es d ed ing ings er ers est or ors ly y ies ied ier ness less able ible ful ity ive ate ion "
    "ions ation ment ments al ally ance ence ify ize ized izing ization ish ism ist ists"
)
_PREFIXES = word_set("un re dis mis non pre over under out in im inter anti self counter")


def is_inflected(word: str) -> bool:
    """Whether an everyday word with a common beginning or ending: `rebooked`, `lawnmowers`."""
    everyday = everyday_words()
    wholes = {word.removeprefix(prefix) for prefix in _PREFIXES} - {word}
    if not everyday.isdisjoint(whole for whole in wholes if len(whole) > 2):
        return True
    stems = {word, *wholes}
    for suffix in ("", *_SUFFIXES):
        for stem in {stem.removesuffix(suffix) for stem in stems if stem.endswith(suffix)}:
            if stem == word or len(stem) < 4:
                continue
            undoubled = stem[:-1] if stem[-1] == stem[-2] else stem
            if not everyday.isdisjoint((stem, stem + "e", stem + "y", undoubled)):
                return True
    return False
