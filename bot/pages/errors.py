"""What everybody reads when a request fails outside the web channel: the help line, no details."""

from __future__ import annotations

import logging
from collections.abc import Callable

from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot.channels.wording import Wording

logger = logging.getLogger(__name__)

_CODES = {404: "not_found", 405: "method", 413: "too_large", 503: "away", 500: "away"}
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def error_handler(wording: Wording) -> Callable[[Request, Exception], HTTPResponse]:
    """For every exception that no handler has met."""

    def on_error(request: Request, error: Exception) -> HTTPResponse:
        status = error.status_code if isinstance(error, SanicException) else 500
        if status >= 500:
            logger.error("a request failed: %s", type(error).__name__)
        code = _CODES.get(status, "request")
        body = {
            "error": code,
            "what": wording.fixed(f"web.{code}", form="web").text,
            "help": wording.fixed("help.line", form="web").text,
        }
        own = getattr(error, "headers", None) or {}
        return json(body, status, headers={**own, **_HEADERS})

    return on_error
