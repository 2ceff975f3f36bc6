"""What the terminal shows of a reply."""

from __future__ import annotations

import io

from rich.console import Console

from kap.terminal_chat import shown


def test_choices_are_numbered() -> None:
    """A terminal has no buttons: what can be picked stands below the text."""
    console = Console(width=60, file=io.StringIO(), record=True)
    choices = [{"label": "Side effects", "text": "x"}, {"label": "Cost", "text": "y"}]
    reply = {"outcome": "clarify", "text": "One of these?", "sources": [], "notice": ""}
    console.print(shown({**reply, "choices": choices}))
    page = console.export_text()
    assert "1. Side effects" in page
    assert "2. Cost" in page
