"""An action server that is broken in the way the first argument names. Ships with the tests."""

from __future__ import annotations

import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOW, PORT = sys.argv[1], int(sys.argv[2])
GARBAGE = {
    "garbage-not-json": b"<html>teapot</html>",
    "garbage-list": b"[1, 2, 3]",
    "garbage-shapes": b'{"events": "none", "responses": 7}',
    "garbage-payload": b'{"events": [], "responses": [{"custom": {"outcome": "answered"}}]}',
    "garbage-empty": b"",
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._send(200, b'{"status": "ok"}')

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if HOW == "hang":
            time.sleep(60)
        if HOW == "error":
            self._send(500, b'{"error": "boom", "request_body": ' + body + b"}")
        self._send(200, GARBAGE.get(HOW, b"{}"))

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
