"""Fixtures that several folders share. An installation is made once and then copied."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from clinic.database import Database, create_sqlite_file
from clinic.keys import make_keys, write_key_file
from clinic.settings import Settings, load_settings
from kap.metadata import ALL_METADATA
from tests.assistant import Assistant
from tests.sms_reference.calculator import Calculator, start_calculator

os.environ["RASA_TELEMETRY_ENABLED"] = "false"
for name in [name for name in os.environ if name.startswith("KAP_")]:
    del os.environ[name]


_LOG_SHOWN = 1_500


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    """What a test configures for its processes must not hide the next test's log lines."""
    level = logging.getLogger().level
    yield
    logging.getLogger().setLevel(level)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failure shows what the servers logged last."""
    report = yield
    if report.failed:
        for assistant in Assistant.running:
            report.sections.extend(
                (path.name, path.read_text(errors="replace")[-_LOG_SHOWN:])
                for path in sorted(assistant.log_folder.glob("*.log"))
            )
    return report


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an installation in a temporary folder, with fresh keys."""
    write_key_file(tmp_path)
    return load_settings({"KAP_HOME": str(tmp_path)})


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """An empty database with every table."""
    create_sqlite_file(settings.database_url)
    made = Database(settings.database_url)
    for metadata in ALL_METADATA:
        metadata.create_all(made.engine)
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def prepared_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `kap setup` makes: keys, database, knowledge, both models. Copy it before use."""
    from kap.installation import prepare

    home = tmp_path_factory.mktemp("prepared")
    os.environ["KAP_HOME"] = str(home)
    try:
        prepare(lambda line: None)
    finally:
        del os.environ["KAP_HOME"]
    return home


@pytest.fixture
def home(prepared_home: Path, tmp_path: Path) -> Path:
    """A prepared installation of the test's own."""
    return Path(shutil.copytree(prepared_home, tmp_path / "home"))


@pytest.fixture
def fresh_keys() -> dict[str, str]:
    """Random keys by setting name."""
    return make_keys()


@pytest.fixture(scope="session")
def sms_reference() -> Iterator[Calculator]:
    """How long a text message is according to Twilio."""
    calculator = start_calculator()
    yield calculator
    calculator.stop()
