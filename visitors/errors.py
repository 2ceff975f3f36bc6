"""What can be wrong with what a visitor leaves."""

from __future__ import annotations


class VisitorsError(Exception):
    """Base of every error that the visitors package raises."""


class DetailWrong(VisitorsError):
    """One part of a call-back request cannot be used; `part` names it."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


class NoSuchCallback(VisitorsError):
    """No call-back request has this id: copy it from `kap callbacks list`."""
