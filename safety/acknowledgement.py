"""Signed links in alerts: whoever opens one may confirm one page of one alert, once."""

from __future__ import annotations

from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeTimedSerializer

from clinic.secret import Secret
from safety.errors import SafetyError

LIFETIME = 7 * 24 * 3600
"""Seconds that a link works."""


class LinkInvalid(SafetyError):
    """This link is damaged or older than a week: use the newest alert, or `kap escalations`."""


@dataclass(frozen=True)
class AlertLink:
    """What a link opens: one alert, for the person who was paged."""

    alert_id: str
    person: str


class AlertLinks:
    """Makes and reads the tokens in links."""

    def __init__(self, key: Secret) -> None:
        self._serializer = URLSafeTimedSerializer(key.reveal(), salt="alert-link")

    def issue(self, link: AlertLink) -> str:
        """A token for the address of the page."""
        return self._serializer.dumps([link.alert_id, link.person])

    def read(self, token: str) -> AlertLink:
        """What the token opens; LinkInvalid when it was not made here or is too old."""
        try:
            alert_id, person = self._serializer.loads(token, max_age=LIFETIME)
        except (BadSignature, ValueError, TypeError):
            raise LinkInvalid(LinkInvalid.__doc__) from None
        return AlertLink(str(alert_id), str(person))
