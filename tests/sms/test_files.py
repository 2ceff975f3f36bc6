"""The development provider: texts in two files."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.channels.sms.choice import provider_of
from bot.channels.sms.files import CLINIC, PERSON, FileProvider
from bot.channels.sms.provider import Keyword, WebhookRequest, WebhookWrong
from bot.channels.sms.twilio import TwilioProvider
from clinic.secret import Secret
from clinic.settings import Settings
from clinic.sms_setup import SmsSetup, TwilioAccount
from tests.sms.twilio_side import ACCOUNT, OURS, TOKEN


def _write(folder: Path, *lines: str) -> None:
    with (folder / "inbox.jsonl").open("a") as inbox:
        inbox.writelines(lines)


def test_nothing_yet(tmp_path: Path) -> None:
    """A folder without an inbox is an empty one, and is made."""
    assert list(FileProvider(tmp_path / "sms").arrived()) == []
    assert (tmp_path / "sms").is_dir()


def test_texts_arrive_once(tmp_path: Path) -> None:
    """Each line is one text; what was read is not read again; half a line waits for its end."""
    files = FileProvider(tmp_path)
    _write(tmp_path, '{"id": "a", "from": "+15555550123", "text": "¡hi!"}\n\n', '{"text": "th')
    [first] = files.arrived()
    assert (first.id, first.sender, first.body, first.media) == ("a", "+15555550123", "¡hi!", ())
    assert first.recipient == CLINIC
    assert list(files.arrived()) == []
    _write(tmp_path, 'ere", "media": ["image/png"], "keyword": "stop"}\n')
    [second] = files.arrived()
    assert (second.sender, second.body, second.media) == (PERSON, "there", ("image/png",))
    assert second.keyword is Keyword.STOP


def test_ids_are_the_same_after_a_start(tmp_path: Path) -> None:
    """So that the channel can drop what it has answered; two equal lines are two texts."""
    _write(tmp_path, '{"text": "hi"}\n', '{"text": "hi"}\n')
    first = [text.id for text in FileProvider(tmp_path).arrived()]
    assert len(set(first)) == 2
    assert [text.id for text in FileProvider(tmp_path).arrived()] == first


@pytest.mark.parametrize(
    "line", ["hi", "[]", '{"text": 1}', '{"media": [1]}', '{"keyword": "pause"}', '{"from": 5}']
)
def test_line_that_is_no_text(tmp_path: Path, line: str) -> None:
    """It is refused, and the next line is read all the same."""
    files = FileProvider(tmp_path)
    _write(tmp_path, f"{line}\n", '{"text": "hi"}\n')
    with pytest.raises(WebhookWrong, match="line"):
        list(files.arrived())
    assert [text.body for text in files.arrived()] == ["hi"]


async def test_sends_are_appended(tmp_path: Path) -> None:
    """The outbox shows what a phone would."""
    files = FileProvider(tmp_path, number=OURS)
    made = await files.send(PERSON, "¿Bien?", send_id="s1")
    rows = [json.loads(line) for line in (tmp_path / "outbox.jsonl").read_text().splitlines()]
    assert [row["text"] for row in rows] == ["¿Bien?"]
    assert (rows[0]["id"], rows[0]["to"], rows[0]["send_id"]) == (made, PERSON, "s1")


def test_an_answer_is_whole_when_it_says_so(tmp_path: Path) -> None:
    """After its texts comes a line that names what was answered, after silence it comes alone."""
    files = FileProvider(tmp_path)
    _write(tmp_path, '{"id": "a", "text": "hi"}\n', '{"id": "b", "text": "STOP"}\n')
    first, second = files.arrived()
    files.deliver(first, ["Hello."])
    files.deliver(second, [])
    rows = [json.loads(line) for line in (tmp_path / "outbox.jsonl").read_text().splitlines()]
    assert (rows[0]["text"], rows[0]["in_reply_to"]) == ("Hello.", "a")
    assert rows[1:] == [{"answered": "a"}, {"answered": "b"}]


def test_no_webhook(tmp_path: Path) -> None:
    """Nobody can post a text in somebody's name."""
    files = FileProvider(tmp_path)
    for call in (files.read_text, files.read_status):
        with pytest.raises(WebhookWrong):
            call(WebhookRequest(path="/", fields={"line": ['{"text": "hi"}']}))


def test_provider_that_the_clinic_names(settings: Settings) -> None:
    """Off, files, or Twilio."""

    def named(provider: str) -> Settings:
        sms = SmsSetup(provider=provider, number=OURS)
        return replace(
            settings,
            clinic=replace(settings.clinic, sms=sms),
            twilio=TwilioAccount(id=ACCOUNT, tokens=(Secret(TOKEN),)),
        )

    assert provider_of(replace(settings, environment="production")) is None
    assert isinstance(provider_of(settings), FileProvider)
    assert isinstance(provider_of(named("file")), FileProvider)
    assert isinstance(provider_of(named("twilio")), TwilioProvider)
