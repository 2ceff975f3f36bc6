"""The chat on somebody else's page: nothing leaks in or out, and no text becomes code."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.chat_page import PHONE, QUESTION, ChatPage
from tests.browser.test_chat import fill_form

pytestmark = pytest.mark.slow
SCRIPT = '<script src="/widget.js?x" {data}></script>'
PAGE = """<!doctype html><html lang=en><head><title>Clinic</title>{head}</head><body><main>
<h1>Clinic</h1><p id=p>Text</p><button id=b>Menu</button></main>{body}</body></html>"""
HOSTILE = """<style>
body * { font-family: fantasy !important; letter-spacing: 9px !important; color: red !important;
    transform: rotate(3deg); opacity: 0.4 !important; }
html { font-size: 40px; } button, a, input { display: none !important; border: 9px solid red; }
kap-guide { position: absolute; left: -999px; } p { font-size: 50px !important; }
</style>"""
XSS = [
    '<img src=x onerror="window.hacked=1">',
    "<script>window.hacked=1</script>",
    "[tap](javascript:window.hacked=1)",
    "[tap](data:text/html,<script>window.hacked=1</script>)",
    "**<svg onload=window.hacked=1>**",
    '"><iframe srcdoc="<script>parent.hacked=1</script>"></iframe>',
]


def look_of(visitor: ChatPage, selector: str) -> dict[str, Any]:
    return visitor.page.evaluate(
        """selector => {
            const e = document.querySelector('kap-guide').shadowRoot.querySelector(selector);
            const s = getComputedStyle(e), b = e.getBoundingClientRect();
            return {font: s.fontFamily, size: s.fontSize, colour: s.color, spacing: s.letterSpacing,
                    display: s.display, box: [b.x, b.y, b.width, b.height].map(Math.round)};
        }""",
        selector,
    )


def test_styles_of_the_page_stay_outside(host_page: Callable[..., ChatPage]) -> None:
    """A page with the rudest style sheet shows the chat just as a plain page does."""
    looks = []
    for head in ("", HOSTILE):
        visitor = host_page(PAGE.format(head=head, body=SCRIPT.format(data="data-open")))
        visitor.dialog.wait_for()
        visitor.page.locator(".notice-links").first.wait_for()
        visitor.page.wait_for_timeout(300)
        looks.append(
            [look_of(visitor, each) for each in (".titles h2", ".exit-button", ".chip", "textarea")]
        )
    assert looks[0] == looks[1]


def test_styles_of_the_chat_stay_inside(host_page: Callable[..., ChatPage]) -> None:
    """The page looks the same with and without the chat."""
    seen = []
    for body in ("", SCRIPT.format(data="data-open")):
        visitor = host_page(PAGE.format(head="", body=body))
        if body:
            visitor.dialog.wait_for()
        seen.append(
            visitor.page.evaluate(
                "['p', 'b'].map(id => getComputedStyle(document.getElementById(id)))"
                ".map(style => [style.font, style.color, style.margin, style.padding])"
            )
        )
    assert seen[0] == seen[1]


def test_data_attributes(host_page: Callable[..., ChatPage]) -> None:
    """Read from the script tag; nonsense is left out."""
    data = "data-language=es data-region=gb data-position=left data-theme=dark data-open"
    visitor = host_page(PAGE.format(head="", body=SCRIPT.format(data=data)))
    visitor.page.get_by_role("textbox", name="Tu mensaje").wait_for()
    frame = visitor.page.locator("kap-guide .frame")
    assert frame.get_attribute("lang") == "es"
    assert frame.get_attribute("data-look") == "dark"
    assert visitor.page.locator(".dock").bounding_box()["x"] < 60
    visitor.page.get_by_role("link", name="Llamar al 999").first.wait_for()
    odd = host_page(
        PAGE.format(
            head="", body=SCRIPT.format(data="data-language=xx data-theme=pink data-colour=red")
        )
    )
    odd.launcher.wait_for()
    assert not odd.errors


@pytest.mark.parametrize("colour", ["#ffcc00", "#e0f7fa", "#000", "#ff0000", "#7cb342", "#111184"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_brand_colour_can_be_read(
    colour: str, theme: str, host_page: Callable[..., ChatPage], axe: str
) -> None:
    """Whatever colour a clinic has, text on it and in it has a contrast of 4.5."""
    data = f'data-open data-colour="{colour}" data-theme={theme}'
    visitor = host_page(PAGE.format(head="", body=SCRIPT.format(data=data)))
    visitor.page.locator(".welcome .choice").first.wait_for()
    visitor.page.wait_for_timeout(250)
    visitor.page.evaluate(axe)
    found = visitor.page.evaluate(
        "axe.run(document, {runOnly: ['color-contrast'], resultTypes: ['violations']})"
        ".then(({violations}) => violations.map(v => v.nodes.map(n => n.failureSummary)))"
    )
    assert found == []


def test_the_javascript_interface(host_page: Callable[..., ChatPage]) -> None:
    """Mount, open, close, destroy and events, none of which carries a person's words."""
    script = """<script>
      window.heard = [];
      const chat = KapGuide.mount({language: 'en'});
      for (const name of ['open', 'close', 'message', 'safety', 'erased', 'problem'])
        chat.on(name, detail => heard.push([name, detail ?? null]));
      document.getElementById('b').onclick = () => chat.open();
    </script>"""
    visitor = host_page(PAGE.format(head="", body=SCRIPT.format(data="data-manual") + script))
    visitor.page.locator("#b").click()
    visitor.dialog.wait_for()
    visitor.say(QUESTION)
    visitor.page.keyboard.press("Escape")
    assert visitor.focused().startswith("button|b|")
    heard = visitor.page.evaluate("heard")
    names = [name for name, _ in heard]
    assert names[0] == "open"
    assert names[-1] == "close"
    assert ["message", {"from": "person", "outcome": ""}] in heard
    assert QUESTION not in json.dumps(heard)
    visitor.page.evaluate("chat.destroy()")
    assert visitor.launcher.count() == 0
    visitor.page.evaluate("KapGuide.mount().open()")
    visitor.replies.first.wait_for()


def test_no_third_party_is_asked(host_page: Callable[..., ChatPage]) -> None:
    """A strict Content-Security-Policy blocks nothing; every request goes to the chat server."""
    policy = "default-src 'none'; script-src 'self'; connect-src 'self'; report-uri /x"
    visitor = host_page(
        PAGE.format(head="", body=SCRIPT.format(data="data-open data-colour='#225588'")),
        headers={"Content-Security-Policy": policy},
    )
    blocked: list[str] = []
    visitor.page.on(
        "console",
        lambda message: (
            blocked.append(message.text) if "Content Security" in message.text else None
        ),
    )
    visitor.visit("/host-page")
    visitor.say(QUESTION)
    assert look_of(visitor, ".exit-button")["display"] == "flex"
    assert not blocked
    assert all(url.startswith(visitor.base_url) for url in visitor.requests), visitor.requests


def test_no_text_becomes_code(host_page: Callable[..., ChatPage]) -> None:
    """Hostile strings in every field of every answer, and from the person, stay words."""
    visitor = host_page(PAGE.format(head="", body=SCRIPT.format(data="")), look=PHONE)
    page = visitor.page
    bad = " ".join(XSS)

    def poison(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: poison(each) for key, each in value.items()}
        if isinstance(value, list):
            return [poison(each) for each in value]
        return bad if isinstance(value, str) else value

    message = {
        "id": "9",
        "from": "assistant",
        "at": bad,
        "text": "\n\n".join(XSS),
        "outcome": "answered",
        "notice": bad,
        "reviewed_on": bad,
        "feedback": True,
        "in_reply_to": "x",
        "sources": [{"title": bad, "section": bad, "address": "javascript:window.hacked=1"}],
        "choices": [{"label": bad, "payload": bad}],
    }

    def config(route: Any) -> None:
        kept = {"limits": {}, "language": "en", "region": "US"}
        route.fulfill(json={**poison(route.fetch().json()), **kept})

    def reply(route: Any) -> None:
        sent = json.loads(route.request.post_data or "{}")
        crisis = {**message, "id": "99", "outcome": "crisis"}
        route.fulfill(json={"message_id": sent.get("message_id"), "replies": [message, crisis]})

    page.route("**/web/config*", config)
    page.route("**/web/messages", reply)
    page.route("**/web/events*", lambda route: route.abort())
    visitor.launcher.click()
    page.locator(".welcome .choice").first.wait_for()
    visitor.type(bad)
    visitor.replies.nth(1).wait_for()
    page.locator("summary").first.click()
    visitor.button("Options").click()
    visitor.button("Talk to a person").click()
    fill_form(visitor, **{"Your name": bad, "What is it about?": bad, "E-mail address": "a@b.c"})
    page.get_by_label("The clinic may use").check()
    page.route(
        "**/web/callbacks",
        lambda route: route.fulfill(status=400, json={"error": "x", "what": bad, "help": bad}),
    )
    visitor.button("Ask for a call").click()
    page.locator(".summary p").first.wait_for()
    page.wait_for_timeout(200)
    assert page.evaluate("window.hacked") is None
    assert (
        page.locator(
            "kap-guide img, kap-guide iframe, kap-guide script, kap-guide svg[onload]"
        ).count()
        == 0
    )
    schemes = page.evaluate(
        "[...document.querySelector('kap-guide').shadowRoot.querySelectorAll('a')]"
        ".map(link => link.protocol)"
    )
    assert set(schemes) <= {"https:", "http:", "tel:", "sms:", "mailto:"}
