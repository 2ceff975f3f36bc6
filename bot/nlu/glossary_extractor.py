"""Marks the glossary's terms in a message, with spaCy's entity ruler."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import spacy
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.language import Language
from spacy.pipeline import EntityRuler

from clinic.yaml_files import read_yaml

_FILE = "glossary.jsonl"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class GlossaryExtractor(GraphComponent, EntityExtractorMixin):
    """Entities of type drug, brain, condition, effect ..., with the glossary's term as value."""

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource
    ) -> None:
        self._file = Path(config["glossary"])
        self._model_storage = model_storage
        self._resource = resource
        self._nlp: Language = spacy.blank("en")
        self._ruler: EntityRuler = self._nlp.add_pipe(
            "entity_ruler", config={"phrase_matcher_attr": "LOWER"}
        )

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Where the glossary stands, from the project's folder."""
        return {"glossary": "knowledge/glossary.yml"}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> GlossaryExtractor:
        """Called by Rasa's graph before training."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> GlossaryExtractor:
        """Called by Rasa's graph with the patterns that training stored."""
        extractor = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            extractor._ruler.from_disk(folder / _FILE)
        return extractor

    def train(self, training_data: TrainingData) -> Resource:
        """Store the glossary's surface forms in the model."""
        self._ruler.add_patterns(_patterns(self._file))
        with self._model_storage.write_to(self._resource) as folder:
            self._ruler.to_disk(folder / _FILE)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entities that stand in each text."""
        for message in messages:
            text = message.get(TEXT)
            if text:
                found = self.add_extractor_name(self._entities(text))
                message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Training examples stay as they are."""
        return training_data

    def _entities(self, text: str) -> list[dict[str, Any]]:
        return [
            {
                "entity": span.label_,
                "value": span.ent_id_,
                "start": span.start_char,
                "end": span.end_char,
            }
            for span in self._nlp(text).ents
        ]


def _patterns(file: Path) -> list[dict[str, Any]]:
    return [
        {"label": str(entry["type"]), "pattern": form.lower(), "id": str(entry["term"])}
        for entry in read_yaml(file)
        for form in {
            str(form)
            for form in (entry["term"], *entry.get("synonyms", []), *entry.get("misspellings", []))
        }
    ]
