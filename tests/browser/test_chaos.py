"""Whatever breaks, no message is lost or doubled, and the help lines stay."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.chat_page import PHONE, QUESTION, ChatPage
from tests.browser.conftest import Server
from tests.browser.test_accessibility import assert_help_in_sight

pytestmark = pytest.mark.slow
WORDS = {
    "error": "busy",
    "what": "Please wait a moment.",
    "help": "Crisis help: **call or text 988**.",
}


def persons(visitor: ChatPage) -> list[str]:
    return visitor.said.locator(".bubble").all_inner_texts()


def history(visitor: ChatPage) -> list[dict[str, Any]]:
    """What the server has of this conversation."""
    session = json.loads(next(v for k, v in visitor.stored().items() if k.endswith("session")))
    answer = visitor.page.request.get(
        f"{visitor.base_url}/web/messages", headers={"Authorization": f"Bearer {session}"}
    )
    return list(answer.json()["messages"])


def test_a_server_that_dies_mid_message(
    running_again: Server, chat: Callable[..., ChatPage]
) -> None:
    """The answer is cut off, the server comes back: taken once, answered once."""
    visitor = chat(PHONE).open()
    visitor.say(QUESTION)
    taken = []

    def cut(route: Any) -> None:
        taken.append(route.fetch().status)
        running_again.stop()
        route.abort("connectionreset")

    visitor.page.route("**/web/messages", cut, times=1)
    visitor.type("What does a session feel like?")
    visitor.page.get_by_text("Not sent yet").wait_for()
    assert taken == [200]
    assert_help_in_sight(visitor)
    visitor.type("Are you still there?")
    visitor.page.wait_for_timeout(1_500)
    assert persons(visitor) == [QUESTION, "What does a session feel like?", "Are you still there?"]
    running_again.start()
    visitor.page.locator(".state").first.wait_for(state="detached", timeout=40_000)
    visitor.replies.nth(2).wait_for()
    assert persons(visitor) == [QUESTION, "What does a session feel like?", "Are you still there?"]
    said = [each["text"] for each in history(visitor) if each["from"] == "person"]
    assert said == persons(visitor)
    assert visitor.replies.count() == sum(each["from"] == "assistant" for each in history(visitor))


def test_no_network(chat: Callable[..., ChatPage]) -> None:
    """Offline: the message waits in sight, and is sent once the network is back."""
    visitor = chat().open()
    visitor.say(QUESTION)
    visitor.page.context.set_offline(True)
    visitor.type("Is it safe?")
    visitor.page.get_by_text("Not sent yet").wait_for()
    assert_help_in_sight(visitor)
    visitor.page.context.set_offline(False)
    visitor.replies.nth(1).wait_for()
    visitor.page.locator(".state").first.wait_for(state="detached")
    assert persons(visitor) == [QUESTION, "Is it safe?"]
    assert not any("outbox" in key for key in visitor.stored())


def test_an_unsent_message_survives_a_reload(chat: Callable[..., ChatPage]) -> None:
    """It is sent once, after the page is back."""
    visitor = chat().open()
    visitor.page.route("**/web/messages", lambda route: route.abort())
    visitor.type(QUESTION)
    visitor.page.get_by_text("Not sent yet").wait_for()
    visitor.page.unroute("**/web/messages")
    visitor.page.reload()
    visitor.open()
    visitor.replies.first.wait_for()
    assert persons(visitor) == [QUESTION]
    assert sum(each["from"] == "person" for each in history(visitor)) == 1


def test_a_reload_replays_the_conversation(chat: Callable[..., ChatPage]) -> None:
    """In the same order, with the same sources, and with nothing twice."""
    visitor = chat().open()
    visitor.say(QUESTION)
    visitor.say("What are the risks of ketamine?")
    before = visitor.transcript()
    visitor.page.reload()
    visitor.open()
    visitor.replies.nth(1).wait_for()
    assert visitor.transcript() == before


def test_a_slow_network(chat: Callable[..., ChatPage]) -> None:
    """Answers after seconds, three messages typed meanwhile: each arrives once, in order."""
    visitor = chat().open()

    def late(route: Any) -> None:
        visitor.page.wait_for_timeout(600)
        route.continue_()

    visitor.page.route("**/web/messages", late)
    texts = ["first question", "second question", "third question"]
    for text in texts:
        visitor.type(text)
    visitor.replies.nth(2).wait_for()
    visitor.page.locator(".state").first.wait_for(state="detached")
    assert persons(visitor) == texts
    assert [each["text"] for each in history(visitor) if each["from"] == "person"] == texts


def test_streams_that_never_work(chat: Callable[..., ChatPage]) -> None:
    """A proxy that breaks event streams: what happens in another tab still appears, by asking."""
    visitor = chat().open()
    visitor.say(QUESTION)
    other = ChatPage(visitor.page.context.new_page(), visitor.base_url)
    other.page.route("**/web/events*", lambda route: route.abort())
    other.visit().open()
    other.replies.first.wait_for()
    visitor.say("What are the risks of ketamine?")
    other.replies.nth(1).wait_for()
    assert other.transcript() == visitor.transcript()


def test_two_tabs_share_the_conversation(context: Callable[..., Any], server: Server) -> None:
    """Both write; both show the same, in the same order, nothing twice."""
    shared = context()
    first, second = (ChatPage(shared.new_page(), server.base_url).visit() for _ in range(2))
    first.open().say(QUESTION)
    second.open()
    second.replies.first.wait_for()
    second.say("What are the risks of ketamine?")
    first.replies.nth(1).wait_for()
    first.say("How long does it last?")
    second.replies.nth(2).wait_for()
    second.page.locator(".state").first.wait_for(state="detached")
    assert first.transcript() == second.transcript()
    assert sum(each["from"] == "person" for each in history(first)) == 3


def test_the_back_button(chat: Callable[..., ChatPage]) -> None:
    """Away and back, out of the browser's memory or not: the conversation goes on."""
    visitor = chat().open()
    visitor.say(QUESTION)
    visitor.visit("/privacy")
    visitor.page.go_back()
    if not visitor.dialog.is_visible():
        visitor.open()
    visitor.replies.first.wait_for()
    assert visitor.replies.count() == 1
    visitor.say("What are the risks of ketamine?")
    assert visitor.said.count() == 2


def test_blocked_storage(context: Callable[..., Any], server: Server) -> None:
    """A browser that keeps nothing: the chat works until the page goes."""
    blocked = context()
    blocked.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('blocked'); }});"
    )
    visitor = ChatPage(blocked.new_page(), server.base_url).visit().open()
    visitor.say(QUESTION)
    visitor.say("What are the risks of ketamine?")
    assert visitor.replies.count() >= 2
    assert not visitor.errors


def test_a_clock_that_is_wrong(context: Callable[..., Any], server: Server) -> None:
    """A device that lives in 2001: order comes from the server."""
    skewed = context()
    skewed.add_init_script("Date.now = () => 1e12; performance.mark = () => {};")
    visitor = ChatPage(skewed.new_page(), server.base_url).visit().open()
    for text in (QUESTION, "What are the risks of ketamine?"):
        visitor.say(text)
    before = visitor.transcript()
    visitor.page.reload()
    visitor.open()
    visitor.replies.nth(1).wait_for()
    assert visitor.transcript() == before


def test_an_ended_session(chat: Callable[..., ChatPage]) -> None:
    """The server knows the session no more: a new one, the person is told, the words go out."""
    visitor = chat().open()
    visitor.say(QUESTION)
    visitor.page.evaluate(
        "Object.keys(localStorage).filter(k => k.endsWith('session'))"
        ".forEach(k => localStorage.setItem(k, '\"forged\"'))"
    )
    visitor.say("What are the risks of ketamine?")
    visitor.page.get_by_text("a new one began").wait_for()
    assert persons(visitor) == [QUESTION, "What are the risks of ketamine?"]
    assert [each["text"] for each in history(visitor) if each["from"] == "person"] == [
        "What are the risks of ketamine?"
    ]


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server(status: int, chat: Callable[..., ChatPage]) -> None:
    """Its own words and the help line are shown; the message waits and goes out later."""
    visitor = chat().open()
    refuse = {
        "status": status,
        "json": WORDS,
        "headers": {"Retry-After": "1", "Access-Control-Allow-Origin": "*"},
    }
    visitor.page.route("**/web/messages", lambda route: route.fulfill(**refuse), times=1)
    visitor.type(QUESTION)
    visitor.page.get_by_text("Please wait a moment.").wait_for()
    assert "988" in visitor.page.locator(".connection").inner_text()
    assert visitor.page.get_by_text("Not sent yet").is_visible()
    visitor.replies.first.wait_for()
    assert not visitor.page.locator(".connection").is_visible()
    assert persons(visitor) == [QUESTION]


def test_a_message_that_is_too_long(chat: Callable[..., ChatPage]) -> None:
    """It is said while typing, and nothing is cut off."""
    visitor = chat().open()
    visitor.field.fill("long " * 1_000)
    assert "too long" in visitor.page.locator(".composer-note").inner_text()
    assert len(visitor.field.input_value()) == 5_000


@pytest.mark.parametrize("status", [400, 403, 413])
def test_a_message_that_is_refused(status: int, chat: Callable[..., ChatPage]) -> None:
    """The server's words say why, with the help line, and the message can be changed."""
    visitor = chat().open()
    visitor.page.route(
        "**/web/messages", lambda route: route.fulfill(status=status, json=WORDS), times=1
    )
    visitor.type("half a book")
    visitor.page.get_by_text("Not sent.", exact=True).wait_for()
    assert "988" in visitor.page.locator(".state.problem").inner_text()
    visitor.button("Change this message").click()
    assert visitor.field.input_value() == "half a book"
    assert visitor.said.count() == 0
