"""Texts in two files, for development: nothing is signed, and nothing leaves this computer."""

from __future__ import annotations

import asyncio
import hashlib
import json
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bot.channels.sms.provider import (
    DeliveryStatus,
    InboundText,
    Keyword,
    WebhookReply,
    WebhookRequest,
    WebhookWrong,
)

PERSON = "+15555550199"
"""Who texts when a line names nobody."""
CLINIC = "+15555550100"


class FileProvider:
    """A folder with `inbox.jsonl`, lines `{"id", "from", "text", "media"}`, and `outbox.jsonl`."""

    name = "file"

    def __init__(self, folder: Path, *, number: str = "") -> None:
        self._inbox = folder / "inbox.jsonl"
        self._outbox = folder / "outbox.jsonl"
        self._number = number or CLINIC
        self._read = 0
        folder.mkdir(parents=True, exist_ok=True)

    def arrived(self) -> Iterator[InboundText]:
        """Texts that were written since the last call, after a start all of them, with the same
        ids. A line without an end waits for it; WebhookWrong for one that cannot be read."""
        if not self._inbox.exists():
            return
        with self._inbox.open("rb") as inbox:
            inbox.seek(self._read)
            for line in inbox:
                if not line.endswith(b"\n"):
                    return
                place, self._read = self._read, self._read + len(line)
                if line.strip():
                    yield self._text(line, f"line-{place}-{hashlib.sha256(line).hexdigest()[:12]}")

    def read_text(self, request: WebhookRequest) -> InboundText:
        """Texts of files come by `arrived`, and never by a webhook that anybody could call."""
        raise WebhookWrong("line")

    def read_status(self, request: WebhookRequest) -> DeliveryStatus:
        """Files tell nothing of delivery."""
        raise WebhookWrong("MessageStatus")

    def answer(self, texts: Sequence[str], *, send_ids: Sequence[str] = ()) -> WebhookReply:
        """There is no webhook to answer; see `deliver`."""
        raise WebhookWrong("line")

    def deliver(self, text: InboundText, texts: Sequence[str]) -> None:
        """Append the answer to one text of `arrived`, and a line that says it is whole."""
        rows = [{**self._sent(each), "to": text.sender, "in_reply_to": text.id} for each in texts]
        self._append([*rows, {"answered": text.id}])

    async def send(self, number: str, text: str, *, send_id: str) -> str:
        """Append to the outbox and return the line's id."""
        row = {**self._sent(text), "to": number, "send_id": send_id}
        await asyncio.to_thread(self._append, [row])
        return str(row["id"])

    def _text(self, line: bytes, line_id: str) -> InboundText:
        try:
            row = json.loads(line)
            body, media = row.get("text", ""), row.get("media") or []
            keyword = Keyword(row["keyword"]) if row.get("keyword") else None
            sender, made = row.get("from") or PERSON, row.get("id") or line_id
        except (ValueError, AttributeError, TypeError):
            raise WebhookWrong("line") from None
        if not all(isinstance(value, str) for value in (body, sender, made, *media)):
            raise WebhookWrong("line")
        return InboundText(
            id=made[:100], sender=sender, recipient=self._number, body=body, media=tuple(media),
            keyword=keyword,
        )  # fmt: skip

    def _sent(self, text: str) -> dict[str, Any]:
        return {"id": uuid.uuid4().hex, "from": self._number, "text": text}

    def _append(self, rows: Sequence[dict[str, Any]]) -> None:
        with self._outbox.open("a", encoding="utf-8") as outbox:
            outbox.writelines(f"{json.dumps(row)}\n" for row in rows)
