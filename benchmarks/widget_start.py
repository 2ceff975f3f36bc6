"""`make bench-widget`: how soon a phone shows the launcher, beside a web chat made for Rasa.

A phone is Chromium at a quarter of its speed, on a slow mobile network. "script" is from the first
line of the bundle to a launcher that was laid out; "page" is from the start of the navigation,
download included; "processor" is the page's whole work until then in processor time, which other
work on the machine changes least. Each is a median over fresh browser contexts, taken in turns.
rasa-webchat hides its launcher until its server has answered: that wait is left out.
"""

from __future__ import annotations

import gzip
import shutil
import statistics
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Browser, sync_playwright
from rich.console import Console
from rich.table import Table

from clinic.settings import PROJECT_ROOT

ROUNDS = 9
SLOWER = 4
SLOW_4G = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
RASA_WEBCHAT = "rasa-webchat@1.0.1"
WIDGET = PROJECT_ROOT / "widget" / "dist" / "widget.js"
EMPTY = """customElements.define('empty-chat', class extends HTMLElement { connectedCallback() {
this.attachShadow({mode: 'open'}).append(Object.assign(document.createElement('button'),
{textContent: 'Ask a question', className: 'launcher'})); } });
document.body.append(document.createElement('empty-chat'));"""
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Clinic</title><h1>Clinic</h1>
<script>
window.found = () => { const look = root => root.querySelector('.launcher, .rw-launcher') ??
  [...root.querySelectorAll('*')].map(e => e.shadowRoot && look(e.shadowRoot)).find(Boolean);
  return look(document); };
window.wait = () => { const button = found();
  if (button && button.getBoundingClientRect()) window.shown = performance.now();
  else setTimeout(wait, 2); };
</script>
<script src="/chat.js"></script><script src="/after.js"></script>"""


class Times(NamedTuple):
    """Milliseconds."""

    script: float
    page: float
    processor: float


@dataclass(frozen=True)
class Chat:
    """A bundle, and what a page does to start it."""

    name: str
    bundle: bytes
    start: str = ""


def main() -> None:
    """Time all of them in turns and print a table."""
    chats = [Chat("KAP Guide", WIDGET.read_bytes()), Chat("empty element", EMPTY.encode())]
    if peer := rasa_webchat():
        start = "WebChat.default({socketUrl: '/none', hideWhenNotConnected: false}, null);"
        chats.append(Chat(RASA_WEBCHAT, peer, start))
    times: dict[str, list[Times]] = {chat.name: [] for chat in chats}
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for _ in range(ROUNDS):
            for chat in chats:
                times[chat.name].append(_once(browser, chat))
        browser.close()
    _print(chats, times)


def rasa_webchat() -> bytes | None:
    """The bundle of Rasa's web chat from npm; None where npm or its registry is out of reach."""
    npm = shutil.which("npm")
    if npm is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        command = [npm, "pack", "--silent", RASA_WEBCHAT]
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
        packed = next(Path(folder).glob("*.tgz"), None)
        if done.returncode or packed is None:
            return None
        shutil.unpack_archive(packed, folder)
        found = sorted(Path(folder, "package", "lib").glob("index.js"))
        return found[0].read_bytes() if found else None


def _once(browser: Browser, chat: Chat) -> Times:
    with _served(chat) as address:
        context = browser.new_context(
            viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True
        )
        page = context.new_page()
        protocol = context.new_cdp_session(page)
        protocol.send("Network.enable")
        protocol.send("Network.emulateNetworkConditions", SLOW_4G)
        protocol.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        protocol.send("Performance.enable", {"timeDomain": "threadTicks"})
        page.goto(address)
        page.wait_for_function("window.shown")
        found = protocol.send("Performance.getMetrics")["metrics"]
        worked = next(each["value"] for each in found if each["name"] == "TaskDuration")
        script, whole = page.evaluate("[window.shown - window.began, window.shown]")
        context.close()
    return Times(script, whole, worked * 1_000)


@contextmanager
def _served(chat: Chat) -> Iterator[str]:
    files = {
        "/": ("text/html", PAGE.encode()),
        "/chat.js": ("text/javascript", b"window.began = performance.now();" + chat.bundle),
        "/after.js": ("text/javascript", f"{chat.start} wait();".encode()),
    }

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            pass

        def do_GET(self) -> None:
            kind, content = files.get(self.path, ("text/plain", b""))
            body = gzip.compress(content)
            self.send_response(200)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()


def _print(chats: list[Chat], times: dict[str, list[Times]]) -> None:
    table = Table(title=f"launcher shown, CPU at 1/{SLOWER}, slow 4G, median of {ROUNDS}")
    for column in ("", "gzipped", *Times._fields, "script beside ours"):
        table.add_column(column, justify="right" if column else "left")
    medians = {
        name: Times(*(statistics.median(each) for each in zip(*rows, strict=True)))
        for name, rows in times.items()
    }
    own = medians[chats[0].name]
    for chat in chats:
        taken = medians[chat.name]
        size = f"{len(gzip.compress(chat.bundle, 9)) / 1024:.0f} KB"
        shown = (f"{each:.0f} ms" for each in taken)
        table.add_row(chat.name, size, *shown, f"{taken.script / own.script:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
