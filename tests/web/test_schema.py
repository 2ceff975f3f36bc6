"""The server keeps to what `openapi.yml` says, whatever is sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import CHECKS

from bot.channels.web.description import description
from tests.assistant import Assistant

pytestmark = pytest.mark.slow

SCHEMA = schemathesis.openapi.from_dict(dict(description()))
# A stream has no end that a generated case could wait for.
FINITE = SCHEMA.exclude(path="/web/events")
HARD_TO_MEET = {"/web/callbacks"}
"""What makes a good phone number, or which token a button needs, no schema can tell."""


@pytest.fixture(scope="module")
def server(fresh_server: Callable[[], Assistant]) -> Assistant:
    """One of its own: what is generated uses up the allowance of a client."""
    return fresh_server()


@FINITE.parametrize()
@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_server_keeps_to_its_description(server: Assistant, case: Any) -> None:
    """No error of ours, no undescribed answer, nothing bad accepted, nothing good refused."""
    token = httpx.post(f"{server.http.base_url}/web/sessions").json()["session"]
    headers = {"Authorization": f"Bearer {token}"} if case.operation.definition.raw.get(
        "security", True
    ) else {}  # fmt: skip
    left_out = [CHECKS.get_one("positive_data_acceptance")] if case.path in HARD_TO_MEET else []
    case.call_and_validate(
        base_url=str(server.http.base_url), headers=headers, excluded_checks=left_out
    )
