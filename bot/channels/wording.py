"""Turns text ids and payloads into what one channel shows in one region."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from string import Template

from bot.channels.messages import Choice, OutboundMessage
from clinic.facts import ClinicFacts
from clinic.retention import Retention
from safety.assessment import Category
from safety.hotlines import Region
from safety.texts import LANGUAGES, TextBook, other_languages

_CHOICES = {
    "en": {"yes": "Yes", "no": "No", "back": "Back to my question"},
    "es": {"yes": "Sí", "no": "No", "back": "Volver a mi pregunta"},
}
_SPANS = {
    "en": {"day": ("day", "days"), "year": ("year", "years")},
    "es": {"day": ("día", "días"), "year": ("año", "años")},
}


@dataclass(frozen=True, kw_only=True)
class Wording:
    """The scripted texts with this clinic's facts and this region's hotlines filled in."""

    texts: TextBook
    regions: Mapping[str, Region]
    clinic: ClinicFacts
    region_code: str = ""
    """Where the person is; empty for the clinic's region."""

    @property
    def region(self) -> Region:
        """The region whose lines are shown."""
        return self.regions[self.region_code or self.clinic.region]

    def in_region(self, code: str) -> Wording:
        """The same with another region's lines; unknown codes and "" leave it as it is."""
        return replace(self, region_code=code) if code in self.regions else self

    def values(self, category: Category, language: str, *, form: str) -> dict[str, str]:
        """Every placeholder's value."""
        return {
            **self.clinic.placeholders(),
            **kept_placeholders(self.clinic.retention, language),
            **self.region.placeholders(category, language, form=form),
        }

    def safety_messages(
        self,
        text_ids: Iterable[str],
        *,
        category: Category,
        language: str,
        form: str,
        choices: Iterable[str] = (),
    ) -> tuple[OutboundMessage, ...]:
        """One message for each text; the choices go with the last one."""
        values = self.values(category, language, form=form)
        messages = [
            OutboundMessage(
                outcome="crisis",
                text=self.texts.get(text_id, language).filled(values, form=form),
                language=_spoken(language),
                text_id=text_id,
            )
            for text_id in text_ids
        ]
        labels = _CHOICES.get(language, _CHOICES["en"])
        picks = tuple(Choice(label=labels[key], text=labels[key]) for key in choices)
        if messages and picks:
            messages[-1] = replace(messages[-1], choices=picks)
        return tuple(messages)

    def fixed(
        self,
        text_id: str,
        *,
        form: str,
        language: str = "en",
        category: Category = Category.NONE,
    ) -> OutboundMessage:
        """A fixed reply such as the apology; always carries the help line in its own words."""
        values = self.values(category, language, form=form)
        text = self.texts.get(text_id, language).filled(values, form=form)
        return OutboundMessage(
            outcome="other", text=text, text_id=text_id, language=_spoken(language)
        )

    def other_language(self, language: str, *, form: str) -> OutboundMessage:
        """What a person reads who writes in a language that we do not answer in."""
        reply = self.fixed("other_language", form=form, language=language)
        sentence = other_languages().get(language)
        return replace(reply, text=f"{sentence}\n\n{reply.text}") if sentence else reply

    def filled(self, message: OutboundMessage, *, form: str) -> OutboundMessage:
        """An action's message with `$clinic_phone` and the like filled in."""
        values = self.values(Category.NONE, "en", form=form)
        return replace(message, text=Template(message.text).safe_substitute(values))

    def with_help_line(self, message: OutboundMessage, *, form: str) -> OutboundMessage:
        """The message with the help line after it, unless it names the line already."""
        values = self.values(Category.NONE, "en", form=form)
        line = self.texts.get("help.line", "en").filled(values, form=form)
        if values["crisis_reach"].lower() in message.text.lower():
            return message
        return replace(message, text=f"{message.text}\n\n{line}")


def kept_placeholders(kept: Retention, language: str) -> dict[str, str]:
    """How long each kind of record is kept: "30 days" for `$kept_chat`, "6 years", "1 año"."""
    return {
        "kept_chat": _span(kept.conversations, language),
        "kept_record": _span(kept.escalations, language),
        "kept_callback": _span(kept.callbacks, language),
        "kept_check_in": _span(kept.check_ins, language),
    }


def _span(age: timedelta, language: str) -> str:
    """Whole years of 365 days as years, everything else as days."""
    whole = age.days % 365 == 0
    number = age.days // 365 if whole else age.days
    one, more = _SPANS[_spoken(language)]["year" if whole else "day"]
    return f"{number} {one if number == 1 else more}"


def _spoken(language: str) -> str:
    """The language in which a text comes: English stands in for those that we do not speak."""
    return language if language in LANGUAGES else "en"
