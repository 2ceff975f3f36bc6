"""The batch commands that everything is measured with. Nothing they do is kept."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clinic.settings import Settings, semantic_model_file
from safety.detector import shared_detector

if TYPE_CHECKING:
    from bot.channels.messages import OutboundMessage
    from bot.channels.turn import TurnTaker

Progress = Callable[[int, int], None]


class LineWrong(ValueError):
    """A line of the input file is not what the command reads."""


def read_lines(path: Path) -> list[dict[str, Any]]:
    """JSON lines with `id` and `text`; LineWrong names the line and what to write."""
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if not isinstance(row, dict) or "id" not in row or not isinstance(row.get("text"), str):
            raise LineWrong(f'{path}:{number}: write {{"id": ..., "text": "..."}} on one line')
        rows.append(row)
    return rows


def write_lines(path: Path, rows: Iterator[dict[str, Any]]) -> int:
    """Write JSON lines; the number written."""
    count = 0
    with open(path, "w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            count += 1
    return count


def assess_lines(rows: list[dict[str, Any]], progress: Progress) -> Iterator[dict[str, Any]]:
    """What `safety` finds in each text. Imports no Rasa."""
    path = semantic_model_file()
    detector = shared_detector(path if path.exists() else None)
    for number, row in enumerate(rows, start=1):
        found = detector.assess(row["text"]).as_dict()
        found.pop("subjects")
        yield {"id": row["id"], **found}
        progress(number, len(rows))


def ask_lines(
    rows: list[dict[str, Any]], settings: Settings, progress: Progress
) -> list[dict[str, Any]]:
    """What the assistant answers to each text: trained model and real actions, in this process."""
    with tempfile.TemporaryDirectory(prefix="kap-ask-") as folder:
        throw_away = replace(
            settings, home=Path(folder), database_url=f"sqlite:///{folder}/throw-away.db"
        )
        return asyncio.run(_ask(rows, settings, throw_away, progress))


async def _ask(
    rows: list[dict[str, Any]], settings: Settings, throw_away: Settings, progress: Progress
) -> list[dict[str, Any]]:
    from kap.in_process import open_turns

    answers = []
    async with open_turns(settings, throw_away) as turns:
        for number, row in enumerate(rows, start=1):
            answers.append(await _ask_one(turns, row, number))
            progress(number, len(rows))
    return answers


async def _ask_one(turns: TurnTaker, row: dict[str, Any], number: int) -> dict[str, Any]:
    from bot.channels.messages import InboundMessage

    replies: tuple[OutboundMessage, ...] = ()
    texts = [*(row.get("previous") or ()), row["text"]]
    for position, text in enumerate(texts):
        replies = await turns.take(
            InboundMessage(
                conversation_id=f"ask-{number}",
                message_id=str(position),
                text=text,
                channel="ask",
                received_at=datetime.now(UTC),
            )
        )
    return _answer_row(row["id"], replies)


def _answer_row(row_id: object, replies: tuple[OutboundMessage, ...]) -> dict[str, Any]:
    from bot.channels.messages import with_choices_listed

    shown = [reply.as_dict() for reply in replies]
    first = replies[0]
    topics = [topic for reply in replies for topic in reply.topics]
    return {
        "id": row_id,
        "outcome": first.outcome,
        "topic": first.topic,
        "topics": topics,
        "score": first.score,
        "text": "\n\n".join(with_choices_listed(each["text"], each["choices"]) for each in shown),
        "sources": [source for each in shown for source in each["sources"]],
    }
