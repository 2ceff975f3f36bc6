"""Renders the server's few pages: no script, nothing from elsewhere, nothing kept."""

from __future__ import annotations

import re
from importlib.resources import files

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup, escape
from sanic.response import HTTPResponse, html

_BOLD = re.compile(r"\*\*(.+?)\*\*")
_NAMES = ("base", "alert", "safety")
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


def _environment() -> Environment:
    folder = files("bot") / "pages"
    sources = {name: (folder / f"{name}.html.txt").read_text(encoding="utf-8") for name in _NAMES}
    made = Environment(loader=DictLoader(sources), autoescape=True, undefined=StrictUndefined)
    made.filters["bold"] = _bold
    return made


def _bold(text: str) -> Markup:
    """`**bold**` of our own texts as HTML; everything else is escaped."""
    return Markup(_BOLD.sub(r"<strong>\1</strong>", str(escape(text))))


_TEMPLATES = _environment()


def page(name: str, *, status: int = 200, public: bool = False, **values: object) -> HTTPResponse:
    """One page; `public` ones may be found by search engines."""
    headers = {key: value for key, value in _HEADERS.items() if not (public and "Robots" in key)}
    return html(_TEMPLATES.get_template(name).render(**values), status=status, headers=headers)
