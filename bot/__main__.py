"""Starts the chat server: `python -m bot`. `kap serve` does it for you."""

from __future__ import annotations

import sys

from bot import without_tensorflow

without_tensorflow.install()


def main() -> int:
    """Run until stopped; exit code 2 when a setting or a file is wrong."""
    from bot.logs import configure_logging

    configure_logging()
    from bot.server import make_app
    from clinic.database import Database
    from clinic.errors import ClinicError
    from clinic.settings import load_settings, newest_model
    from safety.errors import SafetyError
    from safety.states import require_allowed, shared_states

    try:
        settings = load_settings()
        if settings.environment == "production":
            require_allowed(settings.clinic, shared_states())
        model = newest_model(settings)
        app = make_app(settings, Database(settings.database_url), model=model)
    except (ClinicError, SafetyError) as error:
        print(f"The chat server cannot start. {error}", file=sys.stderr)
        return 2
    from bot.protocol import PatientOnce

    app.run(
        host=settings.host,
        port=settings.chat_port,
        protocol=PatientOnce,
        workers=1,
        access_log=False,
        motd=False,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
