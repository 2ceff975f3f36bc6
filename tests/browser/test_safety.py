"""Help in sight before, without and after the script, and a quick way out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.chat_page import CRISIS, DESKTOP, PHONE, QUESTION, ChatPage, Look

pytestmark = pytest.mark.slow
BOTH = pytest.mark.parametrize("look", [DESKTOP, PHONE], ids=["desktop", "phone"])
SNIPPET = """<!doctype html><html lang="en"><title>Clinic</title><h1>Clinic</h1>
<kap-guide><p>Need help now? <a href="tel:911">Call 911</a> <a href="tel:988">Call 988</a>
<a href="sms:988">Text 988</a></p></kap-guide>
<script src="{source}" async></script></html>"""


def plain_links(page: Any) -> list[str]:
    return [
        link.inner_text() for link in page.locator("kap-guide > p a").all() if link.is_visible()
    ]


@pytest.mark.parametrize("source", ["/nothing-here.js", "data:text/javascript,throw 1"])
def test_help_stands_without_the_script(source: str, host_page: Callable[..., ChatPage]) -> None:
    """The script is missing or breaks: the plain links of the page are there."""
    visitor = host_page(SNIPPET.format(source=source))
    visitor.page.wait_for_load_state()
    assert plain_links(visitor.page) == ["Call 911", "Call 988", "Text 988"]


def test_help_stands_when_scripts_are_off(context: Callable[..., Any], server: Any) -> None:
    """Scripts are off altogether: the demo page's links are there."""
    page = context(java_script_enabled=False).new_page()
    page.goto(server.base_url)
    assert page.locator("a[href='tel:988']").first.is_visible()


def test_the_chat_takes_over_the_links(host_page: Callable[..., ChatPage]) -> None:
    """With the script they move into the bar; when the chat leaves the page, they come back."""
    visitor = host_page(SNIPPET.format(source="/widget.js?x"))
    visitor.launcher.wait_for()
    assert plain_links(visitor.page) == []
    assert visitor.help.locator("a.chip").all_inner_texts() == ["Call 911", "Call 988", "Text 988"]
    visitor.page.evaluate("document.querySelector('kap-guide').destroy()")
    assert plain_links(visitor.page) == ["Call 911", "Call 988", "Text 988"]


def test_help_stands_when_the_server_is_away(host_page: Callable[..., ChatPage]) -> None:
    """No answer at all: notice, help lines, other regions' lines and the field are there."""
    visitor = host_page(SNIPPET.format(source="/widget.js?x"))
    visitor.page.route("**/web/**", lambda route: route.abort())
    visitor.launcher.click()
    visitor.page.get_by_text("We can't reach the server").wait_for()
    assert "automated assistant" in visitor.page.locator(".notice").inner_text()
    visitor.button("All help lines").click()
    visitor.page.get_by_label("Where are you?").select_option("GB")
    visitor.help.get_by_role("link", name="Call 999").first.wait_for()
    assert visitor.help.get_by_role("link", name="Call 116 123").is_visible()
    visitor.type("Can you hear me?")
    visitor.page.get_by_text("Not sent yet").wait_for()
    assert visitor.said.count() == 1


def test_no_region_is_guessed(host_page: Callable[..., ChatPage]) -> None:
    """Without links and region it shows what holds everywhere, never another country's number."""
    visitor = host_page(
        "<!doctype html><html lang=en><title>x</title><script src='/widget.js?x'></script>"
    )
    visitor.page.route("**/web/**", lambda route: route.abort())
    visitor.launcher.wait_for()
    assert visitor.help.locator("a.chip").all_inner_texts() == ["Find A Helpline"]


@BOTH
def test_a_crisis_reply_stands_out(look: Look, chat: Callable[..., ChatPage]) -> None:
    """Titled, with links for one tap; later messages in safety mode stay so."""
    visitor = chat(look).open()
    visitor.say(QUESTION)
    visitor.say(CRISIS)
    crisis = visitor.page.locator(".message.crisis").first
    assert "Please read this now" in crisis.inner_text()
    hrefs = [link.get_attribute("href") for link in crisis.locator("a.button").all()]
    assert hrefs == ["tel:911", "tel:988", "sms:988"]
    assert visitor.page.locator(".dock[data-safety]").count() == 1
    visitor.say("I don't know")
    assert visitor.page.locator(".message.crisis").count() >= 2


@BOTH
def test_leaving_quickly_by_button(look: Look, chat: Callable[..., ChatPage]) -> None:
    """The page is replaced by a neutral one, and this browser keeps nothing of the chat."""
    visitor = left_page(chat(look, path="/"))
    visitor.open()
    visitor.say(QUESTION)
    visitor.field.fill("half a thought")
    assert "does not erase your browser history" in visitor.page.locator(".exit").inner_text()
    visitor.button("Leave this page quickly").click()
    visitor.page.wait_for_url("https://www.weather.gov/")
    visitor.page.goto(visitor.base_url)
    assert visitor.stored() == {}
    visitor.open()
    assert visitor.transcript() == []
    assert visitor.field.input_value() == ""


def left_page(visitor: ChatPage) -> ChatPage:
    visitor.page.route(
        "https://www.weather.gov/",
        lambda route: route.fulfill(body="<title>Weather</title>", content_type="text/html"),
    )
    return visitor


def test_leaving_does_not_come_back_by_the_back_button(chat: Callable[..., ChatPage]) -> None:
    """Back leads to the page before the chat's, not to the chat."""
    visitor = left_page(chat(path="/"))
    visitor.visit("/privacy").visit("/")
    visitor.open()
    visitor.button("Leave this page quickly").click()
    visitor.page.wait_for_url("https://www.weather.gov/")
    visitor.page.go_back()
    assert visitor.page.url.endswith("/privacy")


def test_leaving_quickly_by_shift(chat: Callable[..., ChatPage]) -> None:
    """Three presses of Shift alone; capitals do not count, and each press is announced."""
    visitor = left_page(chat()).open()
    visitor.field.click()
    visitor.page.keyboard.type("ABC and DEF")
    for key in ("Shift", "a", "Shift", "Shift"):
        visitor.page.keyboard.press(key)
    status = visitor.page.locator(".announcer [role=status]")
    assert "one more time" in status.inner_text()
    assert visitor.page.url.startswith(visitor.base_url)
    visitor.page.keyboard.press("Shift")
    visitor.page.wait_for_url("https://www.weather.gov/")


def test_shift_is_left_alone_while_the_chat_is_closed(chat: Callable[..., ChatPage]) -> None:
    """The page keeps its own use of Shift."""
    visitor = left_page(chat())
    visitor.launcher.wait_for()
    for _ in range(4):
        visitor.page.keyboard.press("Shift")
    visitor.page.wait_for_timeout(200)
    assert visitor.page.url.startswith(visitor.base_url)


def test_leaving_in_one_tab_empties_the_others(context: Callable[..., Any], server: Any) -> None:
    """What was said is gone from every tab of this browser."""
    shared = context()
    first, second = (ChatPage(shared.new_page(), server.base_url).visit() for _ in range(2))
    left_page(first).open().say(QUESTION)
    second.open()
    second.replies.first.wait_for()
    first.page.bring_to_front()
    first.button("Leave this page quickly").click()
    first.page.wait_for_url("https://www.weather.gov/")
    second.page.wait_for_function(
        "!document.querySelector('kap-guide').shadowRoot.querySelector('.message')"
    )
