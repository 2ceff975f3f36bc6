"""The server keeps to what `openapi.yml` says, whatever is sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from requests.adapters import HTTPAdapter
from schemathesis.checks import CHECKS

from bot.channels.web.description import description
from tests.assistant import Assistant, Visitor, read_events

pytestmark = pytest.mark.slow

SCHEMA = schemathesis.openapi.from_dict(dict(description()))
# A stream has no end that a generated case could wait for: its requests are made below.
FINITE = SCHEMA.exclude(path="/web/events")
EVENTS = SCHEMA["/web/events"]["GET"]
HARD_TO_MEET = {"/web/callbacks"}
"""What makes a good phone number, or which token a button needs, no schema can tell."""
few = settings(
    max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
many = settings(few, max_examples=40)
IN_HEADER = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=60).map(
    str.strip
)
PLACE = re.compile("[0-7][0-9a-f]{15}")


class _AnotherClient(HTTPAdapter):
    """What is generated uses up the allowance of an address that nobody else has."""

    def init_poolmanager(self, *args: Any, **settings: Any) -> None:
        super().init_poolmanager(*args, **settings, source_address=("127.0.0.3", 0))


@pytest.fixture(scope="module")
def another_client() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.mount("http://", _AnotherClient())
        yield session


@FINITE.parametrize()
@few
def test_server_keeps_to_its_description(
    server: Assistant, another_client: requests.Session, case: Any
) -> None:
    """No error of ours, no undescribed answer, nothing bad accepted, nothing good refused."""
    base = str(server.http.base_url)
    token = another_client.post(f"{base}/web/sessions").json()["session"]
    headers = {"Authorization": f"Bearer {token}"} if case.operation.definition.raw.get(
        "security", True
    ) else {}  # fmt: skip
    left_out = [CHECKS.get_one("positive_data_acceptance")] if case.path in HARD_TO_MEET else []
    case.call_and_validate(
        base_url=base, session=another_client, headers=headers, excluded_checks=left_out
    )


@pytest.fixture(scope="module")
def listener(server: Assistant) -> Visitor:
    """Somebody with a message to hear of."""
    visitor = server.visitor()
    visitor.say("hello")
    return visitor


@pytest.fixture(scope="module")
def first_event(listener: Visitor) -> Callable[..., tuple[str, dict[str, Any]]]:
    """Opens the stream with such settings, which must be good, and gives what comes first."""

    def opened(**settings: Any) -> tuple[str, dict[str, Any]]:
        with listener.events(**settings) as answer:
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/event-stream")
            assert answer.headers["cache-control"] == "no-store"
            return next(read_events(answer.iter_lines()))

    return opened


def _refused(answer: httpx.Response, status: int, error: str, field: str | None = None) -> None:
    EVENTS.validate_response(answer)
    body = answer.json()
    assert (answer.status_code, body["error"], body.get("field")) == (status, error, field)
    assert "988" in body["help"]
    assert answer.headers["cache-control"] == "no-store"


@many
@example("0000000000000000 ")
@example("8000000000000000")
@example("٠000000000000000")
@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_events_after_nonsense(server: Assistant, listener: Visitor, after: str) -> None:
    """A place that is none is refused by its name, never read as "all"."""
    if not PLACE.fullmatch(after):
        answer = server.http.get("/web/events", params={"after": after}, headers=listener.headers)
        _refused(answer, 400, "field", "after")


@many
@given(st.from_regex(PLACE, fullmatch=True))
def test_events_after_a_place(
    listener: Visitor, first_event: Callable[..., tuple[str, dict[str, Any]]], place: str
) -> None:
    """From any place, in the query or in the header: what is newer, and nothing older."""
    for given_in in ({"params": {"after": place}}, {"headers": {"Last-Event-ID": place}}):
        kind, data = first_event(**given_in)
        assert kind == "state" or data["id"] > place


@many
@given(IN_HEADER)
def test_last_event_id(
    server: Assistant,
    listener: Visitor,
    first_event: Callable[..., tuple[str, dict[str, Any]]],
    last: str,
) -> None:
    """The browser's own header is checked like `after`, and `after` goes before it."""
    headers = {**listener.headers, "Last-Event-ID": last}
    if last and not PLACE.fullmatch(last):
        _refused(server.http.get("/web/events", headers=headers), 400, "field", "after")
    newest = {"after": "7fffffffffffffff"}
    assert first_event(params=newest, headers={"Last-Event-ID": last})[0] == "state"


@many
@given(st.sampled_from(["", "Bearer ", "Token ", "Basic "]), IN_HEADER)
def test_events_for_forged_tokens(server: Assistant, scheme: str, token: str) -> None:
    """Nothing that is made up opens a stream, whatever place it asks for."""
    headers = {"Authorization": f"{scheme}{token}".strip()}
    answer = server.http.get("/web/events", params={"after": "x"}, headers=headers)
    _refused(answer, 401, "session")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE"])
def test_events_by_other_methods(server: Assistant, listener: Visitor, method: str) -> None:
    """Refused, with the method that there is, and with help."""
    answer = server.http.request(method, "/web/events", headers=listener.headers)
    assert (answer.status_code, answer.json()["error"]) == (405, "method")
    assert "GET" in answer.headers["allow"]
    assert "988" in answer.json()["help"]


@many
@given(IN_HEADER)
def test_events_whatever_is_accepted(
    first_event: Callable[..., tuple[str, dict[str, Any]]], accept: str
) -> None:
    """A stream is a stream, whatever the client says that it would like."""
    kind, data = first_event(headers={"Accept": accept})
    assert (kind, data["text"]) == ("message", "hello")
