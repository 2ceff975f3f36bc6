"""What actions utter: one `custom` payload with an outcome, a web form and an SMS form."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from knowledge.live import LiveAnswer
from knowledge.replies import Reply

UNREVIEWED = "From published sources; not yet checked by this clinic's clinicians"
Payload = dict[str, Any]


def answer_payload(answer: LiveAnswer, *, score: float) -> Payload:
    """A live answer with its sources and with how far it was checked."""
    return {
        "outcome": "answered",
        "web": answer.web,
        "sms": answer.sms,
        **_origin([answer]),
        "score": round(score, 4),
    }


def answers_payload(answers: Sequence[LiveAnswer], *, score: float) -> Payload:
    """Two answers to a message with two questions, both in their short form."""
    return {
        "outcome": "answered",
        "web": "\n\n".join(f"**{answer.title}**\n\n{answer.sms}" for answer in answers),
        "sms": "\n\n".join(answer.sms for answer in answers),
        **_origin(answers),
        "score": round(score, 4),
    }


def short_payload(answer: LiveAnswer, lead: Mapping[str, str], *, score: float) -> Payload:
    """The short form of an answer, with a sentence before it."""
    return {
        "outcome": "answered",
        "web": f"{lead['web']}\n\n{answer.sms}",
        "sms": f"{lead['sms']} {answer.sms}".strip(),
        **_origin([answer]),
        "score": round(score, 4),
    }


def reply_payload(
    reply: Reply, *, outcome: str, score: float, again: bool, along: LiveAnswer | None = None,
    fact: str = "",
) -> Payload:  # fmt: skip
    """A scripted reply, and the short form of the general answer that comes along, if any."""
    texts = {form: getattr(reply, form).replace("$fact", fact) for form in ("web", "sms")}
    if again and reply.again:
        texts = dict.fromkeys(texts, reply.again)
    if along is not None:
        texts["web"] += f"\n\nIn general: {along.sms}"
        texts["sms"] += f"\n\nIn general: {along.sms}"
    origin = _origin([along]) if along is not None else {"topics": []}
    return {"outcome": outcome, **texts, **origin, "reply": reply.id, "score": round(score, 4)}


def clarify_payload(
    domain: Mapping[str, Any], answers: Sequence[LiveAnswer], *, score: float
) -> Payload:
    """The titles of the near answers, to choose from."""
    return {
        **with_choices(scripted_payload(domain, "utter_clarify"), answers),
        "topics": [answer.topic for answer in answers],
        "score": round(score, 4),
    }


def with_choices(payload: Payload, answers: Iterable[LiveAnswer]) -> Payload:
    """The payload with the answers' titles to choose from: by number in a text message, on the web
    by what its reader draws from `choices`, so that they stand there once."""
    titles = [answer.title for answer in answers]
    return {
        **payload,
        "sms": payload["sms"] + "".join(f" {n}) {title}" for n, title in enumerate(titles, 1)),
        "choices": [{"label": title, "text": title} for title in titles],
    }


def scripted_payload(domain: Mapping[str, Any], response: str, *, turn: int = 0) -> Payload:
    """A text of domain.yml, its variations in turn. KeyError when the domain lacks it."""
    variations = domain["responses"][response]
    payload = copy.deepcopy(variations[turn % len(variations)]["custom"])
    return {**payload, "topics": [], "script": response}


def led_by(payload: Payload, lead: Mapping[str, str]) -> Payload:
    """The payload with a sentence before its text."""
    return {
        **payload,
        "web": f"{lead['web']}\n\n{payload['web']}",
        "sms": f"{lead['sms']} {payload['sms']}",
    }


def _origin(answers: Sequence[LiveAnswer]) -> Payload:
    """Topics, revision, sources and notice of what is said."""
    sources = {
        (source.title, source.section, source.address): {
            "title": source.title, "section": source.section, "address": source.address,
        }
        for answer in answers for source in answer.sources
    }  # fmt: skip
    return {
        "topic": answers[0].topic,
        "topics": [answer.topic for answer in answers],
        "revision": answers[0].revision_id,
        "revisions": [answer.revision_id for answer in answers],
        "sources": list(sources.values()),
        "notice": " / ".join(dict.fromkeys(_notice(answer) for answer in answers)),
        "reviewed_on": _reviewed_on(answers),
    }


def _reviewed_on(answers: Sequence[LiveAnswer]) -> str:
    """ISO date of the oldest review; empty when one of the answers had none."""
    dates = [answer.reviewed_on for answer in answers if answer.reviewer]
    known = [day for day in dates if day is not None]
    return min(known).isoformat() if len(known) == len(answers) else ""


def _notice(answer: LiveAnswer) -> str:
    if answer.reviewer and answer.reviewed_on:
        return f"Reviewed by {answer.reviewer} on {answer.reviewed_on:%B %-d, %Y}"
    return UNREVIEWED
