"""Starts the action server: `python -m actions`. `kap serve` does it for you."""

from __future__ import annotations

import logging
import os
import sys

from actions.context import ActionContext, current, set_context
from actions.server import make_app
from clinic.database import Database
from clinic.errors import ClinicError
from clinic.settings import load_settings


def main() -> int:
    """Run until stopped; exit code 2 when a setting or a file is wrong."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    try:
        settings = load_settings()
    except ClinicError as error:
        print(f"The action server cannot start. {error}", file=sys.stderr)
        return 2
    database = Database(settings.database_url)
    set_context(ActionContext(settings=settings, knowledge=database, records=database))
    current().index()
    app = make_app(settings.action_secret)
    app.run(host=settings.host, port=settings.action_port, workers=1, access_log=False, motd=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
