"""Why a request is refused. Each has a code, a status and a sentence in `safety/texts`."""

from __future__ import annotations


class Refused(Exception):
    """Base of every refusal. `code` stands in the body, `text_id` names what the person reads."""

    status = 400
    code = "request"
    hurried = False
    """True: read the person's words by the rules alone."""

    @property
    def text_id(self) -> str:
        """Id of the sentence that says what to do."""
        return f"web.{self.code}"


class OriginForeign(Refused):
    """The page that calls is not in clinic.yml."""

    status, code = 403, "origin"


class SessionRefused(Refused):
    """The session is missing, forged or too old."""

    status, code = 401, "session"


class TextWrong(Refused):
    """A message without a text."""

    code = "text"


class MessageIdWrong(Refused):
    """A message id that is too long or has other signs than letters, digits and ._:~-"""

    code = "message_id"


class ChoiceRefused(Refused):
    """A button that is forged, too old, or of another conversation."""

    status, code = 403, "choice"


class FieldWrong(Refused):
    """One field of the body or the query cannot be used."""

    code = "field"
    _WITH_OWN_TEXT = frozenset({"name", "phone", "email", "consent"})

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field

    @property
    def text_id(self) -> str:
        """The field's own sentence, where it has one."""
        return f"web.field.{self.field}" if self.field in self._WITH_OWN_TEXT else "web.field"


class ReplyUnknown(FieldWrong):
    """A rating of something that is no reply of this conversation, or none that can be rated."""

    status = 404

    def __init__(self) -> None:
        super().__init__("reply_id")


class TooLarge(Refused):
    """A body beyond the limit."""

    status, code = 413, "too_large"


class Busy(Refused):
    """Too many requests of one client or session."""

    status, code = 429, "busy"
    hurried = True

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


class Away(Refused):
    """The database did not take what must be stored."""

    status, code = 503, "away"
