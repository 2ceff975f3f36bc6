"""The chat on a page of another origin: all of it where clinic.yml names the site, else help."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.chat_page import CRISIS, QUESTION, ChatPage
from tests.browser.conftest import Server, Sites

pytestmark = pytest.mark.slow
TRY = """async ([server, crisis]) => {
    const tried = [];
    for (const [path, how] of [
        ['/web/config', {}],
        ['/web/config', {mode: 'no-cors'}],
        ['/web/sessions', {method: 'POST', body: '{}'}],
        ['/web/messages', {method: 'POST', mode: 'no-cors', body: crisis}],
        ['/web/messages', {method: 'POST', body: crisis}],
    ]) try {
        const answer = await fetch(server + path, how);
        tried.push([answer.type, answer.status, await answer.text()]);
    } catch (error) {
        tried.push(error.name);
    }
    return tried;
}"""


@pytest.fixture
def visit(context: Callable[..., Any], server: Server, sites: Sites) -> Callable[[str], ChatPage]:
    """Opens the page of a site, by its name."""

    def make(name: str) -> ChatPage:
        site = getattr(sites, name)
        site.server = server.base_url
        return ChatPage(context().new_page(), site.origin).visit()

    return make


def test_all_of_it_works_on_a_site_that_is_named(
    visit: Callable[[str], ChatPage], server: Server
) -> None:
    """One line of HTML: an answer, what another tab says, a rating, a reload, an erasure."""
    visitor = visit("named")
    answers = []
    visitor.page.on("response", lambda answer: answers.append((answer.url, answer.status)))
    visitor.open()
    assert len(visitor.say(QUESTION)) > 60
    other = ChatPage(visitor.page.context.new_page(), visitor.base_url).visit().open()
    other.replies.first.wait_for()
    other.page.bring_to_front()
    other.say("What are the risks of ketamine?")
    visitor.page.bring_to_front()
    visitor.replies.nth(1).wait_for()
    visitor.button("Helpful", exact=True).first.click()
    visitor.page.get_by_text("Thank you.").first.wait_for()
    visitor.page.reload()
    visitor.open()
    visitor.replies.nth(1).wait_for()
    visitor.button("Options").click()
    visitor.button("Erase my conversation").click()
    visitor.button("Yes, erase it").click()
    visitor.page.get_by_text("Your conversation has been erased.").wait_for()
    assert (f"{server.base_url}/web/events", 200) in [(u.split("?")[0], s) for u, s in answers]
    assert all(status < 400 for _, status in answers)


def test_help_and_a_calm_word_on_a_site_that_is_not(visit: Callable[[str], ChatPage]) -> None:
    """The page's own links stay in sight; the chat says where it can be found instead."""
    visitor = visit("unnamed")
    visitor.launcher.click()
    visitor.page.get_by_text("may not be set up here").wait_for()
    assert visitor.help.locator("a.chip").all_inner_texts() == ["Call 911", "Call 988", "Text 988"]
    assert "automated assistant" in visitor.page.locator(".notice").inner_text()
    visitor.type(QUESTION)
    visitor.page.get_by_text("Not sent yet").wait_for()
    assert visitor.page.get_by_text("may not be set up here").is_visible()
    assert visitor.replies.count() == 0
    assert not visitor.errors


def test_a_site_that_is_not_named_reads_nothing(
    visit: Callable[[str], ChatPage], server: Server
) -> None:
    """No status, no word: answers come without the header that would let the page read them."""
    visitor = visit("unnamed")
    tried = visitor.page.evaluate(TRY, [server.base_url, CRISIS])
    opaque = ["opaque", 0, ""]
    assert tried == ["TypeError", opaque, "TypeError", opaque, "TypeError"]
