"""The public page `/privacy`: what is kept and for how long, made from the settings in use."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from string import Template
from typing import Any

from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.web.notice import notice_of
from bot.channels.wording import Wording, kept_placeholders
from bot.pages.rendering import page
from clinic.errors import FileWrong
from clinic.yaml_files import read_yaml
from safety.texts import LANGUAGES

_NAMES = {"en": "English", "es": "Español"}
_ALERTS = "alerts: "


def register_privacy_page(app: Sanic, wording: Wording) -> None:
    """Add the route; a broken file stops the start and not a reader."""
    shown = {language: _words(language, wording) for language in LANGUAGES}

    async def privacy(request: Request) -> HTTPResponse:
        asked = str(request.args.get("language") or "en")
        language = asked if asked in LANGUAGES else "en"
        return page(
            "privacy",
            public=True,
            language=language,
            words=shown[language],
            notice=notice_of(wording, language),
            help=wording.fixed("help.line", form="web", language=language).text,
            others=[{"code": code, "name": _NAMES[code]} for code in LANGUAGES if code != language],
        )

    app.add_route(privacy, "/privacy", methods=["GET"])


def _words(language: str, wording: Wording) -> Mapping[str, Any]:
    path = files("bot") / "pages" / "privacy.yml"
    content = read_yaml(path)  # type: ignore[arg-type]
    if not isinstance(content, dict) or language not in content:
        raise FileWrong(str(path), 1, f"write a part `{language}:`")
    clinic = wording.clinic
    values = {
        **clinic.placeholders(),
        **kept_placeholders(clinic.retention, language),
    }

    def filled(text: Any) -> str:
        return Template(" ".join(str(text).split())).substitute(values)

    def points(texts: list[str]) -> list[str]:
        told = [text for text in texts if clinic.alerts.on_call or not text.startswith(_ALERTS)]
        return [filled(text.removeprefix(_ALERTS)) for text in told]

    part = content[language]
    return {
        "title": filled(part["title"]),
        "intro": filled(part["intro"]),
        "sections": [
            {"heading": filled(each["heading"]), "points": points(each["points"])}
            for each in part["sections"]
        ],
    }
