"""Every state of the chat, one after the other, as a person would come through them."""

from __future__ import annotations

from collections.abc import Iterator

from tests.browser.chat_page import CRISIS, QUESTION, UNCLEAR, ChatPage


def walk(chat: ChatPage) -> Iterator[str]:
    """Takes the chat from state to state and names each. Nothing is lost on the way."""
    page = chat.page
    chat.launcher.wait_for()
    yield "closed"
    chat.open()
    yield "notice"
    chat.say(QUESTION)
    yield "chat"
    page.locator("summary").first.click()
    page.locator("details li").first.scroll_into_view_if_needed()
    yield "sources"
    page.locator("summary").first.click()
    chat.button("Not helpful").first.click()
    page.get_by_label("What was missing?").wait_for()
    yield "reason"
    chat.button("Skip").click()
    page.get_by_text("Thank you.").first.wait_for()
    chat.say(UNCLEAR)
    yield "choices"
    yield from _pages(chat)
    chat.say(CRISIS)
    yield "crisis"
    chat.button("All help lines").click()
    page.get_by_label("Where are you?").wait_for()
    yield "help-lines"
    chat.button("All help lines").click()
    page.context.set_offline(True)
    chat.type("Are you there?")
    page.get_by_text("Not sent yet").wait_for()
    yield "offline"
    page.context.set_offline(False)


def _pages(chat: ChatPage) -> Iterator[str]:
    page = chat.page
    chat.button("Options").click()
    page.get_by_role("heading", name="Options").wait_for()
    yield "options"
    chat.button("Erase my conversation").click()
    page.get_by_role("heading", name="Erase this conversation?").wait_for()
    yield "erase"
    chat.button("No, keep it").click()
    chat.button("Talk to a person").click()
    page.get_by_role("heading", name="Talk to a person").wait_for()
    yield "form"
    chat.button("Ask for a call").click()
    page.get_by_text("Please tell us what to call you.").wait_for()
    yield "form-errors"
    chat.button("Back to the chat").click()
