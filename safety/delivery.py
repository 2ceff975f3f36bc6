"""Hands one page to one person's target, by whatever service the clinic uses."""

from __future__ import annotations

import logging
from collections.abc import Callable

from apprise import Apprise, NotifyType
from tenacity import retry, retry_if_result, stop_after_attempt, wait_exponential

from clinic.alert_plan import Person

logger = logging.getLogger(__name__)
# Apprise logs addresses, which hold passwords and phone numbers, and the text of what it sends.
logging.getLogger("apprise").setLevel(logging.CRITICAL)

Send = Callable[[Person, str, str], bool]
"""(person, title, body) -> whether the target took it."""


def send(person: Person, title: str, body: str) -> bool:
    """Deliver, with three quick attempts; False when the target took none. Never raises."""
    return bool(_attempts(person, title, body))


@retry(
    stop=stop_after_attempt(3),
    wait=wait_exponential(multiplier=0.5, max=4),
    retry=retry_if_result(lambda taken: not taken),
    retry_error_callback=lambda state: False,
)
def _attempts(person: Person, title: str, body: str) -> bool:
    try:
        target = Apprise()
        if not target.add(person.target.reveal()):
            return False
        return bool(target.notify(body=body, title=title, notify_type=NotifyType.FAILURE))
    except Exception as error:
        logger.warning("an alert target failed: %s", type(error).__name__)
        return False
