"""The synthetic probe: a made-up crisis message that must come out as reply, record and alert."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

import httpx
from sqlalchemy import select

from bot.channels.sessions import Sessions
from clinic.database import Database
from clinic.settings import Settings
from safety.alert import PROBE_PREFIX
from safety.hotlines import shared_regions
from safety.models import alerts, escalations

logger = logging.getLogger(__name__)

MESSAGE = "I want to kill myself"
REPLY_LIMIT = 2.0
"""Seconds within which the hotline must be shown."""
RECORD_LIMIT = 20.0


class ProbeFailed(Exception):
    """One part of the chain did not do its work; the argument names the part."""


def probe(settings: Settings, database: Database, deliver: Callable[[], object]) -> None:
    """Send the message to the running chat server and follow it; ProbeFailed names what broke.

    `deliver` lets the worker take the alert, which reaches nobody.
    """
    conversation = _say(settings)
    limit = time.monotonic() + RECORD_LIMIT
    while time.monotonic() < limit:
        deliver()
        state = _alert_state(database, conversation)
        if state == "closed":
            return
        time.sleep(0.2)
    raise ProbeFailed("the record or its alert did not come")


def _say(settings: Settings) -> str:
    sessions = Sessions(settings.signing_key)
    token = sessions.issue(prefix=PROBE_PREFIX)
    try:
        response = httpx.post(
            f"{settings.chat_url}/web/messages",
            json={"text": MESSAGE},
            headers={"Authorization": f"Bearer {token}"},
            timeout=REPLY_LIMIT,
        )
        replies = response.json()["replies"]
    except (httpx.HTTPError, ValueError, KeyError):
        raise ProbeFailed("the chat server did not reply") from None
    line = shared_regions()[settings.clinic.region].crisis.reach["en"]
    if not any(line.lower() in str(reply.get("text", "")).lower() for reply in replies):
        raise ProbeFailed("the reply did not show the crisis line")
    return sessions.conversation_id(token)


def _alert_state(database: Database, conversation_id: str) -> str | None:
    with database.session() as session:
        return session.execute(
            select(alerts.c.state)
            .join(escalations, escalations.c.id == alerts.c.id)
            .where(alerts.c.conversation_id == conversation_id)
        ).scalar_one_or_none()
