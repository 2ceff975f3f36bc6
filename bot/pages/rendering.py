"""Renders the server's few pages: nothing from elsewhere, nothing kept."""

from __future__ import annotations

import base64
import hashlib
import re
from importlib.resources import files

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup, escape
from sanic.response import HTTPResponse, html

_BOLD = re.compile(r"\*\*(.+?)\*\*")
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_NAMES = ("base", "alert", "safety", "privacy", "demo")
_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
}
_WITH_SCRIPT = "script-src 'self'; connect-src 'self'; img-src 'self' data:; "


def _environment() -> Environment:
    folder = files("bot") / "pages"
    sources = {name: (folder / f"{name}.html.txt").read_text(encoding="utf-8") for name in _NAMES}
    made = Environment(loader=DictLoader(sources), autoescape=True, undefined=StrictUndefined)
    made.filters["bold"] = _bold
    made.filters["number"] = lambda link: link.partition(":")[2].partition("?")[0]
    return made


def _bold(text: str) -> Markup:
    """`**bold**` of our own texts as HTML; everything else is escaped."""
    return Markup(_BOLD.sub(r"<strong>\1</strong>", str(escape(text))))


_TEMPLATES = _environment()


def page(
    name: str, *, status: int = 200, public: bool = False, script: bool = False, **values: object
) -> HTTPResponse:
    """One page; `public` ones may be found by search engines, and `script` ones run our own."""
    shown = _TEMPLATES.get_template(name).render(**values)
    headers = {key: value for key, value in _HEADERS.items() if not (public and "Robots" in key)}
    headers["Content-Security-Policy"] = _policy(shown, script=script)
    return html(shown, status=status, headers=headers)


def _policy(shown: str, *, script: bool) -> str:
    """Only our own style, named by its hash, and our own script where the page has one."""
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"
        for style in _STYLE.findall(shown)
    )
    return (
        f"default-src 'none'; style-src {hashes}; {_WITH_SCRIPT if script else ''}"
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
