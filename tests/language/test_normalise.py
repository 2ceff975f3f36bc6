"""The normal form of messages, case by case and as a whole."""

import dataclasses
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from language.normalise import NormalText, known_words, normalise
from language.words import word_set

LEXICON = word_set(
    "better cant cutting depressed die dying goodbye help hopeless kill killing life myself morir "
    "overdose pills please psychosis quiero suicidal suicide therapist tonight want wanna worthless"
)

BASES = [
    ("capitals", "I WANT To Talk", "i want to talk"),
    ("straight apostrophe", "I'm sure I don't", "im sure i dont"),
    ("curly apostrophe", "I’m sure I don’t", "im sure i dont"),
    ("backtick and acute", "I`m sure I can´t", "im sure i cant"),
    ("modifier apostrophe", "itʼs", "its"),
    ("semicolon for an apostrophe", "i can;t go on", "i cant go on"),
    ("quotation marks dropped", "she said \"go 'home'\"", "she said go home"),
    ("commas and dashes dropped", "well, you see — I - left", "well you see i left"),
    ("hyphen splits", "self-harm", "self harm"),
    ("slash splits", "he/she and/or them", "he she and or them"),
    ("underscore splits", "kill_myself", "kill myself"),
    ("ampersand", "me & you", "me and you"),
    ("full stop", "I left. You stayed.", "i left . you stayed ."),
    ("no space after full stop", "I left.You stayed", "i left . you stayed"),
    ("exclamation marks", "Stop!!! Now!", "stop . now ."),
    ("question mark", "Is it safe?", "is it safe ?"),
    ("question mark wins", "really?!", "really ?"),
    ("ellipsis", "I want to... die", "i want to . die"),
    ("one-character ellipsis", "wait… what", "wait . what"),
    ("semicolon ends a sentence", "I left; you stayed", "i left . you stayed"),
    ("line break ends a sentence", "one\r\ntwo\n\n\nthree", "one . two . three"),
    ("Unicode line break", "one\u2028two", "one . two"),
    ("leading marks", "...so what", "so what"),
    ("inverted marks", "¿Estás ahí? ¡Sí!", "? estas ahi ? si ."),
    ("other scripts' marks", "really؟ yes。", "really ? yes ."),
    ("Spanish accents", "Mañana quiero morir, corazón", "manana quiero morir corazon"),
    ("decomposed accents", "man\u0303ana", "manana"),
    ("ligatures and stroked letters", "Łódź Øre straße ﬁne", "lodz ore strasse fine"),
    ("Turkish capital i", "İstanbul", "istanbul"),
    ("zero width characters", "ki\u200bll my\u200dse\u2060lf", "kill myself"),
    ("soft hyphen", "sui\u00adcide", "suicide"),
    ("right-to-left override", "\u202eelephant\u202c", "elephant"),
    ("control characters", "di\x00e\x07", "die"),
    ("lone surrogate", "di\udc00e", "die"),
    ("no-break space and tab", "a\u00a0b\tc", "a b c"),
    ("marks piled on letters", "d̷̢̛ḯ̵e n̸o̷w̶", "die now"),
    ("full width", "ｋｉｌｌ　ｍｅ！", "kill me ."),
    ("mathematical letters", "𝓴𝓲𝓵𝓵 𝐦𝐞", "kill me"),
    ("circled letters", "ⓚⓘⓛⓛ", "kill"),
    ("boxed letters", "🅺🅸🅻🅻", "kill"),
    ("small capitals", "ᴋɪʟʟ", "kill"),
    ("regional letters", "🇰🇮🇱🇱", "kill"),
    ("Cyrillic in Latin words", "I am ѕuісіdаl", "i am suicidal"),
    ("Greek in Latin words", "hεlp mε", "help me"),
    ("a wholly Cyrillic imitation", "I want to ѕее уоu", "i want to see you"),
    ("Russian stays", "Я хочу умереть", "я хочу умереть"),
    ("Russian marks stay", "Мой ёж", "мой ёж"),
    ("a Russian name in English", "my name is Юлия", "my name is юлия"),
    ("Greek stays", "θέλω να πεθάνω", "θέλω να πεθάνω"),
    ("Hindi stays", "हिन्दी में", "हिन्दी में"),
    ("Chinese stays", "我想死。", "我想死 ."),
    ("emoji", "bye 💀", "bye :skull:"),
    ("emoji of several characters", "👨‍👩‍👧 ❤️", ":man: :woman: :girl: :heavy-black-heart:"),
    ("skin tone", "👍🏽", ":thumbs-up-sign:"),
    ("emoji inside a word", "pills💊now", "pills :pill: now"),
    ("many equal emoji", "💊💊💊💊💊", ":pill: :pill:"),
    ("emoji code", "bye :skull:", "bye :skull:"),
    ("flag", "🇺🇸", ":flag-us:"),
    ("keycap", "1️⃣", "1"),
    ("question emoji", "why❓", "why ?"),
    ("initials", "in the U.S.A. we", "in the usa we"),
    ("initials at the end", "U.S.A.", "usa ."),
    ("half past ten", "I took 2 mg at 10:30", "i took 2 mg at 10:30"),
    ("decimal", "0.5 mg/kg", "0.5 mg kg"),
    ("thousands", "it costs $1,500.", "it costs 1500 ."),
    ("number with its unit", "30mg at 5pm", "30 mg at 5 pm"),
    ("fraction and date", "24/7 since 12/03/2024", "24/7 since 12/03/2024"),
    ("letters with numbers", "covid19 b12 shot", "covid19 b12 shot"),
    ("dots for spaces", "i.want.to.die", "i want to die"),
    ("symbols inside words", "k!ll s*icide", "k . ll s icide"),
    ("empty", "", ""),
    ("only spaces", " \n\t ", ""),
    ("only full stops", "...", ""),
    ("only a question mark", "???", "?"),
    ("only combining marks", "\u0301\u0327", ""),
]

REPAIRED = [
    ("leet digits", "k1ll mys3lf", "kill myself"),
    ("much leet", "su1c1d3", "suicide"),
    ("leet zero", "h0pel3ss", "hopeless"),
    ("dollar at the beginning", "$uicide", "suicide"),
    ("exclamation mark inside a word", "k!ll me!", "kill me ."),
    ("at sign", "pills @nd rum", "pills and rum"),
    ("vertical bars", "k!|| me", "kill me"),
    ("short words in disguise", "1 w4nt t0 d13", "i want to die"),
    ("chat digits", "2nite or 2morrow", "tonight or tomorrow"),
    ("more chat digits", "h8 it b4 4ever", "hate it before forever"),
    ("leet and stretched", "k1llllll", "kill"),
    ("count glued to its noun", "took 20pills", "took 20 pills"),
    ("one masked letter", "k*ll", "kill"),
    ("another mask", "s#icide", "suicide"),
    ("star put in", "ki*ll", "kill"),
    ("stretched vowel", "diiiiie", "die"),
    ("stretched consonant", "killlll", "kill"),
    ("stretched twice", "pleeeease helppp", "please help"),
    ("stretched to a double letter", "soooo tooo goood", "so too good"),
    ("letters with spaces", "k i l l  m y s e l f", "kill myself"),
    ("spaced in a sentence", "i want to k i l l myself", "i want to kill myself"),
    ("letters with dots", "k.i.l.l m y s e l f", "kill myself"),
    ("letters with hyphens", "s-u-i-c-i-d-e", "suicide"),
    ("letters with stars", "k*i*l*l", "kill"),
    ("letters on lines", "k\ni\nl\nl", "kill"),
    ("letters and digits with spaces", "k 1 l l", "kill"),
    ("initials of an illness", "p t s d", "ptsd"),
    ("glued sentence", "iwanttodie", "i want to die"),
    ("glued pair", "killmyself", "kill myself"),
    ("short glued pair", "todie", "to die"),
    ("glued and misspelt", "killmyslef", "kill myself"),
    ("torn word", "su icide", "suicide"),
    ("torn by a hyphen", "sui-cide", "suicide"),
    ("two torn words", "ki ll my self", "kill myself"),
    ("apostrophe as a space", "i don t know i m", "i dont know im"),
    ("letter left out", "suicde", "suicide"),
    ("letter left out of a short word", "kil", "kill"),
    ("letters swapped", "myslef", "myself"),
    ("letters swapped at the front", "ohpeless", "hopeless"),
    ("wrong letter", "suiside", "suicide"),
    ("letter too many", "overdosse", "overdose"),
    ("two slips in a long word", "depresedd", "depressed"),
    ("Spanish stretched", "quiero moriiir", "quiero morir"),
    ("look-alikes and leet", "ѕu1сіdе", "suicide"),
    ("chat shorthand", "jst cant do ths, plz hlep u", "just cant do this please help you"),
    ("numbers for words", "no 1 wud care, i want 2 die", "no one would care i want to die"),
    ("soft line break", "i want to\ndie", "i want to die"),
    ("hesitation", "i want to... die", "i want to die"),
]

UNTOUCHED = [
    "I took 2 mg at 10:30",
    "covid19 and a b12 shot",
    "A I",
    "U.S.A.",
    "room5, day5, mp3, h1n1, ps5",
    "the 1st, 2nd, 90s and 4th",
    "1 2 3 4",
    "a b c d e f",
    "I I I think so",
    "my self esteem is low",
    "the rapist was caught",
    "Is the lifeline open? A checkup, a guideline, a standout.",
    "he|she, yes/no, c++, #1",
    "write to @john or me@example.com",
    "Lozenges, troches, esketamine, nortriptyline.",
    "hallucinating manic therapies",
    "I want 2 sessions at 4",
    "reuse the sedative guideline; the paramedics prescribe it",
    "I can't, won't, didn't, shouldn't've",
    "¿Cuánto cuesta la ketamina?",
    "Я хочу умереть",
    "It's a $20 copay, 50% off.",
    "my email is ann_lee@mail.org",
]


def _cases(table: list[tuple[str, str, str]]) -> list[object]:
    return [pytest.param(text, wanted, id=label) for label, text, wanted in table]


@pytest.mark.parametrize(("text", "wanted"), _cases(BASES))
def test_base_is_the_plain_reading(text: str, wanted: str) -> None:
    """The base has plain letters, no punctuation but sentence ends, and the words as typed."""
    assert normalise(text).base == wanted


@pytest.mark.parametrize(("text", "wanted"), _cases(REPAIRED))
def test_last_variant_is_the_fullest_repair(text: str, wanted: str) -> None:
    """Disguised, stretched, spaced, glued, torn and misspelt words become the words meant."""
    assert normalise(text, lexicon=LEXICON).variants[-1] == wanted


@pytest.mark.parametrize("text", UNTOUCHED)
def test_innocent_text_has_no_other_reading(text: str) -> None:
    """Ordinary numbers, names, terms and foreign words are not repaired into something else."""
    assert normalise(text, lexicon=LEXICON).variants == ()


def test_variants_go_from_careful_to_bold() -> None:
    """First disguises decoded, then misspellings repaired, then soft sentence ends left out."""
    found = normalise("i w4nt to be alnoe... wnat to die", lexicon=LEXICON | {"alone"})
    assert found.variants == (
        "i want to be alnoe . wnat to die",
        "i want to be alone . want to die",
        "i want to be alone want to die",
    )


def test_misspellings_stay_without_a_lexicon() -> None:
    """Without words to aim for, nothing is guessed."""
    assert normalise("wnat to k*ll").variants == ()


def test_many_unknown_words_are_read_from_both_ends() -> None:
    """Of endless gibberish only the beginning and the end are repaired."""
    middle = " ".join(
        f"zq{'bcdfghjklm'[i % 10]}x{'npqrstvwxz'[i // 10 % 10]}v" * 3 for i in range(900)
    )
    last = normalise(f"suicde {middle} myslef", lexicon=LEXICON).variants[-1]
    assert last.startswith("suicide ")
    assert last.endswith(" myself")


def test_value_is_frozen_and_keyword_only() -> None:
    """A normal text cannot be changed after it was made."""
    found = NormalText(base="a")
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.base = "b"  # type: ignore[misc]
    with pytest.raises(TypeError):
        NormalText("a")  # type: ignore[call-arg]


def test_known_words_are_plain_and_include_our_own() -> None:
    """Known words are lower-case ASCII letters, from the vocabulary and from our list."""
    words = known_words()
    assert {"suicide", "ketamine", "dont", "troche", "quiero"} <= words
    assert all(word.isascii() and word.isalpha() and word.islower() for word in words)


FRAGMENTS = sorted(word_set("k i l my self 2 mg 10:30 :skull: ... ? $u don t ѕе"))
TEXTS = st.one_of(
    st.text(max_size=120),
    st.text(st.characters(codec=None, categories=None), max_size=120),
    st.text("abilkldie 01!.$@*?'\"-:;\n\u0301\u200b💀ае🇺", max_size=60),
    st.lists(st.sampled_from(FRAGMENTS)).map(" ".join),
)


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_any_text_has_a_tidy_normal_form(text: str) -> None:
    """Never raises; lower case, single spaces, at most three other readings, all different."""
    found = normalise(text, lexicon=LEXICON)
    for reading in (found.base, *found.variants):
        assert reading == reading.lower()
        assert reading == " ".join(reading.split())
        assert not re.search(r"[\x00-\x1f,'\"!;¿\ud800-\udfff]", reading)
    assert len({found.base, *found.variants}) == 1 + len(found.variants) <= 4


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_normal_form_of_a_base_is_itself(text: str) -> None:
    """Normalising twice changes nothing."""
    base = normalise(text).base
    assert normalise(base).base == base


@pytest.mark.parametrize(
    "unit",
    [
        *("a", "a ", "k i l l ", "iwanttodie", "iwanttodie ", "1!", "x*", ":a", "\u0301\u0327"),
        *("💀", "\n", "a.b", "'", "\udc00", "\ufdfa", "$a ", "don t ", "🇺"),
    ],
)
def test_very_long_text_is_read(unit: str) -> None:
    """Twenty thousand characters of anything have a normal form."""
    text = (unit * 20_000)[:20_000]
    base = normalise(text, lexicon=LEXICON).base
    assert normalise(base).base == base
