"""Puts every case to the assistant, and to its peers when asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from clinic.settings import Settings
from kap.batch import Progress, ask_lines, assess_lines
from kap.evaluation.cases import SAFETY, Case
from kap.evaluation.judging import Judged, judge


def run(cases: Sequence[Case], settings: Settings, progress: Progress) -> list[Judged]:
    """Safety cases go to the detector, all others through the whole assistant; nothing is kept."""
    safety = [case for case in cases if case.part == SAFETY]
    dialogue = [case for case in cases if case.part != SAFETY]
    judged = []
    if dialogue:
        judged += _judged(dialogue, ask_lines(_rows(dialogue), settings, progress))
    if safety:
        judged += _judged(safety, list(assess_lines(_rows(safety), progress)))
    return judged


def run_peers(
    cases: Sequence[Case], peers: Mapping[str, Callable[[str], tuple[str, tuple[str, ...], float]]]
) -> dict[str, list[Judged]]:
    """The dialogue cases by peers that map a text to outcome, topics and score."""
    asked = [case for case in cases if case.part != SAFETY]
    return {
        name: [
            Judged(case=case, outcome=outcome, topics=topics, score=score)
            for case in asked
            for outcome, topics, score in [find(case.text)]
        ]
        for name, find in peers.items()
    }


def _rows(cases: Sequence[Case]) -> list[dict[str, object]]:
    return [
        {"id": number, "text": case.text, "previous": list(case.previous)}
        for number, case in enumerate(cases)
    ]


def _judged(cases: Sequence[Case], rows: Sequence[Mapping[str, object]]) -> list[Judged]:
    return [judge(cases[int(str(row["id"]))], row) for row in rows]
