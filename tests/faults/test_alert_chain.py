"""From a message to a person's pager, through real processes, whatever breaks on the way."""

from __future__ import annotations

import json
import re
import resource
import shutil
import socket
import sqlite3
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from clinic.database import Database
from clinic.settings import PROJECT_ROOT, load_settings
from kap.worker import Worker
from safety.chores import PROBE, read_chore
from tests.assistant import Assistant, text_of, wait_until
from tests.safety.alerting import Clock, Target

pytestmark = pytest.mark.slow

CRISIS = "i want to kill myself tonight, i have the pills"
CRISIS_LIMIT = 2.0


def with_on_call(assistant: Assistant, target: Target, folder: Path) -> Assistant:
    """The assistant, not yet started, with an on-call person whose web hook is the target."""
    clinic = (PROJECT_ROOT / "clinic.yml").read_text()
    path = folder / "clinic.yml"
    path.write_text(
        clinic.replace("on_call: []", f"on_call: [{{name: Ann, target: '{target.address}'}}]")
    )
    assistant.extra = {"KAP_CLINIC_FILE": str(path)}
    return assistant


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    made = Target()
    yield made
    made.close()


@pytest.fixture(scope="module")
def chain(
    prepared_home: Path, target: Target, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Assistant]:
    """A chat server and a worker for all tests that leave the chat server alone."""
    folder = tmp_path_factory.mktemp("chain")
    (folder / "logs").mkdir()
    made = Assistant(Path(shutil.copytree(prepared_home, folder / "home")), folder / "logs")
    yield with_on_call(made, target, folder).start(actions=False)
    made.stop()


@pytest.fixture
def alerted(chain: Assistant, target: Target) -> Iterator[Assistant]:
    """The chain with a worker; nothing of an earlier test is still to be sent."""
    target.taken.clear()
    chain.start_worker()
    yield chain
    chain.kill("worker")
    with sqlite3.connect(chain.database_file) as connection:
        connection.execute("UPDATE alerts SET state = 'closed'")


def _pages(target: Target) -> list[str]:
    return [str(body["message"]) for body in target.taken]


def test_from_message_to_confirmation(alerted: Assistant, target: Target) -> None:
    """The page comes, its link shows the card, the button confirms once, the person hears of it."""
    visitor = alerted.visitor()
    assert "staff" not in text_of(visitor.say(CRISIS, limit=CRISIS_LIMIT)).lower()
    wait_until(lambda: len(target.taken) == 1, limit=20)
    assert "pills" not in json.dumps(target.taken)
    link = re.search(r"http\S+/alerts/\S+", _pages(target)[0])
    assert link is not None
    looked = httpx.get(link[0])
    assert "I have it" in looked.text
    assert "No contact is held" in looked.text
    assert "pills" not in looked.text
    assert "A staff member has seen this" not in text_of(visitor.say("ok"))
    assert "Confirmed by Ann" in httpx.post(link[0]).text
    again = httpx.post(link[0])
    assert "Confirmed by Ann" in again.text
    assert "I have it" not in again.text
    assert "A staff member has seen this" in text_of(visitor.say("i don't know"))
    assert "A staff member has seen this" not in text_of(visitor.say("please"))
    confirmed = alerted.rows("SELECT count(*) FROM safety_events WHERE kind = 'acknowledged'")
    assert confirmed == [(1,)]
    assert httpx.get(link[0][:-3] + "xyz").status_code == 404


def test_nobody_named_is_said_plainly(chat_server: Assistant) -> None:
    """Without on-call people nobody is promised anything."""
    visitor = chat_server.visitor()
    visitor.say(CRISIS)
    later = text_of(visitor.say("is anybody there"))
    assert "Nobody at the clinic is reading this now" in later


def test_worker_killed_between_write_and_send(alerted: Assistant, target: Target) -> None:
    """The record waits in the database; whoever works next sends it, once."""
    alerted.kill("worker")
    alerted.visitor().say(CRISIS, limit=CRISIS_LIMIT)
    assert target.taken == []
    alerted.start_worker()
    wait_until(lambda: len(target.taken) == 1, limit=20)


def test_database_locked_while_it_happened(alerted: Assistant, target: Target) -> None:
    """The record comes out of the spool file, and its alert with it, once."""
    before = len(alerted.escalations())
    connection = sqlite3.connect(alerted.database_file, isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    assert "911" in text_of(alerted.visitor().say(CRISIS, limit=CRISIS_LIMIT))
    connection.execute("ROLLBACK")
    connection.close()
    wait_until(lambda: len(target.taken) == 1, limit=20)
    assert len(alerted.escalations()) == before + 1


def test_target_away_then_back(alerted: Assistant, target: Target) -> None:
    """A refused page is tried again until it is taken."""
    target.up = False
    alerted.visitor().say(CRISIS, limit=CRISIS_LIMIT)
    failed = "SELECT count(*) FROM safety_events WHERE kind = 'page_failed'"
    wait_until(lambda: alerted.rows(failed) != [(0,)], limit=20)
    target.up = True
    wait_until(lambda: len(target.taken) == 1, limit=40)


def test_a_person_who_is_gone_before_the_reply(alerted: Assistant) -> None:
    """A crisis reply that could not be handed over is itself an alert."""
    visitor = alerted.visitor()
    before = len(alerted.escalations())
    body = json.dumps({"text": CRISIS}).encode()
    with socket.create_connection(("127.0.0.1", alerted.chat_port)) as line:
        head = (
            "POST /web/messages HTTP/1.1\r\nHost: x\r\n"
            f"Authorization: Bearer {visitor.session}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        line.sendall(head.encode() + body)
    lost = "SELECT count(*) FROM alerts WHERE kind = 'undelivered'"
    wait_until(lambda: alerted.rows(lost) == [(1,)], limit=10)
    assert len(alerted.escalations()) == before + 1


def test_disk_full(assistant: Assistant) -> None:
    """With no byte left to write, the person still gets the numbers at once."""
    command = f"exec > >(cat) 2>&1; exec {sys.executable} -m bot"
    assistant.start_process("bot", ["bash", "-c", command])
    wait_until(lambda: _up(assistant))
    resource.prlimit(assistant.process_id("bot"), resource.RLIMIT_FSIZE, (0, 0))
    assert "911" in text_of(assistant.visitor().say(CRISIS, limit=CRISIS_LIMIT))
    wait_until(lambda: "record not written" in assistant.logs(), limit=5)


def _up(assistant: Assistant) -> bool:
    try:
        return assistant.http.get("/health").status_code == 200
    except httpx.HTTPError:
        return False


def _probed(database: Database) -> bool:
    with database.session() as session:
        found = read_chore(session, PROBE)
    assert found is not None
    return found.well


def test_probe_proves_the_chain_and_pages_when_it_breaks(
    assistant: Assistant, target: Target, tmp_path: Path
) -> None:
    """While all is well nobody hears of it; broken twice in a row, somebody does, once."""
    target.taken.clear()
    for model in (assistant.home / "models").glob("kap-*"):
        model.unlink()  # the crisis path needs none, and starts sooner
    with_on_call(assistant, target, tmp_path).start(actions=False, wait_for_model=False)
    settings = load_settings(assistant.environment())
    database, clock = Database(settings.database_url), Clock(datetime.now(UTC))
    worker = Worker(settings, database, clock=clock)
    worker.step()
    clock.pass_(minutes=2)  # a busy machine may miss the two seconds once
    worker.step()
    assert _probed(database)
    assert target.taken == []
    assistant.kill("bot")
    clock.pass_(minutes=61)
    worker.step()
    assert not _probed(database)
    assert target.taken == [], "one failure may be a restart"
    clock.pass_(minutes=2)
    worker.step()
    worker.step()
    assert len(target.taken) == 1
    assert "chain is broken" in str(target.taken[0])
    database.dispose()


def test_safety_page(chat_server: Assistant) -> None:
    """Public, made from the protocol's data, without a script or anything from elsewhere."""
    response = chat_server.http.get("/safety")
    assert response.status_code == 200
    for part in ("988", "911", "Are you thinking about suicide?", "never promise secrecy"):
        assert part in response.text
    assert "<script" not in response.text
    assert "default-src 'none'" in response.headers["content-security-policy"]
