"""Which provider carries the clinic's texts."""

from __future__ import annotations

from bot.channels.sms.files import FileProvider
from bot.channels.sms.provider import Provider
from bot.channels.sms.twilio import TwilioProvider
from clinic.settings import Settings


def provider_of(settings: Settings) -> Provider | None:
    """The provider that clinic.yml names, ready; None while SMS is off.

    In development texts come from files where none is named, so that `kap sms` works.
    """
    sms = settings.clinic.sms
    if sms.provider == "twilio":
        return TwilioProvider(settings.twilio, sms, public_url=settings.public_url)
    if sms.provider == "file" or (not sms.provider and settings.environment == "development"):
        return FileProvider(settings.sms_files, number=sms.number)
    return None
