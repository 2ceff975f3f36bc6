"""A run without a browser says so, and is no success where everything must run."""

from __future__ import annotations

import pytest

from tests.browser.conftest import missing


@pytest.mark.parametrize(
    ("ci", "outcome"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)]
)
def test_what_is_missing(
    ci: str, outcome: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Skipped on somebody's own machine, failed where `CI` is set."""
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="chromium"):
        missing("chromium is missing")
