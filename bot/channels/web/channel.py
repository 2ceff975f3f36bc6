"""The web channel as Rasa sees it: its name and its routes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint

from bot.channels.web.guard import Guard
from bot.channels.web.leavings import Leavings
from bot.channels.web.messages import Messages
from bot.channels.web.parts import Parts


class WebChannel(InputChannel):
    """Routes under `/web`. `openapi.yml` describes them."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        guard = Guard(parts)
        messages, leavings = Messages(parts, guard), Leavings(parts, guard)
        self._routes = (
            ("/config", guard.wrap(messages.show_config), ["GET"]),
            ("/openapi.json", guard.wrap(messages.describe), ["GET"]),
            ("/sessions", guard.wrap(messages.issue_session), ["POST"]),
            ("/messages", guard.wrap(messages.send), ["POST"]),
            ("/messages", guard.wrap(messages.read), ["GET"]),
            ("/events", guard.wrap(messages.listen), ["GET"]),
            ("/feedback", guard.wrap(leavings.rate), ["POST"]),
            ("/callbacks", guard.wrap(leavings.ask_for_call), ["POST"]),
            ("/region", guard.wrap(leavings.move), ["POST"]),
            ("/transcript", guard.wrap(leavings.download), ["GET"]),
            ("/conversation", guard.wrap(leavings.erase), ["DELETE"]),
        )
        self._preflight = guard.wrap(messages.read)

    @classmethod
    def name(cls) -> str:
        """Rasa's name for the channel and its URL prefix."""
        return "web"

    def blueprint(self, on_new_message: Callable[[Any], Awaitable[Any]]) -> Blueprint:
        """The routes; `on_new_message` is not used, because turns come before Rasa."""
        routes = Blueprint("web_channel", strict_slashes=False)
        for path, handler, methods in self._routes:
            # `stream`: the guard reads the body itself, so that a refused one is read too.
            routes.add_route(
                handler, path, methods=methods, stream=True, name=f"{methods[0]}_{path.strip('/')}"
            )
        for path in dict.fromkeys(path for path, _, _ in self._routes):
            routes.add_route(
                self._preflight, path, methods=["OPTIONS"], name=f"preflight_{path.strip('/')}"
            )
        return routes
