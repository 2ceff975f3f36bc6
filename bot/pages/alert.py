"""The page behind an alert's link: looking changes nothing, the button acknowledges, once."""

from __future__ import annotations

from datetime import UTC, datetime

from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.channels.wording import Wording
from bot.pages.rendering import page
from clinic.database import Database
from clinic.errors import DatabaseAway
from safety import outbox
from safety.acknowledgement import AlertLink, AlertLinks, LinkInvalid
from safety.alert import Alert, AlertKind
from safety.assessment import Category
from safety.models import escalations
from safety.staff_texts import shared_staff_texts

_HEADINGS = {
    AlertKind.CRISIS: "A message needs a person",
    AlertKind.UNDELIVERED: "A safety reply was not delivered",
    AlertKind.BROKEN: "The safety chain is broken",
    AlertKind.CALLBACK: "Somebody asks for a call",
    AlertKind.TEST: "A test of the alert list",
}


class AlertPages:
    """`GET` and `POST` of `/alerts/<token>`. Mail scanners that follow links only ever `GET`."""

    def __init__(self, *, database: Database, links: AlertLinks, wording: Wording) -> None:
        self._database = database
        self._links = links
        self._wording = wording

    def register(self, app: Sanic) -> None:
        """Add both routes."""
        app.add_route(self._look, "/alerts/<token:str>", methods=["GET"], name="look_at_alert")
        app.add_route(self._confirm, "/alerts/<token:str>", methods=["POST"], name="confirm_alert")

    async def _look(self, request: Request, token: str) -> HTTPResponse:
        return await self._answer(token, confirm=False)

    async def _confirm(self, request: Request, token: str) -> HTTPResponse:
        return await self._answer(token, confirm=True)

    async def _answer(self, token: str, *, confirm: bool) -> HTTPResponse:
        try:
            link = self._links.read(token)
            found = await self._database.write(
                lambda session: _work(session, link, confirm=confirm), limit=5.0, urgent=True
            )
        except LinkInvalid as error:
            return page("alert", status=404, problem=str(error))
        except DatabaseAway:
            problem = "The database did not answer. Please try again in a minute."
            return page("alert", status=503, problem=problem)
        if found is None:
            return page(
                "alert", status=404, problem="This alert was erased at the end of its time."
            )
        return self._page(link, *found)

    def _page(self, link: AlertLink, alert: Alert, channel: str) -> HTTPResponse:
        lines = self._wording.region.placeholders(Category.NONE, "en", form="web")
        return page(
            "alert",
            problem="",
            heading=_HEADINGS[alert.kind],
            time=f"{alert.created_at:%Y-%m-%d %H:%M}",
            channel=channel or "no channel",
            page_id=f"{alert.id[:12]}",
            person=link.person,
            state=alert.state.value,
            acknowledged_by=alert.acknowledged_by,
            card=shared_staff_texts().card(alert, channel=channel, lines=lines),
        )


def _work(session: Session, link: AlertLink, *, confirm: bool) -> tuple[Alert, str] | None:
    now = datetime.now(UTC)
    if confirm:
        outbox.acknowledge(session, link.alert_id, actor=link.person, now=now)
    else:
        outbox.note(session, link.alert_id, kind="opened", actor=link.person, at=now)
    alert = outbox.find_alert(session, link.alert_id)
    if alert is None:
        return None
    channel = session.execute(
        select(escalations.c.channel).where(escalations.c.id == alert.id)
    ).scalar_one_or_none()
    return alert, channel or ""
