from __future__ import annotations

from collections.abc import Iterator

import pytest

from clinic.settings import PROJECT_ROOT
from tests.sms.twilio_side import PUBLIC, StandIn


@pytest.fixture(scope="module")
def _stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    """Twilio's stand-in. Nothing listens at the webhook, so it has to fall back."""
    folder = tmp_path_factory.mktemp("stand-in")
    fallback = PROJECT_ROOT / "docs" / "sms-fallback.xml"
    made = StandIn(
        folder / "log", "--webhook", f"{PUBLIC}/sms/twilio", "--through", "http://127.0.0.1:1",
        "--fallback", str(fallback),
    )  # fmt: skip
    yield made
    made.stop()


@pytest.fixture
def twilio(_stand_in: StandIn) -> StandIn:
    """The stand-in with nothing sent, nobody blocked, nothing broken."""
    _stand_in.reset()
    return _stand_in
