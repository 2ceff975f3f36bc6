"""Brings a database to the newest schema with alembic; every package hands in its metadata."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData
from sqlalchemy.engine import Connection, Engine

_FOLDER = Path(__file__).parent / "migrations"


def upgrade(engine: Engine, metadata: Sequence[MetaData]) -> None:
    """Run every migration that the database has not seen yet, in one transaction."""
    with engine.begin() as connection:
        command.upgrade(_config(connection, metadata), "head")


def is_current(engine: Engine) -> bool:
    """True when the database has seen every migration."""
    with engine.connect() as connection:
        seen = MigrationContext.configure(connection).get_current_revision()
    return seen == ScriptDirectory(str(_FOLDER)).get_current_head()


def write_migration(engine: Engine, metadata: Sequence[MetaData], *, message: str) -> None:
    """Write a migration file for what the models have and the database lacks."""
    number = len(list((_FOLDER / "versions").glob("*.py"))) + 1
    with engine.connect() as connection:
        command.revision(
            _config(connection, metadata),
            message=message,
            autogenerate=True,
            rev_id=f"{number:04}",
        )


def differences(engine: Engine, metadata: Sequence[MetaData]) -> list[object]:
    """What the models and the migrated database disagree about; empty when nothing."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, list(metadata)))


def _config(connection: Connection, metadata: Sequence[MetaData]) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["metadata"] = list(metadata)
    return config
