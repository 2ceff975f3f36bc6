"""How the chat server calls the action server: briefly, with a secret, and without quoting it."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
from rasa.utils.endpoints import EndpointConfig

from clinic.secret import Secret
from clinic.settings import SECRET_HEADER

ACTION_LIMIT = 3.0
"""Seconds for one action; Rasa's own limit of 300 cannot be configured."""
_HEALTH_LIMIT = 1.0


class ActionServerFailed(aiohttp.ClientConnectionError):
    """The action server is down, late or talking nonsense; never holds what it said."""


class ActionEndpoint(EndpointConfig):
    """Rasa would log an action server's error text, which may quote the person's message."""

    def __init__(self, url: str, secret: Secret) -> None:
        super().__init__(url=url)
        self._secret = secret
        self._session: aiohttp.ClientSession | None = None

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Post one action call; ActionServerFailed for everything but a proper result."""
        try:
            async with self._open_session().post(
                self.url,
                data=json.dumps(kwargs.get("json")),
                headers={
                    "Content-Type": "application/json",
                    SECRET_HEADER: self._secret.reveal(),
                },
                timeout=aiohttp.ClientTimeout(total=ACTION_LIMIT),
            ) as response:
                status, result = response.status, await response.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise ActionServerFailed(type(error).__name__) from None
        if status != 200:
            raise ActionServerFailed(f"status {status}")
        return checked_result(result)

    async def answers(self) -> bool:
        """Whether the action server says that it is well."""
        address = self.url.replace("/webhook", "/health")
        limit = aiohttp.ClientTimeout(total=_HEALTH_LIMIT)
        try:
            async with self._open_session().get(address, timeout=limit) as response:
                return bool(response.status == 200)
        except (aiohttp.ClientError, TimeoutError, OSError):
            return False

    async def close(self) -> None:
        """Close the connections to the action server."""
        if self._session is not None:
            await self._session.close()

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession()
        return self._session


def checked_result(result: Any) -> dict[str, Any]:
    """An action's result with lists of events and responses; ActionServerFailed otherwise."""
    if not isinstance(result, dict):
        raise ActionServerFailed("result is not an object")
    for key in ("events", "responses"):
        rows = result.get(key, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise ActionServerFailed(f"{key} is not a list of objects")
    return result
