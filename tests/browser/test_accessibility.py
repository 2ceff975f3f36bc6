"""Everybody can use it: by axe in every state and look, by keyboard, by reading order."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.chat_page import CRISIS, DESKTOP, PHONE, QUESTION, ChatPage, Look
from tests.browser.states import walk

pytestmark = pytest.mark.slow

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LOOKS = {
    "desktop": DESKTOP,
    "phone": PHONE,
    "dark": Look(390, 844, {"color_scheme": "dark", "has_touch": True}),
    "desktop-dark": Look(more={"color_scheme": "dark"}),
    "zoom-200": Look(640, 400, {"device_scale_factor": 2}),
    "zoom-400": Look(320, 256, {"device_scale_factor": 4}),
    "narrow-320": Look(320, 568),
    "contrast": Look(390, 844, {"contrast": "more"}),
    "forced-colours": Look(390, 844, {"forced_colors": "active"}),
}


def violations(chat: ChatPage, axe: str) -> list[str]:
    if not chat.page.evaluate("'axe' in window"):
        chat.page.evaluate(axe)
    found = chat.page.evaluate(
        """async (values) => (await axe.run(document, {
            runOnly: {type: 'tag', values}, rules: {'target-size': {enabled: true}},
            resultTypes: ['violations'],
        })).violations.flatMap(v => v.nodes.map(n => [v.id, n.target, n.failureSummary].join()))""",
        TAGS,
    )
    return list(found)


def cut_off(chat: ChatPage) -> dict[str, Any]:
    """Whether the page scrolls sideways, and controls of ours that are too small for a thumb."""
    return chat.page.evaluate(
        """() => {
            const root = document.querySelector('kap-guide').shadowRoot;
            const small = [...root.querySelectorAll('button, select, summary, .chip, label.option')]
                .filter(e => e.offsetParent && (e.offsetHeight < 44 || e.offsetWidth < 44))
                .map(e => `${e.className} ${e.textContent} ${e.offsetWidth}x${e.offsetHeight}`);
            const wide = [...root.querySelectorAll('.dock, .dock *')]
                .filter(e => !e.closest('.sr, svg, .help-all'))
                .filter(e => e.getBoundingClientRect().right > innerWidth + 1)
                .map(e => `${e.localName}.${e.className}`);
            return {small, wide};
        }"""
    )


@pytest.mark.parametrize("name", LOOKS)
def test_no_state_breaks_a_rule(
    name: str, chat: Callable[..., ChatPage], axe: str, screenshots: Path
) -> None:
    """WCAG 2.2 AA by axe, 44 pixels for a thumb, nothing cut off, and the help links in sight, from
    state to state at the same place and in the same order."""
    visitor = chat(LOOKS[name], reduced_motion="reduce")
    places = []
    for state in walk(visitor):
        visitor.page.screenshot(path=screenshots / f"{name}-{state}.png")
        assert not violations(visitor, axe), state
        assert cut_off(visitor) == {"small": [], "wide": []}, state
        assert_help_in_sight(visitor)
        places.append(visitor.help.locator("a.chip").first.bounding_box())
    for side in ("x", "y"):
        seen = [place[side] for place in places]
        assert max(seen) - min(seen) <= 2, (side, seen)
    assert not visitor.errors


def assert_help_in_sight(chat: ChatPage) -> None:
    """The links are there, fully inside the screen, and nothing lies over them."""
    names = [link.inner_text() for link in chat.help.locator("a.chip").all()]
    assert names == ["Call 911", "Call 988", "Text 988"]
    hidden = chat.page.evaluate(
        """() => {
            const root = document.querySelector('kap-guide').shadowRoot;
            return [...root.querySelectorAll('a.chip')].filter(link => {
                const {left, right, top, bottom} = link.getBoundingClientRect();
                const seen = root.elementFromPoint((left + right) / 2, (top + bottom) / 2);
                const out = left < 0 || top < 0 || right > innerWidth || bottom > innerHeight;
                return seen !== link || out;
            }).map(link => link.textContent);
        }"""
    )
    assert hidden == []


def test_by_keyboard_alone(chat: Callable[..., ChatPage]) -> None:
    """Tab reaches everything in reading order, Enter works, Escape closes and gives focus back."""
    visitor = chat()
    page = visitor.page
    order = []
    for _ in range(3):
        page.keyboard.press("Tab")
        order.append(visitor.focused())
    assert "Ask a question" in order[-1] or tab_to(visitor, "Ask a question")
    page.keyboard.press("Enter")
    visitor.dialog.wait_for()
    assert visitor.focused().startswith("section||notice")
    tab_to(visitor, "Your message", tag="textarea")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("And how long does it take?")
    assert visitor.field.input_value().count("\n") == 1
    page.keyboard.press("Enter")
    visitor.replies.first.wait_for()
    assert visitor.field.input_value() == ""
    assert visitor.focused().startswith("textarea|message")
    for name in ("Send", "Call 911", "Call 988", "Text 988", "All help lines"):
        page.keyboard.press("Tab")
        assert name in visitor.focused()
    page.keyboard.press("Escape")
    assert "Ask a question" in visitor.focused()
    assert visitor.dialog.count() == 0


def tab_to(chat: ChatPage, name: str, *, tag: str = "", limit: int = 25) -> bool:
    for _ in range(limit):
        if (name in chat.focused() or tag) and chat.focused().startswith(tag):
            return True
        chat.page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reached {name}: {chat.focused()}")


def test_the_panel_does_not_trap(chat: Callable[..., ChatPage]) -> None:
    """At a desk, Tab leaves the panel; on a phone, the page behind is out of reach."""
    visitor = chat().open()
    seen = set()
    for _ in range(40):
        visitor.page.keyboard.press("Shift+Tab")
        seen.add(visitor.focused().split("|")[0])
    assert "body" in seen or "a" in seen
    phone = chat(PHONE).open()
    assert phone.dialog.get_attribute("aria-modal") == "true"
    assert phone.page.locator("main").first.get_attribute("inert") is not None
    phone.button("Close").click()
    assert phone.page.locator("[inert]").count() == 0
    assert phone.page.evaluate("document.documentElement.style.overflow") == ""


def test_focus_is_always_visible(chat: Callable[..., ChatPage]) -> None:
    """Whatever has focus shows an outline of at least two pixels, and nothing covers it."""
    visitor = chat().open()
    for _ in range(14):
        visitor.page.keyboard.press("Tab")
        outline = visitor.page.evaluate(
            """() => {
                let at = document.activeElement;
                while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
                if (!at.getRootNode().host) return 9;
                const style = getComputedStyle(at);
                return style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth);
            }"""
        )
        assert outline >= 2, visitor.focused()


SPOKEN = """() => {
    const root = document.querySelector('kap-guide').shadowRoot;
    window.spoken = {log: [], alert: [], status: []};
    new MutationObserver(records => records.forEach(record => record.addedNodes.forEach(node => {
        const parent = node.nodeType === 3 ? node.parentElement : node;
        const role = parent?.closest('[role=log], [role=alert], [role=status]')?.role;
        if (role && node.textContent.trim()) window.spoken[role].push(node.textContent);
    }))).observe(root, {childList: true, subtree: true});
}"""


def test_replies_are_announced_once(chat: Callable[..., ChatPage]) -> None:
    """An answer through the log, a crisis reply through the alert, each once, no replay."""
    visitor = chat().open()
    page = visitor.page
    page.evaluate(SPOKEN)
    answer = visitor.say(QUESTION).split("\n")[0]
    page.wait_for_timeout(400)
    heard = page.evaluate("window.spoken")
    assert sum(answer in text for text in heard["log"]) == 1
    assert not heard["alert"]
    visitor.say(CRISIS)
    page.wait_for_timeout(400)
    heard = page.evaluate("window.spoken")
    assert len(heard["alert"]) == 1
    assert "988" in heard["alert"][0]
    assert sum("988" in text for text in heard["log"]) == 0
    page.reload()
    page.evaluate(SPOKEN)
    visitor.open()
    visitor.replies.first.wait_for()
    page.wait_for_timeout(400)
    heard = page.evaluate("window.spoken")
    assert not heard["log"]
    assert not heard["alert"]


def test_reading_order_and_names(chat: Callable[..., ChatPage]) -> None:
    """A screen reader finds title, exit, notice, messages, field and help lines, in this order."""
    visitor = chat().open()
    visitor.say(QUESTION)
    tree = visitor.dialog.aria_snapshot()
    wanted = [
        'heading "KAP Guide"',
        'button "Options"',
        'button "Close"',
        'button "Leave this page quickly"',
        'region "Conversation"',
        "list",
        'textbox "Your message"',
        'button "Send"',
        'region "Help now"',
        'link "Call 911"',
        'link "Text 988"',
    ]
    places = [tree.find(each) for each in wanted]
    assert -1 not in places, wanted[places.index(-1)]
    assert places == sorted(places)
    assert visitor.page.locator('kap-guide [role="log"]').count() == 1
