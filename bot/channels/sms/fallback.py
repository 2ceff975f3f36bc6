"""Texts that Twilio sends without us: to paste into its console, never sent by this program."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree

from twilio.twiml.messaging_response import MessagingResponse

from bot.channels.wording import Wording
from clinic.facts import ClinicFacts
from safety.hotlines import shared_regions
from safety.texts import LANGUAGES, shared_texts

FALLBACK_FILE = "docs/sms-fallback.xml"
WORDS = ("help", "stop", "start")


def fallback_twiml(clinic: ClinicFacts) -> str:
    """TwiML with the region's help lines, for a TwiML Bin that is there when we are not."""
    response = MessagingResponse()
    for language in LANGUAGES:
        response.message(_text(clinic, "fallback", language))
    root = response.xml()
    ElementTree.indent(root)
    content = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{content}\n'


def keyword_texts(clinic: ClinicFacts, language: str = "en") -> Mapping[str, str]:
    """`help`, `stop` and `start`, for Advanced Opt-Out."""
    return {word: _text(clinic, word, language) for word in WORDS}


def _text(clinic: ClinicFacts, name: str, language: str) -> str:
    wording = Wording(texts=shared_texts(), regions=shared_regions(), clinic=clinic)
    return wording.fixed(f"carrier.{name}", form="sms", language=language).text
