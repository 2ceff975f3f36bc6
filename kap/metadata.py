"""The tables of every package, for migrations."""

from __future__ import annotations

from bot.tables import metadata as bot_metadata
from knowledge.models import metadata as knowledge_metadata
from safety.models import metadata as safety_metadata
from visitors.models import metadata as visitors_metadata

ALL_METADATA = (knowledge_metadata, safety_metadata, bot_metadata, visitors_metadata)
