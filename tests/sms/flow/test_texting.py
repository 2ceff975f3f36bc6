"""What a text is answered with: danger first, then stop and start, then everything else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text as sql

from bot.channels.sms.post import Post
from bot.channels.sms.provider import Keyword
from bot.chat import Chat
from clinic.database import Database
from tests.sms.flow.conftest import NUMBER, Texter

CRISIS = "I want to kill myself"
QUESTION = "How does ketamine work?"


def _alerts(database: Database) -> list[tuple[str, str]]:
    with database.session() as session:
        rows = session.execute(sql("SELECT kind, state FROM alerts ORDER BY created_at"))
        return [(row.kind, row.state) for row in rows]


def _said(texts: tuple[str, ...]) -> str:
    return "\n".join(texts)


async def test_the_first_text_tells_what_this_is(texter: Texter) -> None:
    """After the answer, once: automated, not private, where help is, how to stop."""
    first = _said(await texter.say(QUESTION))
    assert "not private" in first
    assert "STOP" in first
    assert "not private" not in _said(await texter.say(QUESTION))


async def test_help_goes_before_the_notice(texter: Texter) -> None:
    """A first text in danger gets the hotline first and the notice last."""
    texts = await texter.say(CRISIS)
    assert "988" in texts[0]
    assert "911" in texts[0]
    assert "not private" in texts[-1]
    assert len(texts) <= 3


@pytest.mark.parametrize(
    ("body", "source"),
    [("STOP", "word"), ("Please stop texting me", "sentence"), ("cancel", "word")],
)
async def test_stop_is_confirmed_once(
    body: str, source: str, texter: Texter, database: Database
) -> None:
    """One confirmation with both numbers, then silence, and time and source are kept."""
    confirmed = await texter.say(body)
    assert len(confirmed) == 1
    assert "911" in confirmed[0]
    assert "988" in confirmed[0]
    assert await texter.say(body) == ()
    assert await texter.say(QUESTION) == ()
    with database.session() as session:
        rows = session.execute(sql("SELECT opted_out, source FROM sms_consents")).all()
    assert [tuple(row) for row in rows] == [(1, source)]


async def test_what_the_carrier_answered_is_not_answered_again(texter: Texter) -> None:
    """HELP, STOP and START that the provider has met get no second reply, and count."""
    assert await texter.say("HELP", keyword=Keyword.HELP) == ()
    assert await texter.say("STOP", keyword=Keyword.STOP) == ()
    assert await texter.say(QUESTION) == ()
    assert await texter.say("START", keyword=Keyword.START) == ()
    assert await texter.say(QUESTION) != ()


async def test_start_ends_the_silence(texter: Texter) -> None:
    """START is confirmed, and the next question is answered."""
    await texter.say("STOP")
    assert "texts are on again" in _said(await texter.say("START"))
    assert await texter.say(QUESTION) != ()


async def test_yes_ends_the_silence_only_after_stop(texter: Texter) -> None:
    """ "Yes" is a carrier's word for coming back; otherwise it answers a question."""
    assert "texts are on again" not in _said(await texter.say("yes"))
    await texter.say("STOP")
    assert "texts are on again" in _said(await texter.say("yes"))


async def test_help_names_the_lines(texter: Texter) -> None:
    """HELP, where the provider leaves it to us, begins with the emergency number."""
    text = (await texter.say("help"))[0]
    assert text.index("911") < text.index("988") < text.index("STOP")


async def test_danger_in_a_plea_to_stop(texter: Texter, database: Database) -> None:
    """It is honoured, help comes first, and staff hear that they cannot reach the person here."""
    texts = await texter.say("Stop texting me. I want to kill myself tonight")
    assert "988" in texts[0]
    assert "no more texts" in texts[-1]
    assert {kind for kind, _ in _alerts(database)} == {"crisis", "undelivered"}


async def test_danger_after_stop(texter: Texter, database: Database) -> None:
    """From a number that said stop, danger is answered all the same, and staff hear of it."""
    await texter.say("STOP")
    assert "988" in _said(await texter.say(CRISIS))
    assert {kind for kind, _ in _alerts(database)} == {"crisis", "undelivered"}
    assert await texter.say("ok") != ()


async def test_stop_in_safety_mode(texter: Texter, database: Database) -> None:
    """Who says stop in the middle of a crisis gets no more texts, and staff hear of it."""
    await texter.say(CRISIS)
    texts = await texter.say("STOP")
    assert "988" in _said(texts)
    assert ("undelivered", "queued") in _alerts(database)


@pytest.mark.parametrize("word", ["HOME", "START", "Hello", "AYUDA", "hope", "SHOUT", "hola"])
async def test_a_hotlines_word(word: str, texter: Texter) -> None:
    """A word meant for a crisis line is neither lost nor an opt-in: it is sent where it works."""
    await texter.say(CRISIS)
    texts = await texter.say(word)
    assert "only at the help line's own number" in texts[0]


async def test_pictures_and_empty_texts(texter: Texter) -> None:
    """A picture without words, one with words, and nothing at all get a helpful sentence."""
    await texter.say("hello there")
    assert "can't see pictures" in _said(await texter.say("", media=("image/jpeg",)))
    both = _said(await texter.say(CRISIS, media=("image/jpeg",)))
    assert "988" in both
    assert "any words" in _said(await Texter(texter.post, "+14155550111").say("  "))


async def test_a_tapback_is_no_message(texter: Texter) -> None:
    """A heart on our text gets no answer, even where the text names suicide."""
    await texter.say("HELP")
    said = (await texter.say("info"))[0]
    assert await texter.say(f"Loved \u201c{said}\u201d") == ()
    assert "988" in _said(await texter.say(f"Loved \u201c{CRISIS}\u201d"))


@pytest.mark.parametrize("sender", ["72345", "AcmeBank", ""])
async def test_machines_get_no_answer(sender: str, texter: Texter) -> None:
    """A short code or a name is no phone."""
    assert await texter.say(QUESTION, sender=sender) == ()


@pytest.mark.parametrize(
    ("number", "line"),
    [("+447400123456", "116 123"), ("+61412345678", "13 11 14"), ("+353851234567", "112")],
)
async def test_lines_of_the_numbers_country(number: str, line: str, post: Post) -> None:
    """The region comes from the country code of the number."""
    texts = _said(await Texter(post, number).say(CRISIS))
    assert line in texts
    assert "988" not in texts


async def test_staff_get_the_number_of_a_crisis_only(
    texter: Texter, database: Database, chat: Chat, settings: Any
) -> None:
    """The number stands encrypted with the escalation, and nowhere else."""
    await texter.say(QUESTION)
    await texter.say(CRISIS)
    with database.session() as session:
        sealed = session.execute(sql("SELECT contact FROM escalations")).scalar_one()
    assert settings.cipher().decrypt(sealed.encode()).decode() == NUMBER
    await chat.dialogue.finish()
    with database.engine.connect() as connection:
        names = [
            row[0]
            for row in connection.execute(sql("SELECT name FROM sqlite_master WHERE type='table'"))
        ]
        for name in names:
            for row in connection.execute(sql(f"SELECT * FROM {name}")):
                assert "5550100" not in str(tuple(row)), name


async def test_a_repeated_text_gets_the_same_answer(
    texter: Texter, make_post: Callable[[], Post]
) -> None:
    """A second delivery, at once or after a restart, gets the first one's reply."""
    text = texter.text(CRISIS)
    first = await texter.post.take(text)
    assert await texter.post.take(text) == first
    restarted = make_post()
    assert await restarted.take(text) == first


async def test_many_texts_get_one_plea_for_a_pause(texter: Texter) -> None:
    """Beyond the allowance one reply asks for a pause, danger is answered, the rest is silence."""
    for _ in range(30):
        await texter.say("thanks")
    assert "pause" in _said(await texter.say("thanks"))
    assert await texter.say("thanks") == ()
    assert "988" in _said(await texter.say(CRISIS))


async def test_what_a_dead_process_left_is_answered(
    texter: Texter, make_post: Callable[[], Post], carrier: Any, clock: datetime,
    database: Database,
) -> None:  # fmt: skip
    """A text whose process ended before the answer is answered by a text of its own, once."""
    text = texter.text(CRISIS)
    await texter.post._store.claim(text, "sms-x", clock)
    with database.session() as session:
        session.execute(sql("UPDATE sms_texts SET claimed_until = 0"))
    restarted = make_post()
    await restarted.do_chores()
    await restarted.do_chores()
    assert any("988" in said for _, said, _ in carrier.sent)
    assert {number for number, _, _ in carrier.sent} == {NUMBER}
    assert (await make_post().take(text)).texts == ()
