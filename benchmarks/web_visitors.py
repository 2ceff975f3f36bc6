"""Locust's visitors: each asks one question after the other, on our web channel or on `rest`."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from uuid import uuid4

from locust import FastHttpUser, between, task

QUESTIONS = json.loads(Path(os.environ["KAP_BENCH_QUESTIONS"]).read_text())
READING = between(8, 16)


class WebVisitor(FastHttpUser):
    wait_time = READING

    def on_start(self) -> None:
        token = self.client.post("/web/sessions", name="session").json()["session"]
        self.told = {"Authorization": f"Bearer {token}"}

    @task
    def ask(self) -> None:
        body = {"message_id": uuid4().hex, "text": random.choice(QUESTIONS)}
        with self.client.post(
            "/web/messages", json=body, headers=self.told, name="turn", catch_response=True
        ) as answer:
            replies = answer.json()["replies"] if answer.status_code == 200 else []
            if not replies or replies[0]["text_id"].startswith("apology"):
                answer.failure("no answer")


class RestVisitor(FastHttpUser):
    wait_time = READING

    def on_start(self) -> None:
        self.sender = uuid4().hex

    @task
    def ask(self) -> None:
        body = {"sender": self.sender, "message": random.choice(QUESTIONS)}
        with self.client.post(
            "/webhooks/rest/webhook", json=body, name="turn", catch_response=True
        ) as answer:
            if answer.status_code != 200 or not answer.json():
                answer.failure("no answer")
