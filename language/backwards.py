"""Text that was typed from its last letter to its first."""

from language.words import sure_words

_LEAST = 2


def read_backwards(normal_form: str) -> str:
    """The normal form from its end to its beginning; empty where fewer than two of its odd words,
    or less than half of them, become words by that."""
    words = normal_form.split()
    known = sure_words()
    odd = [word for word in words if len(word) > 2 and word.isalpha() and word not in known]
    turned = sum(word[::-1] in known for word in odd)
    if turned < _LEAST or 2 * turned < len(odd):
        return ""
    return " ".join(word[::-1] if word[::-1] in known else word for word in words[::-1])
