from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.assistant import Assistant


@pytest.fixture
def assistant(home: Path, tmp_path: Path) -> Iterator[Assistant]:
    """An assistant that the test starts, breaks and need not stop."""
    logs = tmp_path / "logs"
    logs.mkdir()
    made = Assistant(home, logs)
    yield made
    made.stop()
