"""Everything that can go wrong with the clinic's answers; each docstring is the message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing to change in one answer; `line` counts from 1, and is 1 when it is not known."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.message}"


class KnowledgeError(Exception):
    """The knowledge base could not do this."""

    def __init__(self, **facts: object) -> None:
        super().__init__((type(self).__doc__ or "").format(**facts))


class ContentFileWrong(KnowledgeError):
    """{file}, line {line}: {what}"""

    def __init__(self, *, file: str, line: int, what: str) -> None:
        super().__init__(file=file, line=line, what=what)
        self.file = file
        self.line = line
        self.what = what


class ContentRefused(KnowledgeError):
    """{count} to put right before this can go live. {listing}"""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = "1 thing" if len(self.problems) == 1 else f"{len(self.problems)} things"
        super().__init__(count=count, listing="\n".join(str(each) for each in self.problems))


class SelfReview(KnowledgeError):
    """{reviewer} wrote this revision. Ask a second person to approve it."""


class RevisionUnknown(KnowledgeError):
    """There is no revision {revision_id}. Open the answer again and pick one from its list."""


class TopicUnknown(KnowledgeError):
    """There is no answer with the topic {topic}. `kap knowledge export` shows the topics."""


class AlreadyLive(KnowledgeError):
    """Revision {number} of {topic} is live and approved already. There is nothing left to do."""


class NameMissing(KnowledgeError):
    """Say who does this: the {role} is empty."""


class RecordFrozen(KnowledgeError):
    """A row of {table} never changes once it is written. Save a new revision instead."""


class RoundTripLost(KnowledgeError):
    """The answer {topic} cannot be written as a file and read back the same. Take out headings."""


class RankingFileWrong(KnowledgeError):
    """{file} is not a ranking: {what}. Write it again with `python -m knowledge.fitting`."""
