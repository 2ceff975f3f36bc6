"""Letters of other alphabets that are drawn like Latin ones, and the folding of words made of them.

Folding is decided word by word, so that text which really is Russian or Greek stays as it is.
"""

import re


def _drawn(*lines: str) -> dict[str, str]:
    """`"аa"` says that the first letter is drawn like the second one."""
    return {pair[0]: pair[1].lower() for line in lines for pair in line.split()}


# Hardly told apart in ordinary type: enough to fold a word that consists of these alone.
_TWINS = _drawn(
    "аa сc еe һh іi јj кk ӏl оo рp ԛq ѕs ԝw хx уy ԁd ѵv ԍg үy",
    "Аa Вb Сc Еe Нh Іi Јj Кk Мm Оo Рp Ѕs Тt Хx Уy Ӏl Ԛq Ԝw Ԍg Ѵv Үy",
    "αa ιi κk νv οo ρp υu χx γy ϲc ϳj",
    "Αa Βb Εe Ζz Ηh Ιi Κk Μm Νn Οo Ρp Τt Υy Χx Ϲc Ϳj",
    "օo սu հh ոn ցg զq յj Օo Սu Տs",
    "ᎠD ᎡR ᎢT ᎥI ᎪA ᎫJ ᎬE ᎳW ᎷM ᎻH ᎽY ᏃZ ᏏB ᏒR ᏔW ᏚS ᏙV ᏞL ᏟC ᏢP ᏦK ᏧD ᏀG",
    "ꓐB ꓑP ꓓD ꓔT ꓖG ꓗK ꓙJ ꓚC ꓜZ ꓝF ꓟM ꓠN ꓡL ꓢS ꓣR ꓦV ꓧH ꓪW ꓫX ꓬY ꓮA ꓰE ꓲI ꓳO ꓴU",
)
# Close enough only inside a word that also has Latin letters.
_COUSINS = _drawn(
    "вb нh тt мm иi йi пn лn гr яr эe зz шw щw цu чy бb дd фo ьb ъb жx юu ёe їi єe ґr",
    "ИN ЙN ПN ЛN ГR ЯR ЭE ЗZ ШW ЩW ЦU ЧY БB ДD ФO ЬB ЪB ЖX ЮU ЁE ЇI ЄE ҐR",
    "ћh ђh ѓr ќk ғf ҒF ҝk ҡk қk ңh ҳx ҹy ѡw ҽe",
    "εe τt ηn ωw σo βb λl δd ζz θo πn ςc φo ξe ψy μu ϱp ΣE ΛA ΔA ΘO ΩO ΠN",
    "ցg ւl լl տs ԼL ՏS",
)
_COUSINS |= _TWINS
FOREIGN_TWINS = frozenset(_COUSINS)

_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[a-zA-Z]")
_FOLD_TWINS = str.maketrans(_TWINS)
_FOLD_COUSINS = str.maketrans(_COUSINS)


def _fold_mixed(match: re.Match[str]) -> str:
    word = match.group()
    return word.translate(_FOLD_COUSINS) if _LATIN.search(word) else word


def _fold_imitation(match: re.Match[str]) -> str:
    word = match.group()
    folded = word.translate(_FOLD_TWINS)
    return folded if folded.isascii() else word


def fold_words(text: str) -> str:
    """Fold words that mix Latin with other letters; in mostly Latin text also pure imitations."""
    text = _WORD.sub(_fold_mixed, text)
    latin = len(_LATIN.findall(text))
    foreign = sum(char.isalpha() and not char.isascii() for char in text)
    return _WORD.sub(_fold_imitation, text) if latin > foreign > 0 else text
