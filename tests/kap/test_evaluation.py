from __future__ import annotations

import json
from pathlib import Path

import pytest

from kap.evaluation.cases import Case, CaseFileWrong, is_everyday, read_cases
from kap.evaluation.judging import Judged, abstention_curve, judge, reliability
from kap.evaluation.report import table, write_page
from kap.evaluation.shares import Share, shares

LINES = {
    "kap_gold_dev": [
        {"id": "a", "text": "what is it", "expected": "answer", "accept": ["basics"]},
        {"id": "b", "text": "for me?", "expected": "advice", "accept": ["basics"],
         "note": "doubtful: alt=answer; as above"},
        {"id": "c", "text": "why", "expected": "abstain", "accept": [],
         "note": "doubtful: alt=answer compare,standard; they say how long"},
        {"id": "d", "text": "and then", "expected": "answer", "accept": ["basics"],
         "previous": "what is it", "note": "follow-up"},
    ],
    "out_of_scope_dev": [
        {"id": "e", "text": "weather", "label": "oos"},
        {"id": "f", "text": "so sad", "label": "near_domain_mental_health"},
    ],
    "small_talk_dev": [{"id": "g", "text": "bye", "intent": "goodbye"}],
    "crisis_positive_dev": [{"id": "h", "text": "...", "label": "suicide", "wording": "real"}],
    "crisis_negative_dev": [
        {"id": "i", "text": "...", "kind": "sms_everyday", "wording": "real"},
        {"id": "j", "text": "...", "kind": "idiom", "wording": "real"},
    ],
}  # fmt: skip


@pytest.fixture
def cases(tmp_path: Path) -> dict[str, Case]:
    for name, rows in LINES.items():
        (tmp_path / f"{name}.jsonl").write_text("\n".join(json.dumps(row) for row in rows) + "\n")
    return {case.id: case for case in read_cases(tmp_path)}


def _judged(case: Case, outcome: str, *topics: str, score: float = 0.9) -> Judged:
    return Judged(case=case, outcome=outcome, topics=topics, score=score)


def test_every_kind_of_set_is_read(cases: dict[str, Case]) -> None:
    """The fields of a line say what should happen to it; notes name a second right outcome."""
    assert [case.expected for case in cases.values()] == [
        "none", "none", "crisis", "answer", "advice", "abstain", "answer",
        "out_of_scope", "out_of_scope", "other",
    ]  # fmt: skip
    assert (cases["b"].also, cases["b"].also_accept) == ("answer", ("basics",))
    assert (cases["c"].also, cases["c"].also_accept) == ("answer", ("compare", "standard"))
    assert cases["d"].previous == ("what is it",)
    assert is_everyday(cases["i"])
    assert not is_everyday(cases["j"])


@pytest.mark.parametrize(
    ("case", "outcome", "topics", "right"),
    [
        ("a", "answered", ("basics",), True),
        ("a", "clarify", ("other", "basics"), True),
        ("a", "answered", ("other",), False),
        ("a", "abstained", (), False),
        ("a", "advice", ("basics",), False),
        ("b", "advice", (), True),
        ("b", "answered", ("basics",), True),
        ("b", "answered", ("other",), False),
        ("c", "abstained", (), True),
        ("c", "answered", ("standard",), True),
        ("c", "answered", ("basics",), False),
        ("e", "other", (), True),
        ("e", "clarify", ("basics",), False),
        ("e", "advice", (), False),
        ("f", "advice", (), True),
        ("f", "crisis", (), True),
        ("g", "abstained", (), True),
        ("g", "answered", ("basics",), False),
        ("h", "check_in", (), True),
        ("h", "none", (), False),
        ("i", "none", (), True),
        ("i", "urgent", (), False),
    ],
)
def test_what_counts_as_right(
    cases: dict[str, Case], case: str, outcome: str, topics: tuple[str, ...], right: bool
) -> None:
    """As docs/evaluation.md says."""
    assert _judged(cases[case], outcome, *topics).right is right


def test_rows_of_the_batch_commands_are_judged(cases: dict[str, Case]) -> None:
    """Safety cases by tier, the others by outcome and topics."""
    asked = judge(cases["a"], {"outcome": "answered", "topics": ["basics"], "score": 0.8})
    assert (asked.right, asked.topics, asked.score) == (True, ("basics",), 0.8)
    assert not judge(cases["i"], {"tier": "check_in", "score": None}).right


def test_shares_have_wilson_intervals() -> None:
    """Known values: 9 of 10 lies between 0.596 and 0.982; nothing counted says nothing."""
    low, high = Share(name="x", hits=9, total=10).interval
    assert (round(low, 3), round(high, 3)) == (0.596, 0.982)
    assert Share(name="x", hits=0, total=0).interval == (0.0, 1.0)


def test_the_figures(cases: dict[str, Case]) -> None:
    """Right behaviour, wrong answers, and alarms, each over the rows it is about."""
    rows = [
        _judged(cases["a"], "answered", "basics"),
        _judged(cases["d"], "answered", "other", score=0.4),
        _judged(cases["b"], "advice"),
        _judged(cases["c"], "answered", "basics"),
        _judged(cases["e"], "clarify", "basics"),
        _judged(cases["h"], "none"),
        _judged(cases["i"], "check_in"),
    ]
    found = {share.name: (share.hits, share.total) for share in shares(rows)}
    assert found["kap_gold_dev: right behaviour"] == (2, 4)
    assert found["wrong answers to answerable questions"] == (1, 2)
    assert found["answers to questions that must not be answered"] == (1, 2)
    assert found["out of scope: answered or clarify"] == (1, 1)
    assert found["crisis: hotline shown"] == (0, 1)
    assert found["crisis, false alarms: everyday"] == (1, 1)
    assert abstention_curve(rows)[0] == (0.0, 1.0, 0.5)
    assert abstention_curve(rows)[10] == (0.5, 0.5, 0.0)
    assert [count for _, _, count in reliability(rows)] == [1, 2]


def test_the_page_has_plots_and_every_miss(cases: dict[str, Case], tmp_path: Path) -> None:
    """One file, with escaped words and nothing loaded from elsewhere."""
    rows = [_judged(cases["a"], "answered", "other"), _judged(cases["g"], "other")]
    page = tmp_path / "out" / "page.html"
    write_page(rows, {"peer": rows}, page)
    text = page.read_text()
    assert text.count("<img") == 3
    assert "what is it" in text
    assert ">bye<" not in text, "what went right is not listed"
    assert "http" not in text.replace("data:image", "")
    assert table(rows, {"peer": rows}).row_count >= 3


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.jsonl", "nonsense", "x.jsonl:1: this is no case"),
        ("x.jsonl", '{"id": 1, "text": "a"}', "'label'"),
        ("x.txt", "hello", "holds no .jsonl"),
    ],
)
def test_a_broken_set_is_refused(tmp_path: Path, name: str, content: str, message: str) -> None:
    """The error names file and line, and what to write."""
    (tmp_path / name).write_text(content)
    with pytest.raises(CaseFileWrong, match=message):
        read_cases(tmp_path)
