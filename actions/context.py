"""What actions work with: made once when the action server starts."""

from __future__ import annotations

from functools import cached_property

from clinic.database import Database
from clinic.settings import Settings
from knowledge.live_index import LiveIndex
from knowledge.questions import Seal
from knowledge.search import SearchIndex
from language.encoder import shared_encoder
from safety.escalations import EscalationLog
from safety.spool import Spool


class ActionContext:
    """The index over live answers, and where questions and escalations are recorded."""

    def __init__(
        self,
        *,
        settings: Settings,
        knowledge: Database,
        records: Database,
        keep: bool = True,
    ) -> None:
        self.settings = settings
        self.knowledge = knowledge
        self.records = records
        self.keep = keep
        """False for batch commands: unanswered questions are not recorded."""

    def index(self) -> SearchIndex:
        """The live answers as of at most a second ago; the last good ones without a database."""
        self._live.refresh_if_changed(self.knowledge.sessions)
        return self._live.current

    @cached_property
    def _live(self) -> LiveIndex:
        return LiveIndex(shared_encoder(), reviewed_only=not self.settings.serve_unreviewed)

    @cached_property
    def escalations(self) -> EscalationLog:
        """Records what the second net catches."""
        cipher = self.settings.cipher()
        return EscalationLog(self.records, cipher, Spool(self.settings.spool, cipher))

    @cached_property
    def seal(self) -> Seal:
        """How unanswered questions are kept."""
        return Seal(self.settings.cipher(), self.settings.text_keys[0].reveal().encode())


_context: ActionContext | None = None


def set_context(context: ActionContext) -> None:
    """Called once by whoever starts the actions."""
    global _context
    _context = context


def current() -> ActionContext:
    """The process's context; RuntimeError when nobody set one."""
    if _context is None:
        raise RuntimeError("actions were called before set_context: start them with kap serve")
    return _context
