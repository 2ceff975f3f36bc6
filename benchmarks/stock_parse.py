"""Intents that a stock model finds: `python -m benchmarks.stock_parse MODELS QUESTIONS OUT`."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from rasa.core.agent import load_agent


async def main(models: str, asked: Path, given: Path) -> None:
    """Write [intent, confidence] for each question, in their order."""
    agent = await load_agent(model_path=models)
    found = []
    for text in json.loads(asked.read_text()):
        intent = (await agent.parse_message(text))["intent"]
        found.append([intent["name"], intent["confidence"]])
    given.write_text(json.dumps(found))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])))
