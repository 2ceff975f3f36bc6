"""Serves the widget's bundle. Its address with `?v=` and the hash of its content never changes."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, raw

from clinic.settings import Settings

_LONG = "public, max-age=31536000, immutable"
_SHORT = "public, max-age=300"
_MISSING = b"// The widget is missing here: the help links on this page still work.\n"


def widget_file(settings: Settings) -> Path:
    """Where the built bundle lies."""
    return settings.root / "widget" / "dist" / "widget.js"


def widget_version(settings: Settings) -> str:
    """A short hash of the bundle; empty when there is none."""
    try:
        return hashlib.sha256(widget_file(settings).read_bytes()).hexdigest()[:16]
    except OSError:
        return ""


def register_widget(app: Sanic, settings: Settings) -> None:
    """Add the route; the bundle is read again when its file changes."""

    async def widget(request: Request) -> HTTPResponse:
        version = widget_version(settings)
        headers = {
            "Cache-Control": _LONG if version and request.args.get("v") == version else _SHORT,
            "Cross-Origin-Resource-Policy": "cross-origin",
            "X-Content-Type-Options": "nosniff",
            "ETag": f'"{version}"',
        }
        kind = "text/javascript; charset=utf-8"
        if not version:
            return raw(_MISSING, 404, {"Cache-Control": "no-store"}, kind)
        if request.headers.getone("if-none-match", "") == headers["ETag"]:
            return raw(b"", 304, headers)
        return raw(widget_file(settings).read_bytes(), 200, headers, kind)

    app.add_route(widget, "/widget.js", methods=["GET"])
