"""What the stand-in says: the real notice, and one reply of each kind that the contract knows."""

from __future__ import annotations

from typing import Any

from bot.channels.web.notice import notice_of
from bot.channels.wording import Wording
from clinic.facts import read_facts
from clinic.settings import PROJECT_ROOT
from safety.hotlines import shared_regions
from safety.texts import shared_texts

NOW = "2026-11-21T12:00:00+00:00"
LIMITS = {"text": 4000, "reason": 500, "name": 100, "contact": 200, "best_time": 200, "note": 500}
HELP_LINE = "Crisis help: **call or text 988**. In danger: **911**."
REGIONS = {
    "US": "United States",
    "CA": "Canada",
    "GB": "United Kingdom",
    "IE": "Ireland",
    "AU": "Australia",
    "NZ": "New Zealand",
    "EU": "European Union",
    "ZZ": "Somewhere else",
}
US = {
    "emergency": {"label": "911", "href": "tel:911"},
    "lines": [
        {
            "name": "988 Suicide & Crisis Lifeline",
            "reach": "call or text 988",
            "call": "tel:988",
            "text": "sms:988",
            "chat": "https://988lifeline.org/chat",
        },
        {
            "name": "Veterans Crisis Line",
            "reach": "call 988 and press 1, or text 838255",
            "call": "tel:988",
            "text": "sms:838255",
            "chat": "https://www.veteranscrisisline.net/chat",
        },
    ],
}
GB = {
    "emergency": {"label": "999", "href": "tel:999"},
    "lines": [
        {
            "name": "Samaritans",
            "reach": "call Samaritans at 116 123 or text SHOUT to 85258",
            "call": "tel:116123",
            "text": "sms:85258?body=SHOUT",
            "chat": "",
        }
    ],
}
ELSEWHERE = {
    "emergency": {"label": "your local emergency number", "href": ""},
    "lines": [
        {
            "name": "Find A Helpline",
            "reach": "find a helpline near you at findahelpline.com",
            "call": "",
            "text": "",
            "chat": "https://findahelpline.com",
        }
    ],
}
SUGGESTIONS = [
    "How does ketamine work?",
    "What happens in a session?",
    "What are the side effects?",
    "What does it cost?",
]
CHOICES = [
    {"label": "What happens in a session", "payload": "signed-1"},
    {"label": "How long a session is", "payload": "signed-2"},
]
ANSWER = {
    "from": "assistant",
    "outcome": "answered",
    "text": (
        "Ketamine acts on **glutamate**, a messenger in the brain. Researchers think that this "
        "helps some nerve cells form new links.\n\nIn studies:\n- Some people felt better within "
        "hours.\n- Others needed several sessions, and some did not improve.\n\nKetamine is not "
        "FDA-approved for depression. Read more at [the clinic](https://clinic.example/ketamine)."
    ),
    "notice": "Written from the sources below. Not yet reviewed by a clinician.",
    "reviewed_on": "2026-11-01",
    "sources": [
        {
            "title": "Synaptic plasticity and depression",
            "section": "Section 2",
            "address": "https://example.org/plasticity",
        },
        {"title": "FDA statement on compounded ketamine", "address": "https://example.org/fda"},
    ],
    "choices": [],
    "feedback": True,
}
CLARIFY = {
    "from": "assistant",
    "outcome": "clarify",
    "text": "I want to be sure I understand. Did you mean one of these?",
    "sources": [],
    "choices": CHOICES,
    "feedback": False,
}
ABSTAINED = {
    "from": "assistant",
    "outcome": "abstained",
    "text": (
        "I don't have a reviewed answer to that, and I'd rather say so than guess. "
        "The clinic can help: [555-010-0100](tel:5550100100)."
    ),
    "sources": [],
    "choices": [],
    "feedback": True,
}
CRISIS = {
    "from": "assistant",
    "outcome": "crisis",
    "text": (
        "I'm glad you told me. I'm an automated assistant, not a person. If you are in danger now, "
        "call **911**. You can **call or text 988** at any hour."
    ),
    "sources": [],
    "choices": [],
    "feedback": False,
}
QUESTION = {
    **CRISIS,
    "text": "Can you call or text them now?",
    "choices": [
        {"label": "Yes, I will", "payload": "signed-yes"},
        {"label": "No, I can't", "payload": "signed-no"},
    ],
}
DEMO_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Cedar Hollow</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<main><h1>Cedar Hollow Clinic</h1><p>We offer ketamine-assisted psychotherapy.</p>
<p><a href="#visit">Plan a visit</a> <button>Menu</button></p></main>
<kap-guide><p>Need help now? <a href="tel:911">Call 911</a> <a href="tel:988">Call 988</a>
<a href="sms:988">Text 988</a></p></kap-guide>
<script src="/widget.js" async></script></html>"""


def help_of(region: str) -> dict[str, Any]:
    return {"US": US, "GB": GB}.get(region, ELSEWHERE)


def label_of(payload: str) -> str:
    known = [*CHOICES, *QUESTION["choices"]]
    return next((each["label"] for each in known if each["payload"] == payload), "Something else")


def replies_to(text: str, *, safety_mode: bool) -> list[dict[str, Any]]:
    said = text.lower()
    if "kill myself" in said or safety_mode:
        return [CRISIS, QUESTION]
    if said == "sessions":
        return [CLARIFY]
    if "zebra" in said:
        return [ABSTAINED]
    return [ANSWER]


def config(base_url: str, language: str = "en", region: str = "US") -> dict[str, Any]:
    clinic = read_facts(PROJECT_ROOT / "clinic.yml")
    wording = Wording(texts=shared_texts(), regions=shared_regions(), clinic=clinic)
    return {
        "clinic": {
            "name": "Cedar Hollow Clinic",
            "phone": "555-010-0100",
            "phone_href": "tel:5550100100",
            "hours": "Monday to Friday, 9 am to 5 pm",
            "website": "https://clinic.example",
        },
        "language": language,
        "languages": [{"code": "en", "name": "English"}, {"code": "es", "name": "Español"}],
        "region": region,
        "regions": [{"code": code, "name": name} for code, name in REGIONS.items()],
        "help": help_of(region),
        "notice": notice_of(wording, language),
        "suggestions": SUGGESTIONS,
        "links": {"safety": f"{base_url}/safety", "privacy": f"{base_url}/privacy"},
        "limits": LIMITS,
    }
