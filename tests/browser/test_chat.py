"""What a visitor does with the chat, on a phone and at a desk."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.chat_page import CRISIS, DESKTOP, PHONE, QUESTION, UNCLEAR, ChatPage, Look

pytestmark = pytest.mark.slow
BOTH = pytest.mark.parametrize("look", [DESKTOP, PHONE], ids=["desktop", "phone"])


@BOTH
def test_a_question_is_answered_with_sources(look: Look, chat: Callable[..., ChatPage]) -> None:
    """The notice comes first; the answer says how it was checked, and its sources unfold."""
    visitor = chat(look).open()
    notice = visitor.page.locator(".notice")
    assert "automated" in notice.inner_text()
    assert notice.get_by_role("button").count() == 0
    answer = visitor.say(QUESTION)
    assert len(answer) > 60
    about = visitor.page.locator(".about")
    assert about.inner_text().strip()
    source = visitor.page.locator("details a").first
    assert not source.is_visible()
    visitor.page.locator("summary").click()
    assert source.is_visible()
    assert source.get_attribute("href").startswith("https://")
    assert source.get_attribute("rel") == "noopener noreferrer"
    assert notice.count() == 1


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_notice_leaves_room_on_a_phone(language: str, chat: Callable[..., ChatPage]) -> None:
    """All of the notice, a question to tap, the field and the help lines, with nothing scrolled."""
    page = chat(PHONE, locale=language).page
    page.locator(".launcher").click()
    page.locator(".notice-links a").first.wait_for()
    page.wait_for_timeout(250)
    bottom = 0.0
    for each in (".notice", ".welcome .choice", ".composer", ".help-row"):
        box = page.locator(f"kap-guide {each}").first.bounding_box()
        assert box["y"] >= bottom, each
        bottom = box["y"] + box["height"]
    assert bottom <= PHONE.height
    assert page.locator(".notice li").count() <= 6


@BOTH
def test_a_suggestion_is_one_tap(look: Look, chat: Callable[..., ChatPage]) -> None:
    """A suggested question is sent as it stands; the suggestions make room for the conversation."""
    visitor = chat(look).open()
    chip = visitor.page.locator(".welcome .choice").first
    text = chip.inner_text()
    chip.tap() if look is PHONE else chip.click()
    visitor.replies.first.wait_for()
    assert visitor.said.first.locator(".bubble").inner_text() == text
    assert not visitor.page.locator(".welcome").is_visible()


def test_a_choice_is_sent_as_its_signed_payload(chat: Callable[..., ChatPage]) -> None:
    """Did-you-mean: the button's own payload goes out, its label is shown, and buttons then go."""
    visitor = chat().open()
    visitor.say(UNCLEAR)
    button = visitor.page.locator(".message .choice").first
    label = button.inner_text()
    assert label not in visitor.replies.first.locator(".bubble").inner_text()
    with visitor.page.expect_request("**/web/messages") as sent:
        button.click()
    body = json.loads(sent.value.post_data)
    assert body.keys() == {"message_id", "choice"}
    visitor.page.locator(".message.person").nth(1).wait_for()
    assert visitor.said.nth(1).locator(".bubble").inner_text() == label
    visitor.replies.nth(1).wait_for()
    assert visitor.focused().startswith("div||scroll")
    assert label in visitor.replies.first.locator(".offered").inner_text()
    assert visitor.replies.first.get_by_role("button", name=label).count() == 0


def test_typing_is_shown_until_the_reply_comes(chat: Callable[..., ChatPage]) -> None:
    """A slow answer shows that somebody looks for it, and stops moving by itself."""
    visitor = chat().open()
    visitor.page.route("**/web/messages", slowly(700))
    visitor.type(QUESTION)
    visitor.page.locator(".typing").wait_for()
    assert "Looking for an answer" in visitor.page.locator(".typing").inner_text()
    visitor.replies.first.wait_for()
    assert not visitor.page.locator(".typing").is_visible()
    assert (
        visitor.page.evaluate(
            "getComputedStyle(document.querySelector('kap-guide').shadowRoot"
            ".querySelector('.dots i')).animationIterationCount"
        )
        == "3"
    )


def slowly(milliseconds: int) -> Callable[[Any], None]:
    def handle(route: Any) -> None:
        route.request.frame.page.wait_for_timeout(milliseconds)
        route.continue_()

    return handle


@BOTH
def test_a_reply_can_be_rated(look: Look, chat: Callable[..., ChatPage]) -> None:
    """Helpful is one tap; not helpful asks why, and the reason may be left out."""
    visitor = chat(look).open()
    visitor.say(QUESTION)
    with visitor.page.expect_request("**/web/feedback") as sent:
        visitor.button("Helpful", exact=True).click()
    assert json.loads(sent.value.post_data)["helpful"] is True
    visitor.page.get_by_text("Thank you.").wait_for()
    visitor.say("What are the risks of ketamine?")
    visitor.button("Not helpful").click()
    visitor.page.get_by_label("What was missing?").fill("It was too long.")
    with visitor.page.expect_request("**/web/feedback") as sent:
        visitor.page.locator(".reason").get_by_role("button", name="Send").click()
    assert json.loads(sent.value.post_data)["reason"] == "It was too long."


def test_a_reason_that_reads_as_a_crisis_is_met(chat: Callable[..., ChatPage]) -> None:
    """No free text is a side door: the safety replies appear in the conversation."""
    visitor = chat().open()
    visitor.say(QUESTION)
    visitor.button("Not helpful").click()
    visitor.page.get_by_label("What was missing?").fill(CRISIS)
    visitor.page.locator(".reason").get_by_role("button", name="Send").click()
    visitor.page.locator(".message.crisis").first.wait_for()


def fill_form(visitor: ChatPage, **values: str) -> None:
    page = visitor.page
    for label, value in {"Your name": "Ana", "Phone number": "555-010-0123", **values}.items():
        page.get_by_label(label).fill(value)
    page.get_by_role("radiogroup", name="Is it safe").get_by_label("Yes").check()
    page.get_by_role("radiogroup", name="voicemail").get_by_label("No", exact=True).check()


def open_form(visitor: ChatPage) -> None:
    visitor.open()
    visitor.button("Talk to a person").click()
    visitor.page.get_by_role("heading", name="Talk to a person").wait_for()


@BOTH
def test_a_person_can_be_asked_for(look: Look, chat: Callable[..., ChatPage]) -> None:
    """The form says that it is not for emergencies, and sends just what was asked."""
    visitor = chat(look)
    open_form(visitor)
    assert "not for emergencies" in visitor.page.locator(".warning").inner_text()
    fill_form(visitor)
    visitor.page.get_by_label("The clinic may use").check()
    with visitor.page.expect_request("**/web/callbacks") as sent:
        visitor.button("Ask for a call").click()
    body = json.loads(sent.value.post_data)
    assert body["safe_to_call"] is True
    assert body["voicemail"] is False
    assert body["consent"] is True
    assert "email" not in body
    visitor.page.locator(".thanks").wait_for()


def test_the_form_says_what_is_missing(chat: Callable[..., ChatPage]) -> None:
    """Errors stand at their fields, are tied to them, and focus goes to the first."""
    visitor = chat()
    open_form(visitor)
    page = visitor.page
    visitor.button("Ask for a call").click()
    assert visitor.focused().startswith("input|field-name")
    name = page.get_by_label("Your name")
    assert name.get_attribute("aria-invalid") == "true"
    assert name.get_attribute("aria-describedby") == "field-name-error"
    assert "3 fields" in page.locator(".summary").inner_text()
    fill_form(visitor, **{"Phone number": "12", "E-mail address": "ana"})
    visitor.button("Ask for a call").click()
    shown = [text for text in page.locator(".error").all_inner_texts() if text]
    assert len(shown) == 3
    assert name.get_attribute("aria-invalid") is None


def test_a_form_is_not_lost_when_the_server_is(chat: Callable[..., ChatPage]) -> None:
    """A failed request keeps every field; the second try has the same id: one call is asked for."""
    visitor = chat()
    open_form(visitor)
    fill_form(visitor)
    visitor.page.get_by_label("The clinic may use").check()
    ids = []
    visitor.page.route(
        "**/web/callbacks",
        lambda route: (
            ids.append(json.loads(route.request.post_data)["request_id"]),
            route.abort(),
        ),
    )
    visitor.button("Ask for a call").click()
    visitor.page.get_by_text("Nothing you typed is lost").wait_for()
    assert visitor.page.get_by_label("Your name").input_value() == "Ana"
    visitor.page.unroute("**/web/callbacks")
    with visitor.page.expect_request("**/web/callbacks") as sent:
        visitor.button("Ask for a call").click()
    assert [json.loads(sent.value.post_data)["request_id"]] == ids


def test_the_conversation_can_be_downloaded(chat: Callable[..., ChatPage]) -> None:
    """A plain text file with what was said on both sides."""
    visitor = chat().open()
    visitor.say(QUESTION)
    visitor.button("Options").click()
    with visitor.page.expect_download() as download:
        visitor.button("Download my conversation").click()
    assert download.value.suggested_filename == "my-conversation.txt"
    assert QUESTION in download.value.path().read_text()


def test_the_conversation_can_be_erased(chat: Callable[..., ChatPage]) -> None:
    """Only after a second yes; then it is gone, also after a reload."""
    visitor = chat().open()
    visitor.say(QUESTION)
    visitor.button("Options").click()
    visitor.button("Erase my conversation").click()
    visitor.button("No, keep it").click()
    visitor.button("Erase my conversation").click()
    visitor.button("Yes, erase it").click()
    visitor.page.get_by_text("Your conversation has been erased.").wait_for()
    assert visitor.transcript() == []
    visitor.page.reload()
    visitor.open()
    visitor.page.wait_for_timeout(400)
    assert visitor.transcript() == []


def test_the_interface_speaks_spanish(chat: Callable[..., ChatPage]) -> None:
    """Switched in the options, kept after a reload, and it says that answers are in English."""
    visitor = chat().open()
    visitor.say(QUESTION)
    visitor.field.fill("half a thought")
    visitor.button("Options").click()
    visitor.page.get_by_label("Language").select_option("es")
    visitor.page.get_by_role("heading", name="Opciones").wait_for()
    assert (
        "Por ahora, las respuestas están en inglés."
        in visitor.page.locator(".page:visible .hint").first.inner_text()
    )
    visitor.button("Volver al chat").click()
    assert visitor.page.get_by_role("textbox", name="Tu mensaje").input_value() == "half a thought"
    assert visitor.replies.first.locator(".bubble").get_attribute("lang") == "en"
    visitor.page.reload()
    visitor.page.get_by_role("button", name="Haz una pregunta").click()
    assert visitor.page.locator("kap-guide .frame").get_attribute("lang") == "es"


def test_the_region_can_be_changed(chat: Callable[..., ChatPage]) -> None:
    """The help lines follow, before and after the first message, and stay after a reload."""
    visitor = chat().open()
    visitor.say(QUESTION)
    visitor.button("All help lines").click()
    visitor.page.get_by_label("Where are you?").select_option("GB")
    visitor.page.get_by_role("link", name="Call 999").first.wait_for()
    assert (
        visitor.help.get_by_role("link", name="Call 116 123").first.get_attribute("href")
        == "tel:116123"
    )
    visitor.page.reload()
    visitor.launcher.wait_for()
    assert visitor.help.get_by_role("link", name="Call 999").first.is_visible()
