"""`make bench-sms`: 500 people text within a minute, by our channel and by Rasa's TwilioInput; then
20 texts a second with danger among them.

Both channels stand in one server, one after the other in one run, with the same model, answers and
store, and Twilio's stand-in beside them. Not a test: it prints what it saw.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

import httpx
import typer
from rich.console import Console
from rich.table import Table

from benchmarks.servers import python
from benchmarks.web_load import _prepared
from clinic.settings import PROJECT_ROOT
from knowledge.files import read_answers
from tests.assistant import wait_until
from tests.sms.test_running import Clinic
from tests.sms.twilio_side import FIELDS, PUBLIC, signature

console = Console(width=110)
OURS, STOCK = "/sms/twilio", "/webhooks/twilio/webhook"
DANGER = "I want to kill myself"
WEBHOOK_LIMIT = 15.0
EXCUSES = ("broke on our side", "answer questions right now", "longer than usual")


@dataclass(frozen=True)
class Outcome:
    """One webhook call."""

    danger: bool
    seconds: float
    well: bool
    """Answered within Twilio's limit, not excused; danger with a hotline."""


def main(texters: int = 500, seconds: int = 60, rate: int = 20) -> None:
    """Measure both channels and print the table."""
    with tempfile.TemporaryDirectory(prefix="kap-bench-sms-") as name:
        folder = Path(name)
        home = Path(shutil.copytree(_prepared(folder), folder / "copy"))
        clinic = Clinic(home, folder, bot=python("-m", "benchmarks.stock_twilio"))
        wait_until(lambda: clinic.assistant._healthy(clinic.assistant.chat_port, model=True))
        url = f"http://127.0.0.1:{clinic.assistant.chat_port}"
        try:
            rows = [
                ("ours, 500 in a minute", _run(url, OURS, texters, seconds, danger=0)),
                ("Rasa's TwilioInput, the same", _run(url, STOCK, texters, seconds, danger=0)),
                (f"ours, {rate} a second", _run(url, OURS, rate * 30, 30, danger=10)),
            ]
        finally:
            clinic.assistant.stop()
            clinic.twilio.stop()
    _print(rows)


def _run(url: str, path: str, texters: int, seconds: int, *, danger: int) -> list[Outcome]:
    answers = read_answers(PROJECT_ROOT / "knowledge" / "content")
    questions = [text for each in answers for text in each.phrasings[:4]]

    async def all_of_them() -> list[Outcome]:
        limits = httpx.Limits(max_connections=1000)
        async with httpx.AsyncClient(base_url=url, timeout=120, limits=limits) as http:
            calls = []
            for place in range(texters):
                is_danger = bool(danger) and place % danger == 0
                text = DANGER if is_danger else questions[place * 7 % len(questions)]
                calls.append(asyncio.create_task(_call(http, path, place, text, is_danger)))
                await asyncio.sleep(seconds / texters)
            return await asyncio.gather(*calls)

    with console.status(f"{texters} texts to {path}"):
        return asyncio.run(all_of_them())


async def _call(http: httpx.AsyncClient, path: str, place: int, text: str, danger: bool) -> Outcome:
    sid = "SM" + uuid.uuid4().hex
    number = f"+1720{555 + place // 10_000}{place % 10_000:04}"
    fields = {
        **FIELDS, "Body": text, "From": number, "MessageSid": sid, "SmsSid": sid,
        "SmsMessageSid": sid,
    }  # fmt: skip
    headers = {"X-Twilio-Signature": signature(fields, PUBLIC + path)}
    begun = time.monotonic()
    try:
        response = await http.post(path, data=fields, headers=headers)
    except httpx.HTTPError:
        return Outcome(danger, time.monotonic() - begun, well=False)
    took = time.monotonic() - begun
    well = response.status_code < 300 and took < WEBHOOK_LIMIT
    if path == OURS:
        excused = any(word in response.text for word in EXCUSES)
        well = well and "<Message" in response.text and (not danger or "988" in response.text)
        well = well and not excused
    return Outcome(danger, took, well)


def _print(rows: list[tuple[str, list[Outcome]]]) -> None:
    table = Table(title="Texts by SMS, one run on one server")
    for heading in ("channel", "texts", "p50 s", "p95 s", "danger p95 s", "worst", "not in time"):
        table.add_column(heading, justify="left" if heading == "channel" else "right")
    for name, outcomes in rows:
        plain = [each.seconds for each in outcomes if not each.danger]
        danger = [each.seconds for each in outcomes if each.danger]
        failed = sum(not each.well for each in outcomes)
        table.add_row(
            name, str(len(outcomes)), f"{_share(plain, 0.5):.2f}", f"{_share(plain, 0.95):.2f}",
            f"{_share(danger, 0.95):.2f}" if danger else "",
            f"{max(danger):.2f}" if danger else f"{max(plain):.2f}", f"{failed}",
        )  # fmt: skip
    console.print(table)
    console.print(
        "Not in time: no answer within Twilio's 15 seconds or, of ours, an excuse instead of one. "
        "Rasa's sends its answers by Twilio's API, inside the webhook."
    )


def _share(times: list[float], share: float) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


if __name__ == "__main__":
    typer.run(main)
