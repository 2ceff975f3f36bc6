"""The chat as a person finds it on a page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

QUESTION = "How does ketamine work?"
UNCLEAR = "sessions"
CRISIS = "I want to kill myself"


@dataclass(frozen=True)
class Look:
    """A screen and what its owner prefers."""

    width: int = 1280
    height: int = 800
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, Any]:
        return {"viewport": {"width": self.width, "height": self.height}, **self.more}


DESKTOP = Look()
PHONE = Look(390, 844, {"has_touch": True, "is_mobile": True})


class ChatPage:
    """Finds everything by role and name, as assistive technology does."""

    def __init__(self, page: Any, base_url: str) -> None:
        self.page = page
        self.base_url = base_url
        self.errors: list[str] = []
        self.requests: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))

    def visit(self, path: str = "/") -> ChatPage:
        self.page.goto(self.base_url + path)
        return self

    @property
    def launcher(self) -> Any:
        return self.page.get_by_role("button", name="Ask a question")

    @property
    def field(self) -> Any:
        return self.page.get_by_role("textbox", name="Your message")

    @property
    def dialog(self) -> Any:
        return self.page.get_by_role("dialog", name="KAP Guide")

    @property
    def help(self) -> Any:
        return self.page.get_by_role("region", name="Help now")

    @property
    def scroller(self) -> Any:
        return self.page.get_by_role("region", name="Conversation")

    @property
    def replies(self) -> Any:
        return self.page.locator(".message.assistant")

    @property
    def said(self) -> Any:
        return self.page.locator(".message.person")

    def open(self) -> ChatPage:
        self.launcher.click()
        self.page.locator(".notice-links").first.wait_for()
        return self

    def button(self, name: str, **more: Any) -> Any:
        return self.page.get_by_role("button", name=name, **more)

    def type(self, text: str) -> None:
        self.field.fill(text)
        self.field.press("Enter")

    def say(self, text: str) -> str:
        """Send, wait for the reply, and return all of its words."""
        before = self.replies.count()
        self.type(text)
        self.replies.nth(before).wait_for()
        self.page.locator(".typing").wait_for(state="hidden")
        return "\n".join(
            self.replies.nth(at).inner_text() for at in range(before, self.replies.count())
        )

    def transcript(self) -> list[str]:
        """Everything in the conversation, in the order in which it stands."""
        return [
            item.locator(".bubble").inner_text() for item in self.page.locator(".message").all()
        ]

    def focused(self) -> str:
        """Tag, id, class and name of what has focus, in the shadow tree too."""
        return self.page.evaluate(
            """() => {
                let at = document.activeElement;
                while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
                const name = at?.getAttribute('aria-label') ?? at?.textContent ?? '';
                return [at?.localName, at?.id, at?.className, name.trim().slice(0, 40)].join('|');
            }"""
        )

    def stored(self) -> dict[str, str]:
        return self.page.evaluate(
            "() => Object.fromEntries(Object.entries(localStorage)"
            ".filter(([key]) => key.startsWith('kap-guide')))"
        )
