"""Behind the gate, Rasa itself catches a crisis: what came another way, or was half read."""

from __future__ import annotations

import pytest
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage

from bot.channels.turn import TurnTaker
from safety.assessment import Assessment
from tests.conversations.conftest import Say

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

CRISIS = "i want to kill myself"


@pytest.mark.parametrize("metadata", [None, {"assessment": Assessment().as_dict()}])
async def test_rasa_without_the_gate(turns: TurnTaker, metadata: dict[str, object] | None) -> None:
    """A message that reaches Rasa by another way gets the hotline text from Rasa."""
    output = CollectingOutputChannel()
    message = UserMessage(CRISIS, output, f"rasa-only-{bool(metadata)}", metadata=metadata)
    await turns._dialogue.agent.handle_message(message)
    assert [said["custom"]["outcome"] for said in output.messages] == ["crisis"]


async def test_a_gate_that_read_by_rules_alone(
    say: Say, turns: TurnTaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a hurried gate let through is read again, and answered by the protocol."""

    async def hurried(text: str, **_: object) -> Assessment:
        return Assessment(rules_alone=True)

    monkeypatch.setattr(turns._gate, "assess", hurried)
    reply = (await say(CRISIS))[0]
    assert reply.outcome == "crisis"
    assert "988" in reply.text
    assert (await say("what is bdnf?"))[0].outcome == "crisis", "safety mode has begun"
