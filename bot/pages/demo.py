"""The page at `/`: a plain clinic page with the chat on it, like a clinic's own."""

from __future__ import annotations

from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.web.config import help_of, phone_link
from bot.channels.wording import Wording
from bot.pages.rendering import page
from bot.pages.widget import widget_version
from clinic.settings import Settings

_HEADINGS = {
    "address": "Where we are",
    "parking": "Getting here",
    "booking": "Booking",
    "referral": "Referrals",
    "cancelling": "Changing a visit",
    "prices": "Prices",
    "insurance": "Insurance",
}


def register_demo_page(app: Sanic, settings: Settings, wording: Wording) -> None:
    """Add the route in the place of Rasa's own root."""
    clinic = settings.clinic
    facts = [
        (heading, clinic.asked_for[key])
        for key, heading in _HEADINGS.items()
        if key in clinic.asked_for
    ]

    async def demo(request: Request) -> HTTPResponse:
        shown = help_of(wording.region, "en")
        return page(
            "demo",
            script=True,
            clinic=clinic,
            facts=facts,
            phone_href=phone_link(clinic.phone, clinic.region),
            help=shown,
            line=shown["lines"][0],
            version=widget_version(settings),
        )

    app.add_route(demo, "/", methods=["GET"], name="demo")
