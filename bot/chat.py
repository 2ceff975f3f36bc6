"""Puts the parts of the chat server together."""

from __future__ import annotations

from dataclasses import dataclass

from rasa.core.agent import Agent
from rasa.utils.endpoints import EndpointConfig

from bot.channels.dialogue import Dialogue
from bot.channels.gate import SafetyGate
from bot.channels.turn import Late, TurnTaker
from bot.channels.wording import Wording
from bot.detection import process_detector
from bot.lock_store import ConversationLocks
from bot.tracker_store import EncryptedTrackerStore
from clinic.database import Database
from clinic.settings import Settings
from safety.escalations import EscalationLog
from safety.hotlines import shared_regions
from safety.replies import shared_replies
from safety.spool import Spool
from safety.texts import shared_texts


@dataclass(frozen=True, kw_only=True)
class Chat:
    """Everything that one process needs to take turns."""

    gate: SafetyGate
    dialogue: Dialogue
    wording: Wording
    store: EncryptedTrackerStore
    log: EscalationLog

    def turns(self, *, form: str, late: Late | None = None) -> TurnTaker:
        """A turn taker for channels of one form, `web` or `sms`."""
        return TurnTaker(
            gate=self.gate, dialogue=self.dialogue, wording=self.wording, form=form, late=late
        )


def make_chat(settings: Settings, database: Database, action_endpoint: EndpointConfig) -> Chat:
    """Build the chat without a model; `dialogue.agent.load_model` brings one in later."""
    cipher = settings.cipher()
    store = EncryptedTrackerStore(database, cipher)
    agent = Agent(
        tracker_store=store, lock_store=ConversationLocks(), action_endpoint=action_endpoint
    )
    wording = Wording(texts=shared_texts(), regions=shared_regions(), clinic=settings.clinic)
    log = EscalationLog(database, cipher, Spool(settings.spool, cipher))
    gate = SafetyGate(
        detector=process_detector(), replies=shared_replies(), log=log, wording=wording
    )
    return Chat(gate=gate, dialogue=Dialogue(agent), wording=wording, store=store, log=log)
