"""The action server: rasa-sdk's executor behind a shared secret, on the loopback address."""

from __future__ import annotations

import hmac
import logging

from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json

from clinic.secret import Secret
from clinic.settings import SECRET_HEADER

logger = logging.getLogger(__name__)


def make_app(secret: Secret) -> Sanic:
    """The application. rasa-sdk's own has no authentication and quotes messages in its errors."""
    app = Sanic("kap_guide_actions", configure_logging=False)
    app.config.FALLBACK_ERROR_FORMAT = "json"
    executor = ActionExecutor()
    executor.register_package("actions")

    @app.get("/health")
    async def health(_: Request) -> HTTPResponse:
        return json({"status": "ok"})

    @app.post("/webhook")
    async def webhook(request: Request) -> HTTPResponse:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), secret.reveal().encode()):
            return json({"error": "the shared secret is missing or wrong"}, 403)
        try:
            return json(await executor.run(request.json))
        except ActionExecutionRejection as error:
            return json({"error": "rejected", "action_name": error.action_name}, 400)
        except ActionNotFoundException as error:
            return json({"error": "unknown action", "action_name": error.action_name}, 404)
        except Exception as error:
            logger.error("an action failed: %s", type(error).__name__)
            return json({"error": type(error).__name__}, 500)

    return app
