from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from clinic.database import Database
from knowledge.editing import approve, load_stock, save_draft
from knowledge.files import render_answer
from knowledge.live_index import LiveIndex
from knowledge.models import metadata
from knowledge.ranking import Ranking
from tests.knowledge.conftest import MakeAnswer, StubEncoder

Publish = Callable[[str], None]


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def live(encoder: StubEncoder, ranking: Ranking, clock: Clock) -> LiveIndex:
    return LiveIndex(encoder, ranking=ranking, clock=clock)


@pytest.fixture
def publish(database: Database, make_answer: MakeAnswer) -> Publish:
    """Makes a topic live."""

    def go(topic: str) -> None:
        with database.session() as session:
            draft = save_draft(session, make_answer(topic), author="Ann")
            approve(session, draft.id, reviewer="Bo")

    return go


def test_a_new_answer_is_found_after_a_refresh(
    database: Database, live: LiveIndex, clock: Clock, publish: Publish
) -> None:
    """The index starts empty, takes what is live, and sees later changes."""
    assert not live.ready
    assert live.find_answer("question 1 on going home").outcome == "abstained"
    publish("going_home")
    assert live.refresh_if_changed(database.sessions)
    assert live.ready
    assert live.find_answer("question 1 on going home").topic == "going_home"
    publish("side_effects")
    clock.now += 1.1
    assert live.refresh_if_changed(database.sessions)
    assert live.current.find_answer("question 1 on side effects").topic == "side_effects"


def test_the_database_is_asked_once_a_second(
    database: Database, live: LiveIndex, clock: Clock, publish: Publish
) -> None:
    """Within a second nothing is looked up; without a change nothing is built."""
    publish("going_home")
    assert live.refresh_if_changed(database.sessions)
    before = live.current

    def forbidden() -> Session:
        raise AssertionError("the database was asked")

    clock.now += 0.9
    assert not live.refresh_if_changed(forbidden)
    clock.now += 0.2
    assert not live.refresh_if_changed(database.sessions)
    assert live.current is before


def test_a_failing_database_keeps_the_last_good_index(
    database: Database,
    live: LiveIndex,
    clock: Clock,
    publish: Publish,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Search goes on with what was known, and the failure is logged without any text."""
    publish("going_home")
    live.refresh_if_changed(database.sessions)
    metadata.drop_all(database.engine)
    clock.now += 2
    assert not live.refresh_if_changed(database.sessions)
    assert live.find_answer("question 1 on going home").topic == "going_home"
    assert "the live answers cannot be read" in caplog.text


def test_a_failing_database_at_the_start_is_tried_again(
    database: Database, live: LiveIndex, clock: Clock, publish: Publish
) -> None:
    """An index that never was good becomes good as soon as the database is."""
    metadata.drop_all(database.engine)
    assert not live.refresh_if_changed(database.sessions)
    assert not live.ready
    metadata.create_all(database.engine)
    publish("going_home")
    clock.now += 1.1
    assert live.refresh_if_changed(database.sessions)


def test_a_second_start_encodes_no_answer_again(
    database: Database, encoder: StubEncoder, live: LiveIndex, ranking: Ranking, publish: Publish
) -> None:
    """Vectors are kept in the database."""
    publish("going_home")
    live.refresh_if_changed(database.sessions)
    count = len(encoder.encoded)
    LiveIndex(encoder, ranking=ranking).refresh_if_changed(database.sessions)
    assert len(encoder.encoded) == count > 0


def test_questions_that_come_together_at_the_start_all_wait(
    database: Database, live: LiveIndex, publish: Publish
) -> None:
    """While the first index is built, nobody is told that there is no answer."""
    publish("going_home")
    found: list[str | None] = []

    def ask() -> None:
        live.refresh_if_changed(database.sessions)
        found.append(live.find_answer("question 1 on going home").topic)

    threads = [threading.Thread(target=ask) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["going_home"] * 5


def test_unreviewed_answers_can_be_left_out(
    database: Database,
    encoder: StubEncoder,
    ranking: Ranking,
    make_answer: MakeAnswer,
    tmp_path: Path,
) -> None:
    """In production only answers that a named clinician approved are found."""
    reviewed = make_answer("going_home", reviewer="Dr. Lee", reviewed_on=date(2026, 5, 1))
    for answer in (reviewed, make_answer("side_effects")):
        (tmp_path / answer.file).write_text(render_answer(answer), encoding="utf-8")
    with database.session() as session:
        load_stock(session, tmp_path, actor="setup")
    live = LiveIndex(encoder, ranking=ranking, reviewed_only=True)
    assert live.refresh_if_changed(database.sessions)
    assert list(live.current.answers) == ["going_home"]
    everything = LiveIndex(encoder, ranking=ranking)
    assert everything.refresh_if_changed(database.sessions)
    assert len(everything.current.answers) == 2
