"""`/health`: this process answers. `/ready`: everything that an ordinary answer needs does."""

from __future__ import annotations

import asyncio

from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json
from sqlalchemy import text

from bot.action_endpoint import ActionEndpoint
from bot.chat import Chat
from clinic.database import Database
from clinic.errors import DatabaseAway

_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class HealthPages:
    """Both pages, for supervisors and load balancers."""

    def __init__(self, *, chat: Chat, database: Database, endpoint: ActionEndpoint) -> None:
        self._chat = chat
        self._database = database
        self._endpoint = endpoint

    def register(self, app: Sanic) -> None:
        """Add both routes."""
        app.add_route(self._health, "/health", methods=["GET"], name="health")
        app.add_route(self._ready, "/ready", methods=["GET"], name="ready")

    async def _health(self, request: Request) -> HTTPResponse:
        body = {"status": "ok", "model": self._chat.dialogue.agent.is_ready()}
        return json(body, headers=_HEADERS)

    async def _ready(self, request: Request) -> HTTPResponse:
        """503 while something is away. Crisis messages are met all the same."""
        database, actions = await asyncio.gather(self._has_database(), self._endpoint.answers())
        parts = {
            "database": database,
            "actions": actions,
            "model": self._chat.dialogue.agent.is_ready(),
        }
        ready = all(parts.values())
        return json({"ready": ready, **parts}, 200 if ready else 503, headers=_HEADERS)

    async def _has_database(self) -> bool:
        try:
            await self._database.read(lambda session: session.execute(text("SELECT 1")))
        except DatabaseAway:
            return False
        return True
