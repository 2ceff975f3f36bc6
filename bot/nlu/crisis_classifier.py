"""The second net: runs last, and overrules every other classifier when a message is a crisis."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.detection import has_mark, process_detector

CRISIS = "crisis"
CLEARED = "safety_cleared"
"""Message metadata: the person said a check-in was a misunderstanding of this very text."""
PASSED = "safety_passed"
"""Message metadata: the gate's mark of a text that it read with both halves and let through."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class CrisisClassifier(GraphComponent, IntentClassifier):
    """Asks `safety` about every message that does not bear the gate's mark: what came another way,
    was changed on the way, or was read by the rules alone. Confidence 1.0: nothing outranks it."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> CrisisClassifier:
        """Called by Rasa's graph."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent of crisis messages, and take it from messages that are none."""
        for message in messages:
            text = message.get(TEXT)
            if text:
                metadata = message.get("metadata") or {}
                harmless = metadata.get(CLEARED) or has_mark(text, metadata.get(PASSED))
                is_crisis = not harmless and process_detector().assess(text).is_crisis
                _rank(message, is_crisis=is_crisis)
        return messages


def _rank(message: Message, *, is_crisis: bool) -> None:
    """What counts as a crisis is decided by `safety` alone, not by likeness to training data."""
    ranking = [
        ranked for ranked in message.get(INTENT_RANKING_KEY, []) if ranked.get("name") != CRISIS
    ]
    if is_crisis:
        ranking.insert(0, {"name": CRISIS, "confidence": 1.0})
    if ranking:
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
