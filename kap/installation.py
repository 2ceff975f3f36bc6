"""Prepares an installation: keys, database, knowledge, models. Does nothing that is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from clinic.database import Database, create_sqlite_file
from clinic.keys import write_key_file
from clinic.schema import is_current, upgrade
from clinic.settings import Settings, home_folder, load_settings
from kap.metadata import ALL_METADATA
from kap.training import (
    model_file,
    semantic_model_fits,
    train_dialogue,
    train_semantic_model,
)
from knowledge.editing import load_stock
from knowledge.live import live_version
from knowledge.live_index import LiveIndex
from language.encoder import shared_encoder

Report = Callable[[str], None]
CONTENT_FOLDER = Path("knowledge") / "content"


@dataclass(frozen=True)
class Step:
    """One part of the preparation: `done` looks, `run` does it."""

    name: str
    done: Callable[[], bool]
    run: Callable[[], object]


def prepare(report: Report, *, environment: str = "development") -> Settings:
    """Do what is missing, in order, and return the settings; errors say what to mend."""
    if environment != "production" and write_key_file(home_folder()):
        report("made keys for this installation (mode 0600)")
    settings = load_settings()
    create_sqlite_file(settings.database_url)
    with opened(settings) as database:
        for step in steps(settings, database):
            if not step.done():
                report(f"{step.name} ...")
                step.run()
    return settings


def steps(settings: Settings, database: Database) -> list[Step]:
    """Every part after the keys, in the order in which one needs the other."""
    return [
        Step(
            "creating the database",
            lambda: is_current(database.engine),
            lambda: upgrade(database.engine, ALL_METADATA),
        ),
        Step(
            "loading the first knowledge",
            lambda: not _knowledge_missing(database),
            lambda: _load_knowledge(settings, database),
        ),
        Step(
            "training crisis detection from the written examples",
            semantic_model_fits,
            train_semantic_model,
        ),
        Step(
            "training the dialogue model",
            lambda: model_file(settings).exists(),
            lambda: train_dialogue(settings),
        ),
    ]


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The installation's database, closed afterwards."""
    database = Database(settings.database_url)
    try:
        yield database
    finally:
        database.dispose()


@contextmanager
def opened_session() -> Iterator[tuple[Settings, Session]]:
    """The installation's settings and a session on its database, which commits at the end."""
    settings = load_settings()
    with opened(settings) as database, database.session() as session:
        yield settings, session


def _knowledge_missing(database: Database) -> bool:
    with database.session() as session:
        return live_version(session) == 0


def _load_knowledge(settings: Settings, database: Database) -> None:
    with database.session() as session:
        load_stock(session, settings.root / CONTENT_FOLDER, actor="setup")
    # Stores the answers' sentence vectors, so that no start has to make them.
    LiveIndex(shared_encoder()).refresh_if_changed(database.sessions)
