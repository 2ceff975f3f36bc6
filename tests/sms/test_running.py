"""Texts through the real processes: Twilio's stand-in signs, the assistant answers."""

from __future__ import annotations

import shutil
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from clinic.settings import PROJECT_ROOT, load_settings
from kap.cli import app
from kap.sms_doctor import round_trip
from tests.assistant import Assistant, free_port, wait_until
from tests.sms.twilio_side import ACCOUNT, FIELDS, OURS, PUBLIC, TOKEN, StandIn, signature

pytestmark = pytest.mark.slow

CRISIS = "I want to kill myself"
QUESTION = "How does ketamine work?"
SMS = f"""
sms:
  provider: twilio
  number: "{OURS}"
  baa_confirmed: 2026-01-02
"""


class Clinic:
    """The assistant with SMS on, and Twilio's stand-in beside it."""

    def __init__(self, home: Path, folder: Path, *, bot: list[str] | None = None) -> None:
        (folder / "logs").mkdir()
        facts = (PROJECT_ROOT / "clinic.yml").read_text().replace(
            "public_url:", f"public_url: {PUBLIC}"
        )  # fmt: skip
        before, _, after = facts.partition("\nsms:")
        rest = after[after.index("\n\n") :] if "\n\n" in after else ""
        (folder / "clinic.yml").write_text(before + SMS + rest)
        self.assistant = Assistant(home, folder / "logs")
        api = free_port()
        self.assistant.extra = {
            "KAP_CLINIC_FILE": str(folder / "clinic.yml"),
            "KAP_TWILIO_ACCOUNT": ACCOUNT,
            "KAP_TWILIO_TOKEN": TOKEN,
            "KAP_TWILIO_API": f"http://127.0.0.1:{api}",
        }
        self.twilio = StandIn(
            folder / "logs" / "stand-in.log", "--webhook", f"{PUBLIC}/sms/twilio",
            "--through", f"http://127.0.0.1:{self.assistant.chat_port}",
            "--fallback", str(PROJECT_ROOT / "docs" / "sms-fallback.xml"), port=api,
        )  # fmt: skip
        if bot is None:
            self.assistant.start()
        else:
            self.assistant.start_process("actions", [sys.executable, "-m", "actions"])
            self.assistant.start_process("bot", bot)
            self.assistant.wait_for_actions()

    def text(self, number: str, body: str, **more: object) -> dict[str, Any]:
        return self.twilio.text(body, **{"from": number, **more})

    def alerts(self) -> set[str]:
        return {row[0] for row in self.assistant.rows("SELECT kind FROM alerts")}


@pytest.fixture(scope="module")
def clinic(prepared_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    folder = tmp_path_factory.mktemp("sms")
    made = Clinic(Path(shutil.copytree(prepared_home, folder / "home")), folder)
    yield made
    made.assistant.stop()
    made.twilio.stop()


def _number(place: int) -> str:
    return f"+1303555{place:04}"


def _said(outcome: dict[str, Any]) -> str:
    assert not outcome["error"], outcome
    return "\n".join(outcome["texts"])


def test_a_question_and_its_choices(clinic: Clinic) -> None:
    """An answer with the notice of a first text; MORE; a choice by number, after a restart too."""
    first = clinic.text(_number(1), QUESTION)
    assert "NMDA" in _said(first)
    assert "not private" in _said(first)
    assert len(first["texts"]) <= 3
    assert "glutamate" in _said(clinic.text(_number(1), "MORE")).lower()
    pages = [_said(clinic.text(_number(1), "more")) for _ in range(3)]
    assert len({_said(first), *pages}) == 4, "every page is another one"
    assert "That was the whole answer" in "".join(pages)
    assert " 1) " in _said(clinic.text(_number(7), "sessions"))
    clinic.assistant.kill("bot")
    clinic.assistant.start(actions=False)
    answered = _said(clinic.text(_number(7), "1"))
    assert " 1) " not in answered
    assert "Not yet checked" in answered


def test_a_forged_text_is_refused(clinic: Clinic) -> None:
    """Without Twilio's signature for our own address nobody is heard and nothing is told."""
    for signed in ("", signature(FIELDS, "https://elsewhere.example/sms/twilio")):
        response = httpx.post(
            f"http://127.0.0.1:{clinic.assistant.chat_port}/sms/twilio",
            data=FIELDS, headers={"X-Twilio-Signature": signed},
        )  # fmt: skip
        assert response.status_code == 403
        assert "Response" not in response.text


def test_a_text_delivered_often_is_answered_once(clinic: Clinic) -> None:
    """At once, later, and after a restart: the same reply, one record."""
    sid = "SM" + "ab" * 16
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(lambda _: clinic.text(_number(2), CRISIS, sid=sid), range(4)))
    clinic.assistant.kill("bot")
    clinic.assistant.start(actions=False)
    outcomes.append(clinic.text(_number(2), CRISIS, sid=sid))
    assert len({_said(outcome) for outcome in outcomes}) == 1
    assert "988" in _said(outcomes[0])
    query = f"SELECT COUNT(*) FROM escalations WHERE message_id = '{sid}'"
    assert clinic.assistant.rows(query) == [(1,)]


def test_texts_that_overtake_each_other(clinic: Clinic) -> None:
    """Sent in one order and delivered in another, some late and twice: each has one answer."""
    number = _number(9)
    sids = {body: f"SM{place:032x}" for place, body in enumerate((QUESTION, "MORE", CRISIS, "1"))}

    def deliver(body: str) -> tuple[str, str]:
        return body, _said(clinic.text(number, body, sid=sids[body]))

    with ThreadPoolExecutor(4) as pool:
        first = dict(pool.map(deliver, reversed(sids)))
    assert "988" in first[CRISIS]
    assert all(first.values()), "silence"
    assert dict(map(deliver, ("MORE", QUESTION, "1", CRISIS))) == first
    query = "SELECT COUNT(*) FROM escalations WHERE message_id = "
    assert clinic.assistant.rows(f"{query}'{sids[CRISIS]}'") == [(1,)]


def test_a_process_that_dies_in_a_turn(clinic: Clinic) -> None:
    """Twilio sends the fallback with the help lines; after the restart the answer follows, once."""
    number = _number(3)
    clinic.twilio.reset()
    clinic.assistant.kill("actions", signal.SIGSTOP)
    with ThreadPoolExecutor(1) as pool:
        lost = pool.submit(clinic.text, number, QUESTION)
        query = "SELECT COUNT(*) FROM sms_texts WHERE answered = 0"
        wait_until(lambda: clinic.assistant.rows(query) == [(1,)], limit=10)
        clinic.assistant.kill("bot")
        outcome = lost.result()
    assert outcome["from_fallback"]
    assert "988" in "\n".join(outcome["texts"])
    clinic.assistant.kill("actions", signal.SIGCONT)
    clinic.assistant.start(actions=False)

    def sent() -> list[str]:
        return [
            each["body"]
            for each in clinic.twilio.get("messages")
            if each["to"] == number and each["direction"] == "outbound-api"
        ]

    wait_until(lambda: any("NMDA" in body for body in sent()), limit=120)
    assert sum("NMDA" in body for body in sent()) == 1
    repeated = clinic.text(number, QUESTION, sid=outcome["sid"])
    assert _said(repeated) == ""


def test_stop_and_danger(clinic: Clinic) -> None:
    """Twilio blocks after STOP: nothing is sent, danger is recorded, staff hear of both."""
    number = _number(4)
    assert _said(clinic.text(number, "STOP")) == ""
    outcome = clinic.text(number, CRISIS)
    assert outcome["texts"] == []
    assert {each["code"] for each in outcome["dropped"]} == {21610}
    assert {"crisis", "undelivered"} <= clinic.alerts()
    rows = clinic.assistant.rows("SELECT opted_out FROM sms_consents")
    assert (1,) in rows


def test_a_crisis_reply_that_does_not_arrive(clinic: Clinic) -> None:
    """The delivery report of a safety reply that failed becomes an alert."""
    number = _number(5)
    clinic.twilio.put("behaviour", {"failures": {number: 30003}})
    before = clinic.assistant.rows("SELECT COUNT(*) FROM alerts WHERE kind = 'undelivered'")
    assert "988" in _said(clinic.text(number, CRISIS))
    wait_until(
        lambda: (
            clinic.assistant.rows("SELECT COUNT(*) FROM alerts WHERE kind = 'undelivered'") > before
        ),
        limit=20,
    )
    clinic.twilio.reset()


def test_without_a_database(clinic: Clinic) -> None:
    """Danger is met, a repeated delivery gets the same reply, and all is recorded afterwards."""
    file = clinic.assistant.database_file
    away = file.with_suffix(".away")
    file.rename(away)
    try:
        sid = "SM" + "cd" * 16
        first = _said(clinic.text(_number(6), CRISIS, sid=sid))
        assert "988" in first
        assert _said(clinic.text(_number(6), CRISIS, sid=sid)) == first
    finally:
        away.rename(file)
    query = f"SELECT COUNT(*) FROM escalations WHERE message_id = '{sid}'"
    wait_until(lambda: clinic.assistant.rows(query) == [(1,)], limit=30)


def test_many_at_once(clinic: Clinic) -> None:
    """Sixty phones text together; each text is answered once, and danger with a hotline."""

    def say(place: int) -> tuple[bool, str]:
        danger = place % 6 == 0
        return danger, _said(clinic.text(_number(100 + place), CRISIS if danger else QUESTION))

    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(say, range(60)))
    for danger, said in outcomes:
        assert said.strip()
        if danger:
            assert "988" in said


def test_the_doctors_text_is_answered(clinic: Clinic) -> None:
    """`kap doctor sms` sends a signed text through the running server, which answers it."""
    settings = load_settings(clinic.assistant.environment())
    found = round_trip(settings)
    assert found.well, found


def test_staff_note_a_stop_and_erase(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks staff for no more texts gets none; what was texted can be erased by number."""
    for name, value in clinic.assistant.environment().items():
        monkeypatch.setenv(name, value)
    assert _said(clinic.text(_number(8), QUESTION))
    assert CliRunner().invoke(app, ["sms", "stop", _number(8)]).exit_code == 0
    assert _said(clinic.text(_number(8), QUESTION)) == ""
    assert CliRunner().invoke(app, ["sms", "erase", "(303) 555-0008"]).exit_code == 0
    assert CliRunner().invoke(app, ["sms", "erase", "(303) 555-0999"]).exit_code == 1
    assert CliRunner().invoke(app, ["sms", "erase", "none"]).exit_code == 2
    assert len(clinic.assistant.rows("SELECT 1 FROM erasures")) == 1


def test_no_number_and_no_word_in_logs_or_rows(clinic: Clinic) -> None:
    """After all of this, numbers stand encrypted only, and no log holds a word."""
    logs = clinic.assistant.logs()
    for secret in ("3035550", CRISIS, "ketamine work", TOKEN):
        assert secret not in logs
    query = "SELECT name FROM sqlite_master WHERE type = 'table'"
    for (table,) in clinic.assistant.rows(query):
        assert "3035550" not in str(clinic.assistant.rows(f"SELECT * FROM {table}")), table
