from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.masking import mask

MASKED = [
    ("write to ann.lee+x@mail.example.com pls", "write to [email] pls"),
    ("ann (at) mail (dot) com", "[email]"),
    ("see https://example.org/z?q=1 and www.example.org", "see [link] and [link]"),
    ("check example.com/abc", "check [link]"),
    ("I am @annlee there", "I am [handle] there"),
    ("call 555-010-0199 now", "call [phone] now"),
    ("call (555) 010 0199, or +1 555 010 0199", "call [phone], or [phone]"),
    ("text 5550100199", "text [phone]"),
    ("dob 04/12/1988", "dob [date]"),
    ("dob 1988-04-12", "dob [date]"),
    ("born April 12, 1988", "born [date]"),
    ("i was born 12 april 1988 in Ohio", "i was born [date] in Ohio"),
    ("I was born in 1988", "I was born [date]"),
    ("my name is Ann", "my name is [name]"),
    ("my name is ann lee and i ask", "my name is [name] and i ask"),
    ("My name's Bob.", "My name's [name]."),
    ("my son's name, his name is Tim", "my son's name, his name is [name]"),
    ("call me Bob", "call me [name]"),
    ("me llamo José", "me llamo [name]"),
    ("I'm Bob Smith and I ask", "I'm [name] and I ask"),
    ("Dr. Jones told me", "Dr [name] told me"),
    ("im at 12 Main Street, apt 4", "im at [address]"),
    ("i live at 45 W. 3rd St. with her", "i live at [address] with her"),
    ("po box 12", "[address]"),
    ("ssn 123-45-6789", "ssn [number]"),
    ("member id ABC123456789", "member id [number]"),
    ("zip 60614", "zip [number]"),
]
KEPT = [
    "what is BDNF?",
    "is 180/115 too high",
    "is 12 weeks ok",
    "3 times a week is the way",
    "5 sessions over 3 weeks, no way",
    "1 in 5 people feel this way",
    "how long is 2024",
    "my name is on the list",
    "its name is ketamine",
    "I'm not sure. Is it safe?",
    "does it start in May",
]


@pytest.mark.parametrize(("text", "masked"), MASKED)
def test_personal_details_are_masked(text: str, masked: str) -> None:
    """Each kind of detail is replaced by its name."""
    assert mask(text) == masked


@pytest.mark.parametrize("text", KEPT)
def test_ordinary_questions_stay(text: str) -> None:
    """What only looks like a detail is kept."""
    assert mask(text) == text


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([text for text, _ in MASKED]), max_size=3).map(" ".join))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    """A masked text is its own masked form."""
    assert mask(mask(text)) == mask(text)
