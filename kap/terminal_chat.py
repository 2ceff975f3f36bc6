"""A chat in the terminal, through the web channel like every other visitor."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
from rich.console import Console, Group, RenderableType
from rich.markdown import Markdown
from rich.panel import Panel
from rich.text import Text

ANSWER_LIMIT = 20.0
"""Seconds to wait for a reply: more than the server ever takes."""
_LEAVING = {"/quit", "/exit", "/q"}


class ServerAway(RuntimeError):
    """Nothing answers there: start the assistant with `kap serve`."""


class Visitor:
    """One session with a running chat server."""

    def __init__(self, url: str, session: str | None = None) -> None:
        self._http = httpx.Client(base_url=url, timeout=ANSWER_LIMIT)
        self.notice = ""
        self.session = session or self._new_session()

    def _new_session(self) -> str:
        body = self._request("POST", "/web/sessions")
        self.notice = str(body["notice"])
        return str(body["session"])

    def say(self, text: str, *, message_id: str | None = None) -> list[dict[str, Any]]:
        """Send one message and return the replies; ServerAway when nothing answers."""
        body = {"text": text, "message_id": message_id or uuid.uuid4().hex}
        return list(self._request("POST", "/web/messages", json=body)["replies"])

    def history(self) -> list[dict[str, Any]]:
        """The conversation so far, oldest first."""
        return list(self._request("GET", "/web/messages")["messages"])

    def _request(self, method: str, path: str, **values: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.session}"} if hasattr(self, "session") else {}
        try:
            response = self._http.request(method, path, headers=headers, **values)
            response.raise_for_status()
        except httpx.HTTPError as error:
            raise ServerAway(f"{ServerAway.__doc__} ({type(error).__name__})") from error
        return dict(response.json())


def chat(url: str, console: Console) -> None:
    """Talk until the person leaves with Ctrl-D or /quit."""
    visitor = Visitor(url)
    console.print(Panel(Markdown(visitor.notice), title="KAP Guide", border_style="blue"))
    console.print("Leave with Ctrl-D or /quit.", style="dim")
    choices: list[dict[str, str]] = []
    while True:
        try:
            said = console.input("\n[bold]You:[/bold] ").strip()
        except (EOFError, KeyboardInterrupt):
            console.print()
            return
        if said in _LEAVING:
            return
        if said.isdigit() and 0 < int(said) <= len(choices):
            said = choices[int(said) - 1]["text"]
        with console.status("thinking ..."):
            replies = visitor.say(said)
        choices = [choice for reply in replies for choice in reply["choices"]]
        for reply in replies:
            console.print(shown(reply))


def shown(reply: dict[str, Any]) -> RenderableType:
    """One reply as a panel: red for safety, with sources and choices below the text."""
    crisis = reply["outcome"] == "crisis"
    parts: list[RenderableType] = [Markdown(reply["text"])]
    if reply["sources"]:
        parts.append(Text("\nSources", style="bold dim"))
        for source in reply["sources"]:
            where = source["address"] or source["section"]
            parts.append(Text(f"  {source['title']}: {where}", style="dim"))
    if reply["notice"]:
        parts.append(Text(reply["notice"], style="italic dim"))
    for number, choice in enumerate(reply["choices"], start=1):
        parts.append(Text(f"  {number}. {choice['label']}", style="cyan"))
    style = "red" if crisis else "green" if reply["outcome"] == "answered" else "white"
    return Panel(Group(*parts), border_style=style, title="KAP Guide", title_align="left")
