"""A chat server that keeps the contract and nothing else: for working on the widget alone."""

from __future__ import annotations

import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from clinic.settings import PROJECT_ROOT
from tests.browser import stand_in_words as words

BUNDLE = PROJECT_ROOT / "widget" / "dist" / "widget.js"
STREAM_LIMIT = 300.0
LONGEST_PHONE = 16


class Conversation:
    """What one session has said and heard."""

    def __init__(self, region: str) -> None:
        self.region = region
        self.messages: list[dict[str, Any]] = []
        self.replies: dict[str, list[dict[str, Any]]] = {}
        self.safety_mode = False

    def add(self, message: dict[str, Any], number: int) -> dict[str, Any]:
        made = {"id": f"{number:012d}", "at": words.NOW, **message}
        self.messages.append(made)
        return made


class StandIn:
    """Starts, stops and starts again on the same port, with what it knew."""

    def __init__(self) -> None:
        self.sessions: dict[str, Conversation] = {}
        self.callbacks: dict[str, dict[str, Any]] = {}
        self.lock = threading.Condition()
        self.count = 0
        self.foreign = ""
        """An origin that may not use the chat."""
        self.port = 0
        self._server: ThreadingHTTPServer | None = None
        self.start()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._server = _Server(("127.0.0.1", self.port), _handler(self))
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Stop, and cut what is open."""
        assert self._server
        self._server.over = True
        self._server.shutdown()
        self._server.server_close()
        self._server = None
        with self.lock:
            self.lock.notify_all()

    def send(self, conversation: Conversation, body: dict[str, Any]) -> list[dict[str, Any]]:
        with self.lock:
            known = conversation.replies.get(body["message_id"])
            if known is not None:
                return known
            text = body.get("text") or words.label_of(body.get("choice", ""))
            said = {"from": "person", "text": text, "message_id": body["message_id"]}
            self._add(conversation, said)
            made = [
                self._add(conversation, {**reply, "in_reply_to": body["message_id"]})
                for reply in words.replies_to(text, safety_mode=conversation.safety_mode)
            ]
            conversation.safety_mode |= any(each["outcome"] == "crisis" for each in made)
            conversation.replies[body["message_id"]] = made
            self.lock.notify_all()
            return made

    def side_door(self, conversation: Conversation, text: str) -> list[dict[str, Any]]:
        """The safety replies to free text that is no message."""
        found = words.replies_to(text, safety_mode=False) if text else []
        with self.lock:
            return [self._add(conversation, each) for each in found if each["outcome"] == "crisis"]

    def _add(self, conversation: Conversation, message: dict[str, Any]) -> dict[str, Any]:
        self.count += 1
        return conversation.add(message, self.count)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    over = False


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    known: StandIn

    def log_message(self, *args: Any) -> None:
        pass

    def parse_request(self) -> bool:
        """Refuse a foreign page whatever it asks for."""
        parsed = super().parse_request()
        if parsed and self.headers.get("Origin", "-") == self.known.foreign:
            self.close_connection = True
            self._refuse(403, "origin", "This web site is not set up to use the chat.")
            return False
        return parsed

    def do_OPTIONS(self) -> None:
        self._answer(204, b"", "text/plain")

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        routes = {"/web/messages": self._history, "/web/events": self._events}
        if url.path in routes:
            if conversation := self._conversation():
                routes[url.path](conversation, query.get("after", ""))
        elif url.path == "/web/config":
            self._json(200, words.config(self.known.base_url, **query))
        elif url.path == "/web/transcript":
            if conversation := self._conversation():
                lines = [f"{each['from']}: {each['text']}" for each in conversation.messages]
                self._answer(200, "\n\n".join(lines).encode(), "text/plain; charset=utf-8")
        elif url.path == "/widget.js":
            self._answer(200, BUNDLE.read_bytes(), "text/javascript; charset=utf-8")
        else:
            self._answer(200, words.DEMO_PAGE.encode(), "text/html; charset=utf-8")

    def do_DELETE(self) -> None:
        if conversation := self._conversation():
            conversation.messages.clear()
            conversation.replies.clear()
            self._json(200, {"text": "Your conversation has been erased."})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "{}")
        if self.path == "/web/sessions":
            session = secrets.token_urlsafe(24)
            self.known.sessions[session] = Conversation(body.get("region", "US"))
            self._json(201, {"session": session, "expires_at": "2027-01-01T00:00:00Z"})
        elif conversation := self._conversation():
            name = self.path.rsplit("/", 1)[-1]
            {
                "messages": self._send,
                "feedback": self._rate,
                "callbacks": self._call_back,
                "region": self._region,
            }[name](conversation, body)

    def _send(self, conversation: Conversation, body: dict[str, Any]) -> None:
        if len(body.get("text", "")) > words.LIMITS["text"]:
            replies = self.known.side_door(conversation, body["text"])
            what = "Please send a shorter message."
            return self._refuse(413, "too_large", what, replies=replies)
        replies = self.known.send(conversation, body)
        return self._json(200, {"message_id": body["message_id"], "replies": replies})

    def _rate(self, conversation: Conversation, body: dict[str, Any]) -> None:
        replies = self.known.side_door(conversation, body.get("reason", ""))
        if not any(each["id"] == body["reply_id"] for each in conversation.messages):
            return self._refuse(404, "field", "Please look at it again.", replies=replies)
        return self._json(200, {"text": "Thank you.", "replies": replies})

    def _call_back(self, conversation: Conversation, body: dict[str, Any]) -> None:
        replies = self.known.side_door(conversation, body.get("note", ""))
        if len(body.get("phone", "")) > LONGEST_PHONE:
            what = "Please check the phone number."
            return self._refuse(400, "field", what, field="phone", replies=replies)
        self.known.callbacks[body["request_id"]] = body
        text = "Thank you. The clinic has your request."
        return self._json(201, {"text": text, "replies": replies})

    def _region(self, conversation: Conversation, body: dict[str, Any]) -> None:
        conversation.region = body["region"]
        self._json(200, {"help": words.help_of(body["region"]), "region": body["region"]})

    def _history(self, conversation: Conversation, after: str) -> None:
        found = [each for each in conversation.messages if each["id"] > after]
        self._json(200, {"messages": found, "safety_mode": conversation.safety_mode})

    def _events(self, conversation: Conversation, after: str) -> None:
        self.send_response(200)
        self._headers("text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        self._emit("state", {"safety_mode": conversation.safety_mode})
        end = time.monotonic() + STREAM_LIMIT
        while time.monotonic() < end and not self.server.over:  # type: ignore[attr-defined]
            with self.known.lock:
                found = [each for each in conversation.messages if each["id"] > after]
                if not found:
                    self.known.lock.wait(1)
            for message in found:
                self._emit("message", message)
                after = message["id"]
            if found:
                self._emit("state", {"safety_mode": conversation.safety_mode})

    def _emit(self, name: str, data: dict[str, Any]) -> None:
        self.wfile.write(f"event: {name}\ndata: {json.dumps(data)}\n\n".encode())
        self.wfile.flush()

    def _conversation(self) -> Conversation | None:
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        if token not in self.known.sessions:
            self._refuse(401, "session", "Please start a new chat.")
            return None
        return self.known.sessions[token]

    def _refuse(self, status: int, code: str, what: str, **more: Any) -> None:
        self._json(status, {"error": code, "what": what, "help": words.HELP_LINE, **more})

    def _json(self, status: int, body: dict[str, Any]) -> None:
        self._answer(status, json.dumps(body).encode(), "application/json")

    def _answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self._headers(kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _headers(self, kind: str) -> None:
        self.send_header("Content-Type", kind)
        self.send_header("Cache-Control", "no-store")
        if self.headers.get("Origin", "-") != self.known.foreign:
            self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Access-Control-Allow-Headers", "authorization, content-type")
        self.send_header("Access-Control-Allow-Methods", "GET, POST, DELETE")


def _handler(stand_in: StandIn) -> type[_Handler]:
    return type("Handler", (_Handler,), {"known": stand_in})


if __name__ == "__main__":
    print(StandIn().base_url)
    threading.Event().wait()
