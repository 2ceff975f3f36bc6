"""Errors that end a command with a sentence instead of a stack trace."""

from __future__ import annotations

from kap.batch import LineWrong
from kap.evaluation.cases import CaseFileWrong
from kap.processes import StartFailed
from kap.terminal_chat import ServerAway
from kap.training import TrainingFailed
from knowledge.errors import KnowledgeError
from language.errors import LanguageError
from safety.errors import SafetyError
from visitors.errors import VisitorsError

MENDABLE = (
    CaseFileWrong,
    KnowledgeError,
    LanguageError,
    LineWrong,
    SafetyError,
    ServerAway,
    StartFailed,
    TrainingFailed,
    VisitorsError,
)
