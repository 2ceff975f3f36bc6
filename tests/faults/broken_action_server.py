"""An action server that is broken in the way the first argument names. Ships with the tests."""

from __future__ import annotations

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOW, PORT = sys.argv[1], int(sys.argv[2])
SLOW = 2.3
"""Seconds for one action: within the chat server's limit, but four in a row are a late turn."""
ANSWER = {"outcome": "answered", "web": "This answer took its time.", "sms": "It took its time."}
GARBAGE = {
    "garbage-not-json": b"<html>teapot</html>",
    "garbage-list": b"[1, 2, 3]",
    "garbage-shapes": b'{"events": "none", "responses": 7}',
    "garbage-payload": b'{"events": [], "responses": [{"custom": {"outcome": "answered"}}]}',
    "garbage-empty": b"",
    "slow": json.dumps({"events": [], "responses": [{"custom": ANSWER}]}).encode(),
}
asked: list[str] = []
answered: list[str] = []


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        counts = {"asked": len(asked), "answered": len(answered)}
        self._send(200, json.dumps({"status": "ok", **counts}).encode())

    def do_POST(self) -> None:
        asked.append(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if HOW == "hang":
            time.sleep(60)
        if HOW == "slow":
            time.sleep(SLOW)
        if HOW == "error":
            self._send(500, b'{"error": "boom", "request_body": ' + body + b"}")
        self._send(200, GARBAGE.get(HOW, b"{}"))
        answered.append(self.path)

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
