"""Stop, start and help: which texts are one, and which only contain one."""

from __future__ import annotations

import pytest

from bot.channels.sms.keywords import shared_keywords
from bot.channels.sms.provider import Keyword
from bot.channels.sms.tapbacks import is_tapback

WORDS = {
    "carrier word": ("STOP", Keyword.STOP),
    "small letters": ("stop", Keyword.STOP),
    "full stop after it": ("Stop.", Keyword.STOP),
    "spaces round it": ("  Stop \n", Keyword.STOP),
    "two words": ("stop all", Keyword.STOP),
    "one word of two": ("STOPALL", Keyword.STOP),
    "unsubscribe": ("Unsubscribe", Keyword.STOP),
    "cancel": ("CANCEL", Keyword.STOP),
    "end": ("End", Keyword.STOP),
    "quit": ("quit!", Keyword.STOP),
    "revoke": ("REVOKE", Keyword.STOP),
    "opt out": ("Opt out", Keyword.STOP),
    "with a hyphen": ("opt-out", Keyword.STOP),
    "French": ("ARRET", Keyword.STOP),
    "Spanish": ("Baja", Keyword.STOP),
    "start": ("START", Keyword.START),
    "unstop": ("unstop", Keyword.START),
    "yes": ("Yes", Keyword.START),
    "help": ("HELP", Keyword.HELP),
    "info": ("info?", None),
    "help with a sign": ("help!!", Keyword.HELP),
    "end in a sentence": ("I want to end it", None),
    "cancel in a sentence": ("How do I cancel?", None),
    "stop in a sentence": ("does ketamine stop working", None),
    "nothing": ("", None),
}
SENTENCES = {
    "please stop texting": ("Please stop texting me", True),
    "a question that is a plea": ("can you please stop messaging me?", True),
    "curly apostrophe": ("don\u2019t text me anymore", True),
    "without apostrophe": ("dont send me any more messages", True),
    "take me off": ("take me off your list", True),
    "remove": ("Remove my number from your system please", True),
    "unsubscribe me": ("unsubscribe me from this list", True),
    "no more": ("No more texts please", True),
    "want no more": ("I don't want any more of these messages", True),
    "opt out": ("I'd like to opt out", True),
    "with a reason after it": ("Stop texting me, I never signed up for this", True),
    "with a reason before it": ("I never signed up for this. Take me off the list!", True),
    "polite": ("ok thanks, please stop", True),
    "Spanish": ("no me manden más mensajes", True),
    "Spanish, deja": ("Deja de escribirme por favor", True),
    "what an ex said": ("my ex said don't text me, I feel awful", False),
    "about somebody else": ("how do I stop texting my ex", False),
    "end of life": ("I want to end everything", False),
    "end it": ("end it", False),
    "an appointment": ("Cancel my appointment", False),
    "a visit": ("can I cancel my session", False),
    "medicine": ("can I stop taking my SSRI before ketamine", False),
    "an urge": ("I can't stop hurting myself", False),
    "write off": ("Don't write me off, I need help", False),
    "make it stop": ("please make it stop", False),
    "a way of texting": ("i do not want texts like these at work. can you email?", False),
}
SAID = "Ketamine acts on NMDA receptors. In danger: call 911."
OURS = (SAID, "I\u2019m automated, not a person.")
TAPBACKS = {
    "loved, whole": (
        f"Loved \u201c{SAID}\u201d",
        True,
    ),
    "straight quotes": (f'Liked "{SAID}"', True),
    "cut short": ("Laughed at \u201cKetamine acts on NMDA\u2026\u201d", True),
    "other apostrophe": ('Disliked "I\'m automated, not a person."', True),
    "emoji": (
        f"\U0001f44d to \u201c{SAID}\u201d",
        True,
    ),
    "reacted": (
        f'Reacted \U0001f622 to "{SAID}"',
        True,
    ),
    "removed": ('Removed a heart from "I\u2019m automated, not a person."', True),
    "somebody's own words": ('Loved "I want to die"', False),
    "our words and more": ('Loved "I\u2019m automated, not a person." I want to die', False),
    "too short to know": ('Liked "I"', False),
    "no quote": ("Loved that", False),
}


@pytest.mark.parametrize("label", WORDS)
def test_words(label: str) -> None:
    """A keyword is a text that holds nothing else."""
    text, keyword = WORDS[label]
    assert shared_keywords().word(text) is keyword


@pytest.mark.parametrize("label", SENTENCES)
def test_sentences(label: str) -> None:
    """A plea for no more texts counts in plain language; the same words about other things not."""
    text, wanted = SENTENCES[label]
    assert shared_keywords().asks_to_stop(text) is wanted


@pytest.mark.parametrize("label", TAPBACKS)
def test_tapbacks(label: str) -> None:
    """Only a quote of our own text is a tapback; every other text is read as a person's."""
    text, wanted = TAPBACKS[label]
    assert is_tapback(text, OURS) is wanted
