"""After a crisis message: the hotline text, then the record, then listen. Nothing outranks it."""

from __future__ import annotations

from typing import Any

from rasa.core.featurizers.tracker_featurizers import TrackerFeaturizer
from rasa.core.policies.policy import Policy, PolicyPrediction, confidence_scores_for
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActiveLoop, Event
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT_NAME_KEY

from bot.nlu.crisis_classifier import CRISIS

PRIORITY = 100
_NEXT = {
    ACTION_LISTEN_NAME: "utter_crisis",
    "utter_crisis": "action_escalate_crisis",
    "action_escalate_crisis": ACTION_LISTEN_NAME,
}


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True
)
class SafetyPolicy(Policy):
    """The hotline text is local to the chat server, so that it comes without the action server."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Highest priority of all policies."""
        return {"priority": PRIORITY}

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        featurizer: TrackerFeaturizer | None = None,
    ) -> None:
        super().__init__(config, model_storage, resource, execution_context, featurizer)

    def train(
        self, training_trackers: list[TrackerWithCachedStates], domain: Domain, **kwargs: Any
    ) -> Resource:
        """Nothing to learn; Rasa drops a policy that is not trainable."""
        return self._resource

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """Certain about the next step after a crisis message; silent about everything else."""
        action = self._next_action(tracker)
        if action is None:
            return self._prediction(self._default_predictions(domain))
        leave_loop: list[Event] | None = [ActiveLoop(None)] if tracker.active_loop_name else None
        return self._prediction(
            confidence_scores_for(action, 1.0, domain),
            is_no_user_prediction=action != _NEXT[ACTION_LISTEN_NAME] or bool(leave_loop),
            events=leave_loop,
        )

    @staticmethod
    def _next_action(tracker: DialogueStateTracker) -> str | None:
        latest = tracker.latest_message
        if latest is None or latest.intent.get(INTENT_NAME_KEY) != CRISIS:
            return None
        return _NEXT.get(tracker.latest_action_name or "")
