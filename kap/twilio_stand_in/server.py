"""The stand-in's HTTP side: Twilio's API under /2010-04-01, and what steers it under /control."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Callable
from typing import Any

from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json, text

from bot.channels.sms.provider import WebhookWrong, read_form
from kap.twilio_stand_in.calls import Caller
from kap.twilio_stand_in.ledger import Fault, Ledger, Refused


def make_server(ledger: Ledger, token: str, make_caller: Callable[[], Caller]) -> Sanic:
    """The app; the caller is made when the loop runs."""
    app = Sanic("twilio_stand_in", configure_logging=False)
    app.ctx.ledger = ledger
    app.ctx.token = token

    async def _start(app: Sanic, _loop: object) -> None:
        app.ctx.caller = make_caller()

    app.register_listener(_start, "before_server_start")
    app.add_route(
        create_message, "/2010-04-01/Accounts/<account:str>/Messages.json", methods=["POST"]
    )
    app.add_route(deliver_text, "/control/texts", methods=["POST"])
    app.add_route(messages, "/control/messages", methods=["GET", "DELETE"])
    app.add_route(opted_out, "/control/opted-out", methods=["GET", "PUT"])
    app.add_route(behaviour, "/control/behaviour", methods=["PUT"])
    app.add_route(health, "/health", methods=["GET"])
    return app


async def create_message(request: Request, account: str) -> HTTPResponse:
    """`POST .../Messages.json`, with Twilio's limits and errors."""
    ledger: Ledger = request.app.ctx.ledger
    fault = ledger.take_fault()
    await asyncio.sleep(fault.hang)
    if fault.status:
        headers = {"Retry-After": fault.retry_after} if fault.retry_after else {}
        return text("no", status=fault.status, headers=headers)
    try:
        _require_account(request, account)
        ledger.require_rate()
        form = {name: values[0] for name, values in read_form(request.body).items()}
        message = ledger.accept(form)
    except WebhookWrong:
        return text("no form", status=400)
    except Refused as refusal:
        return json(refusal.body(), status=refusal.status)
    described = dict(message)
    request.app.ctx.caller.follow(message, form.get("StatusCallback", ""))
    return json(described, status=201)


def _require_account(request: Request, account: str) -> None:
    given = request.headers.get("Authorization", "").removeprefix("Basic ")
    expected = f"{request.app.ctx.ledger.account}:{request.app.ctx.token}"
    try:
        name = base64.b64decode(given).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise Refused(20003) from None
    if name != expected or account != request.app.ctx.ledger.account:
        raise Refused(20003)


async def deliver_text(request: Request) -> HTTPResponse:
    """`{"from", "body", "media": [types], "optOutType", "sid"}` goes to the webhook, signed.

    Answers with what Twilio would have sent on, what it would have dropped, and its error.
    """
    given: dict[str, Any] = request.json
    return json(await request.app.ctx.caller.deliver(given))


async def messages(request: Request) -> HTTPResponse:
    """Every text of ours that was accepted, or forget them all."""
    ledger: Ledger = request.app.ctx.ledger
    if request.method == "DELETE":
        ledger.messages.clear()
    return json(ledger.messages)


async def opted_out(request: Request) -> HTTPResponse:
    """The blocked numbers; `PUT` a list to replace them."""
    ledger: Ledger = request.app.ctx.ledger
    if request.method == "PUT":
        ledger.opted_out = set(request.json)
    return json(sorted(ledger.opted_out))


async def behaviour(request: Request) -> HTTPResponse:
    """`{"rate", "failures": {number: code}, "fault": {"count", "status", "retry_after", "hang"}}`.

    What is left out goes back to normal.
    """
    ledger: Ledger = request.app.ctx.ledger
    given: dict[str, Any] = request.json
    ledger.rate = int(given.get("rate", 0))
    ledger.failures = {str(number): int(code) for number, code in given.get("failures", {}).items()}
    ledger.fault = Fault(**given.get("fault", {}))
    return json({})


async def health(request: Request) -> HTTPResponse:
    """That it runs."""
    return json({"status": "ok"})
