"""Records what the second net caught; does nothing when the gate recorded it already."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.exc import SQLAlchemyError

from actions.context import current
from safety.assessment import Assessment, Category, Tier
from safety.escalations import Escalation

logger = logging.getLogger(__name__)


class ActionEscalateCrisis(Action):
    """Idempotent: the record's id is made from conversation and message."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_escalate_crisis"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Write the record; the hotline text was uttered before, by the chat server."""
        escalation = escalation_of(tracker)
        try:
            new = await asyncio.to_thread(current().escalations.record_now, escalation)
            if new:
                logger.warning("the second net recorded a message that the gate had let through")
        except SQLAlchemyError as error:
            logger.error("the second net could not record (%s)", type(error).__name__)
        return []


def escalation_of(tracker: Tracker) -> Escalation:
    """The escalation for the latest message of a conversation."""
    message = tracker.latest_message or {}
    return Escalation(
        conversation_id=tracker.sender_id,
        message_id=str(message.get("message_id")),
        channel=str(tracker.get_latest_input_channel() or "unknown"),
        assessment=Assessment(tier=Tier.CHECK_IN, category=Category.SUICIDE, rules=("second-net",)),
        transcript=str(message.get("text") or ""),
        created_at=datetime.now(UTC),
    )
