"""A conversation by text message, here in the terminal, with what each text would cost."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.panel import Panel

from kap.terminal_chat import ANSWER_LIMIT, ServerAway
from language.sms_length import measure

PHONE = "+13035550142"
"""A number that no phone has."""
_LOOK_EVERY = 0.05


class Phone:
    """A phone in the file provider's folder."""

    def __init__(self, folder: Path, number: str = PHONE) -> None:
        self._inbox, self._outbox = folder / "inbox.jsonl", folder / "outbox.jsonl"
        self._number = number
        folder.mkdir(parents=True, exist_ok=True)
        self._read = self._outbox.stat().st_size if self._outbox.exists() else 0

    def say(self, text: str, *, limit: float = ANSWER_LIMIT) -> list[str]:
        """Send a text and wait for what comes back, which may be nothing; ServerAway after
        `limit` seconds without a word."""
        own = uuid.uuid4().hex
        row = {"id": own, "from": self._number, "text": text}
        with self._inbox.open("a", encoding="utf-8") as inbox:
            inbox.write(json.dumps(row) + "\n")
        texts: list[str] = []
        end = time.monotonic() + limit
        while time.monotonic() < end:
            for said in self._arrived():
                if said.get("answered") == own:
                    return texts
                if said.get("to") == self._number:
                    texts.append(str(said["text"]))
            time.sleep(_LOOK_EVERY)
        raise ServerAway(ServerAway.__doc__)

    def waiting(self) -> list[str]:
        """Texts that came by themselves since the last look."""
        return [str(said["text"]) for said in self._arrived() if said.get("to") == self._number]

    def _arrived(self) -> Iterator[dict[str, Any]]:
        if not self._outbox.exists():
            return
        with self._outbox.open("rb") as outbox:
            outbox.seek(self._read)
            for line in outbox:
                if not line.endswith(b"\n"):
                    return
                self._read += len(line)
                yield json.loads(line)


def chat(folder: Path, console: Console, *, number: str = PHONE) -> None:
    """Text until the person leaves with Ctrl-D or /quit."""
    phone = Phone(folder, number)
    console.print(f"You text as {number}. Leave with Ctrl-D or /quit.", style="dim")
    while True:
        try:
            said = console.input("\n[bold]You:[/bold] ")
        except (EOFError, KeyboardInterrupt):
            console.print()
            return
        if said.strip() in ("/quit", "/exit", "/q"):
            return
        for text in phone.waiting():
            _show(text, console)
        with console.status("waiting ..."):
            texts = phone.say(said)
        for text in texts:
            _show(text, console)
        if not texts:
            console.print("(no answer)", style="dim")


def _show(text: str, console: Console) -> None:
    length = measure(text)
    plural = "" if length.segments == 1 else "s"
    cost = f"{length.segments} segment{plural}, {length.units} units, {length.encoding}"
    console.print(Panel(text, subtitle=cost, subtitle_align="right", border_style="blue"))
