"""The public page `/safety`: the crisis protocol, made from its own data."""

from __future__ import annotations

from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.wording import Wording, kept_placeholders
from bot.pages.rendering import page
from safety.assessment import Category
from safety.public_page import public_protocol


def register_safety_page(app: Sanic, wording: Wording) -> None:
    """Add the route; a broken file stops the start and not a reader."""
    values = wording.values(Category.NONE, "en", form="web")
    shown = public_protocol(wording.texts, wording.region, values)

    async def safety(request: Request) -> HTTPResponse:
        return page(
            "safety",
            public=True,
            page=shown,
            clinic=wording.clinic.name,
            kept=kept_placeholders(wording.clinic.retention, "en"),
        )

    app.add_route(safety, "/safety", methods=["GET"])
