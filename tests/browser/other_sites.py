"""Web sites of other people: pages with the chat on them, from origins of their own."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>A clinic's own site</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><main><h1>Our clinic</h1></main>
<kap-guide><p>Need help now? <a href="tel:911">Call 911</a> <a href="tel:988">Call 988</a>
<a href="sms:988">Text 988</a></p></kap-guide>
<script src="{server}/widget.js" async></script></html>"""


class OtherSite:
    """One page at every address. Name the chat's `server` before the first visit."""

    def __init__(self) -> None:
        self.server = ""
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def origin(self) -> str:
        """As a browser names it."""
        return f"http://localhost:{self._http.server_address[1]}"

    def stop(self) -> None:
        """Free the port."""
        self._http.shutdown()
        self._http.server_close()


def _handler(site: OtherSite) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            pass

        def do_GET(self) -> None:
            body = PAGE.format(server=site.server).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler
