"""What actions utter: one `custom` payload with an outcome, a web form and an SMS form."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from knowledge.live import LiveAnswer

UNREVIEWED = "From published sources; not yet checked by this clinic's clinicians"


def answer_payload(answer: LiveAnswer, *, score: float) -> dict[str, Any]:
    """A live answer with its sources and with how far it was checked."""
    return {
        "outcome": "answered",
        "web": answer.web,
        "sms": answer.sms,
        "topic": answer.topic,
        "topics": [answer.topic],
        "revision": answer.revision_id,
        "score": round(score, 4),
        "sources": [
            {"title": source.title, "section": source.section, "address": source.address}
            for source in answer.sources
        ],
        "notice": _notice(answer),
    }


def _notice(answer: LiveAnswer) -> str:
    if answer.reviewer and answer.reviewed_on:
        return f"Reviewed by {answer.reviewer} on {answer.reviewed_on:%B %-d, %Y}"
    return UNREVIEWED


def clarify_payload(
    domain: dict[str, Any], answers: Sequence[LiveAnswer], *, score: float
) -> dict[str, Any]:
    """The titles of the near answers, to choose from."""
    payload = scripted_payload(domain, "utter_clarify", score=score)
    titles = [answer.title for answer in answers]
    payload["web"] += "\n\n" + "\n".join(f"- {title}" for title in titles)
    payload["sms"] += "".join(f" {number}) {title}" for number, title in enumerate(titles, 1))
    payload["topics"] = [answer.topic for answer in answers]
    payload["choices"] = [{"label": title, "text": title} for title in titles]
    return payload


def scripted_payload(domain: dict[str, Any], response: str, *, score: float) -> dict[str, Any]:
    """A text of domain.yml. KeyError when the domain lacks it."""
    payload = copy.deepcopy(domain["responses"][response][0]["custom"])
    return {**payload, "topics": [], "score": round(score, 4)}
