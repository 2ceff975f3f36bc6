"""`python -m kap.twilio_stand_in`: start the stand-in on this computer."""

from __future__ import annotations

import argparse
import os
import sys
from functools import partial

from kap.twilio_stand_in.calls import WEBHOOK_LIMIT, Caller
from kap.twilio_stand_in.ledger import Ledger
from kap.twilio_stand_in.server import make_server


def main() -> None:
    """Listen on 127.0.0.1 until told to stop; account and token as for the assistant itself."""
    parser = argparse.ArgumentParser(prog="python -m kap.twilio_stand_in", description=__doc__)
    parser.add_argument("--port", type=int, default=5090)
    parser.add_argument("--number", default="+15555550100", help="the clinic's number")
    parser.add_argument("--service", default="", help="id of its Messaging Service")
    parser.add_argument(
        "--webhook", default="http://127.0.0.1:5005/sms/twilio", help="as it stands at Twilio"
    )
    parser.add_argument("--through", default="", help="connect here instead of the public address")
    parser.add_argument("--fallback", default="", help="a file with TwiML, or an address")
    parser.add_argument(
        "--limit", type=float, default=WEBHOOK_LIMIT, help="seconds that the webhook may take"
    )
    given = parser.parse_args()
    account, token = os.environ.get("KAP_TWILIO_ACCOUNT"), os.environ.get("KAP_TWILIO_TOKEN")
    if not account or not token:
        sys.exit("set KAP_TWILIO_ACCOUNT and KAP_TWILIO_TOKEN as for the assistant")
    ledger = Ledger(account=account, number=given.number, service=given.service)
    token = token.partition(",")[0].strip()
    make_caller = partial(
        Caller, ledger, token=token, webhook=given.webhook, through=given.through,
        fallback=given.fallback, limit=given.limit,
    )  # fmt: skip
    make_server(ledger, token, make_caller).run(
        host="127.0.0.1", port=given.port, access_log=False, debug=False
    )


if __name__ == "__main__":
    main()
