"""Our chat server with Rasa's own Twilio channel beside ours. For the benchmark only."""

from __future__ import annotations

import sys
from typing import Any

from bot import without_tensorflow

without_tensorflow.install()

from rasa.core.channels.twilio import TwilioInput, TwilioOutput  # noqa: E402

from benchmarks.rest_beside_web import serve_beside  # noqa: E402
from clinic.settings import Settings  # noqa: E402


class StockInput(TwilioInput):
    """Rasa's channel; its client goes to the stand-in, and it can read our actions' payloads."""

    def __init__(self, settings: Settings) -> None:
        account, number = settings.twilio, settings.clinic.sms.number
        super().__init__(account.id, account.tokens[0].reveal(), number)
        self._api = account.api

    def get_output_channel(self) -> TwilioOutput:
        made = StockOutput(self.account_sid, self.auth_token, self.twilio_number)
        made.api.base_url = self._api
        return made


class StockOutput(TwilioOutput):
    async def send_custom_json(
        self, recipient_id: str, json_message: dict[str, Any], **kwargs: Any
    ) -> None:
        await self.send_text_message(recipient_id, json_message["sms"])


if __name__ == "__main__":
    sys.exit(serve_beside(StockInput))
