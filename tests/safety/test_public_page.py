"""The public page and what staff read: complete, and free of what must never be said."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from clinic.settings import PROJECT_ROOT
from safety.alert import AlertKind, Queue, new_alert
from safety.errors import SafetyFileWrong
from safety.hotlines import load_regions, shared_regions
from safety.public_page import public_protocol, read_public
from safety.staff_texts import load_staff_texts, shared_staff_texts
from safety.texts import shared_texts

ALERT = new_alert(AlertKind.CRISIS, name="x", now=datetime(2026, 1, 5, tzinfo=UTC))
LINES = {"emergency": "911", "crisis_reach": "call or text 988"}


@pytest.mark.parametrize("region", list(shared_regions()))
def test_page_is_made_from_the_protocols_data(region: str) -> None:
    """Every tier shows the very text that people get, filled in, and the region's lines."""
    found = shared_regions()[region]
    shown = public_protocol(shared_texts(), found, {})
    assert len(shown.tiers) == 3
    for tier in shown.tiers:
        assert "$" not in tier.reply + tier.question
    assert shown.lines[0] == found.crisis
    assert {line.id for line in shown.lines} >= {line.id for line in found.lines}


@pytest.mark.parametrize("kind", list(AlertKind))
def test_pages_to_staff(kind: AlertKind) -> None:
    """Each kind has a title and a body that fills in, with the page's id."""
    alert = replace(ALERT, kind=kind)
    title, body = shared_staff_texts().page(alert, "https://x.example/alerts/t")
    assert "$" not in title + body
    assert alert.page_id in body


@pytest.mark.parametrize("channel", ["web", "sms", "carrier-pigeon"])
def test_action_card(channel: str) -> None:
    """Contact held, whom to call, what not to promise; a report about staff carries a warning."""
    card = shared_staff_texts().card(ALERT, channel=channel, lines=LINES)
    said = " ".join((card.what, card.contact, *card.steps, *card.never))
    assert "911" in said
    assert "$" not in said
    assert re.search("promise", said)
    assert not card.warning
    about_staff = replace(ALERT, queue=Queue.MISCONDUCT)
    assert "staff" in shared_staff_texts().card(about_staff, channel=channel, lines=LINES).warning


def test_broken_files(tmp_path: Path) -> None:
    """A missing part is named."""
    path = tmp_path / "staff.yml"
    path.write_text("pages: {crisis: {title: a, body: b}}\ncard: {what: {}}\n")
    with pytest.raises(SafetyFileWrong, match="page undelivered"):
        load_staff_texts(path)
    public = tmp_path / "public.yml"
    public.write_text("version: '1'\n")
    with pytest.raises(SafetyFileWrong, match="purpose"):
        read_public(public)


GOOD = (PROJECT_ROOT / "safety" / "hotlines.yml").read_text()


def test_lines_come_and_go_with_their_dates(tmp_path: Path) -> None:
    """`shown_from` and `shown_until` switch a line without anybody at a keyboard."""
    path = tmp_path / "hotlines.yml"
    path.write_text(
        GOOD.replace(
            "    recheck: 2027-01-31\n    confidence: H\n    shown: false\n",
            "    confidence: H\n    shown_from: 2027-01-15\n    shown_until: 2027-06-30\n",
            1,
        )
    )
    shown = [
        "us-988-lgbtq" in {line.id for line in load_regions(path, today=day)["US"].lines}
        for day in (date(2027, 1, 14), date(2027, 1, 15), date(2027, 7, 1))
    ]
    assert shown == [False, True, False]


def test_lines_below_h_need_an_exception(tmp_path: Path) -> None:
    """A line that is not sure enough is refused unless somebody signed for it."""
    path = tmp_path / "hotlines.yml"
    path.write_text(re.sub(r"    exception: .*\n", "", GOOD))
    with pytest.raises(SafetyFileWrong, match="only lines of `confidence: H`"):
        load_regions(path)
