"""Logging for every process that runs Rasa code; must be called before Rasa speaks."""

from __future__ import annotations

import logging
import os


def configure_logging(level: int = logging.INFO) -> None:
    """One line per event, on standard error, without anybody's words; telemetry off.

    Rasa prints whole messages to standard output as long as structlog is not configured, and at
    level DEBUG in any case: so DEBUG is never set.
    """
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    level = max(level, logging.INFO)
    logging.basicConfig(
        level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True
    )
    # Rasa's dependencies warn about each other, and reset whatever filters are set.
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(level)
    for name in ("sanic.access", "matplotlib", "apscheduler", "asyncio", "urllib3", "rasa_sdk"):
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
