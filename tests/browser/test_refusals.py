"""A crisis in words that the server did not take is met all the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.chat_page import CRISIS, QUESTION, ChatPage
from tests.browser.stand_in_words import HELP_LINE
from tests.browser.test_accessibility import SPOKEN
from tests.browser.test_chat import fill_form, open_form

pytestmark = pytest.mark.slow


def crises(visitor: ChatPage) -> Any:
    return visitor.page.locator(".message.crisis")


def assert_met_once(visitor: ChatPage) -> None:
    """The lines for one tap stand in the conversation, and a screen reader hears them once."""
    crises(visitor).first.wait_for()
    links = crises(visitor).first.locator("a.button")
    assert [link.get_attribute("href") for link in links.all()] == ["tel:911", "tel:988", "sms:988"]
    visitor.page.wait_for_timeout(400)
    spoken = visitor.page.evaluate("window.spoken.alert")
    assert sum("988" in text for text in spoken) == 1


def test_in_a_message_that_is_too_large(chat: Callable[..., ChatPage]) -> None:
    """Its words are refused and stay for changing; help stands below them, also after a reload."""
    visitor = chat().open()
    visitor.page.evaluate(SPOKEN)
    visitor.field.fill(f"{CRISIS}. " + "and so on " * 8_000)
    visitor.field.press("Enter")
    visitor.page.get_by_text("Not sent.", exact=True).wait_for()
    assert_met_once(visitor)
    order = [item.get_attribute("class") for item in visitor.page.locator(".message").all()]
    assert order[0] == "message person"
    assert set(order[1:]) == {"message assistant crisis"}
    number = crises(visitor).count()
    visitor.page.reload()
    visitor.open()
    crises(visitor).first.wait_for()
    assert crises(visitor).count() == number


def test_in_a_form_with_a_wrong_field(chat: Callable[..., ChatPage]) -> None:
    """The conversation comes to the front; the form keeps its fields and says what is wrong."""
    visitor = chat()
    open_form(visitor)
    visitor.page.evaluate(SPOKEN)
    fill_form(visitor, **{"Phone number": "5" * 18, "What is it about?": CRISIS})
    visitor.page.get_by_label("The clinic may use").check()
    visitor.button("Ask for a call").click()
    assert_met_once(visitor)
    visitor.button("Options").click()
    visitor.button("Talk to a person").click()
    assert visitor.page.get_by_label("Your name").input_value() == "Ana"
    assert "phone" in visitor.page.locator("#field-phone-error").inner_text().lower()


def test_in_the_reason_of_a_rating(chat: Callable[..., ChatPage]) -> None:
    """A rating of something that cannot be rated, with a crisis as its reason."""
    visitor = chat().open()
    visitor.say(QUESTION)
    visitor.page.evaluate(SPOKEN)

    def elsewhere(route: Any) -> None:
        sent = json.loads(route.request.post_data)
        route.continue_(post_data=json.dumps({**sent, "reply_id": "7fffffffffffffff"}))

    visitor.page.route("**/web/feedback", elsewhere)
    visitor.button("Not helpful").click()
    visitor.page.get_by_label("What was missing?").fill(CRISIS)
    visitor.page.locator(".reason").get_by_role("button", name="Send").click()
    assert_met_once(visitor)
    assert visitor.page.locator(".reason-problem").inner_text()


def test_in_a_message_that_is_refused_again_and_again(chat: Callable[..., ChatPage]) -> None:
    """Each refusal brings the replies anew; they are shown and read out once."""
    visitor = chat().open()
    visitor.page.evaluate(SPOKEN)
    refused: list[int] = []

    def away(route: Any) -> None:
        refused.append(len(refused))
        reply = {
            "id": f"{len(refused):016x}", "from": "assistant", "at": "2026-11-21T12:00:00+00:00",
            "text": "You can **call or text 988**.", "outcome": "crisis", "in_reply_to": "aside",
        }  # fmt: skip
        body = {"error": "away", "what": "Please wait.", "help": HELP_LINE, "replies": [reply]}
        route.fulfill(status=503, json=body, headers={"Retry-After": "1"})

    visitor.page.route("**/web/messages", away)
    visitor.type(CRISIS)
    assert_met_once(visitor)
    visitor.button("Try again now").click()
    visitor.page.wait_for_timeout(1_000)
    assert len(refused) > 1
    assert crises(visitor).count() == 1
    assert_met_once(visitor)
