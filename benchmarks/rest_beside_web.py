"""Our chat server with one of Rasa's own channels beside ours. For the benchmarks only."""

from __future__ import annotations

import sys
from collections.abc import Callable

from bot import without_tensorflow

without_tensorflow.install()

from rasa.core.channels.channel import InputChannel, register  # noqa: E402
from rasa.core.channels.rest import RestInput  # noqa: E402

from bot.logs import configure_logging  # noqa: E402
from bot.protocol import PatientOnce  # noqa: E402
from bot.server import make_app  # noqa: E402
from clinic.database import Database  # noqa: E402
from clinic.settings import Settings, load_settings, newest_model  # noqa: E402


def serve_beside(make_channel: Callable[[Settings], InputChannel]) -> int:
    configure_logging()
    settings = load_settings()
    app = make_app(settings, Database(settings.database_url), model=newest_model(settings))
    register([make_channel(settings)], app, route="/webhooks/")
    app.run(
        host=settings.host, port=settings.chat_port, protocol=PatientOnce, workers=1,
        access_log=False, motd=False,
    )  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(serve_beside(lambda settings: RestInput()))
