"""The semantic half: the arithmetic is what it says, and files bring back the same model."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from language.encoder import shared_encoder
from safety.assessment import Assessment, Category, Tier
from safety.detector import DOUBTED, SEMANTIC, Detector, _doubted, load_detector
from safety.errors import SafetyFileWrong
from safety.examples_file import Example, load_examples
from safety.fitting import SHIPPED_MODEL, curve
from safety.gold import load_safety_gold
from safety.rulebook import shared_rules
from safety.semantic import SemanticModel
from safety.training import Trained, train
from safety.word_features import counted, of_one, rarity, weighed


def _few() -> list[Example]:
    """A spread of the shipped examples, small enough to train on here."""
    return load_examples()[::40]


@pytest.fixture(scope="module")
def trained() -> Trained:
    return train(_few(), shared_encoder())


@pytest.fixture(scope="module")
def detector() -> Detector:
    return load_detector(SHIPPED_MODEL)


def test_held_out_decisions_need_no_refit(trained: Trained) -> None:
    """The closed form gives what training without the failure class would give."""
    name = Counter(each.failure_class for each in trained.examples).most_common(1)[0][0]
    kept = [each for each in trained.examples if each.failure_class != name]
    left_out = [
        (place, each)
        for place, each in enumerate(trained.examples)
        if each.failure_class == name and len(each.text) < 200
    ]
    refit = train(kept, shared_encoder()).model
    slopes = trained.model.curves
    near = 0
    for place, example in left_out:
        windows = shared_encoder().encode_windows(example.text)
        decision = refit._decision(example.text, windows)[0]
        odds = np.log(trained.held_out[place, 0] / (1 - trained.held_out[place, 0]))
        near += abs((odds - slopes[0, 1]) / slopes[0, 0] - decision) < 0.12
    assert near >= 0.9 * len(left_out), "word rarity and class weights shift it a little"


def test_word_features_of_one_text_are_a_row_of_many() -> None:
    """The quick way at run time is the slow way of training."""
    texts = [example.text for example in _few()]
    features = counted(texts)
    rare = rarity(features)
    rows = weighed(features, rare)
    places, weights = of_one(texts[7], rare)
    dense = np.zeros(rows.shape[1])
    dense[places] = weights
    assert np.allclose(dense, rows[7].toarray().ravel(), atol=1e-5)


def test_file_brings_back_the_model(trained: Trained, tmp_path: Path) -> None:
    """Saved and loaded, it reads the same; a broken file is refused."""
    path = tmp_path / "model.npz"
    trained.model.save(path)
    loaded = SemanticModel.load(path)
    text = "I can't see myself being here next spring"
    vectors = [shared_encoder().encode_windows(text)]
    before, after = trained.model.read([text], vectors), loaded.read([text], vectors)
    assert before.crisis == pytest.approx(after.crisis, abs=0.01)
    assert loaded.fingerprint == trained.model.fingerprint
    path.write_bytes(b"not a model")
    with pytest.raises((OSError, KeyError, ValueError)):
        SemanticModel.load(path)


def test_curve_rises(trained: Trained) -> None:
    """More false alarms allowed, more found, and a lower threshold."""
    rows = [row for row in curve(trained) if row[0] == "check_in"]
    assert [row[3] for row in rows] == sorted(row[3] for row in rows)
    assert [row[2] for row in rows] == sorted((row[2] for row in rows), reverse=True)


def test_examples_are_many_and_paired() -> None:
    """Some 4,000 crisis examples with at least as many harmless ones, most classes with pairs."""
    examples = load_examples()
    tiers = Counter(example.tier for example in examples)
    crisis = sum(count for tier, count in tiers.items() if tier > Tier.NONE)
    assert crisis > 3_700
    assert tiers[Tier.NONE] > crisis
    assert sum(".pair" in example.group for example in examples) > 2_000
    categories = Counter(example.category for example in examples)
    for category in Category:
        assert categories[category] >= 40, category


@pytest.mark.parametrize(
    ("row", "part"),
    [
        ("- {id: plan, tier: none, texts: [x]}", "needs `id: en.class.name`"),
        ("- {id: en.plan.x, tier: dire, texts: [x]}", "unknown tier"),
        ("- {id: en.plan.x, tier: urgent, category: gloom, texts: [x]}", "gloom"),
        ("- {id: en.plan.x, tier: none}", "texts"),
    ],
)
def test_broken_example_files(tmp_path: Path, row: str, part: str) -> None:
    """Each mistake is named with what to write."""
    (tmp_path / "a.yml").write_text(row + "\n")
    with pytest.raises(Exception, match=part) as refusal:
        load_examples(tmp_path)
    assert "a.yml" in str(refusal.value)
    assert isinstance(refusal.value, SafetyFileWrong) or "texts" in part


@pytest.mark.parametrize(
    ("score", "found", "hidden", "tier"),
    [
        (0.03, Tier.URGENT, False, Tier.NONE),
        (0.05, Tier.EMERGENCY, False, Tier.CHECK_IN),
        (0.05, Tier.URGENT, False, Tier.CHECK_IN),
        (0.05, Tier.CHECK_IN, False, Tier.NONE),
        (0.25, Tier.URGENT, False, Tier.URGENT),
        (0.03, Tier.URGENT, True, Tier.URGENT),
    ],
)
def test_examples_may_lower_what_rules_found(
    score: float, found: Tier, tier: Tier, *, hidden: bool
) -> None:
    """An urgent finding becomes the gentle question, and silence where they are very sure. What
    they cannot read is not doubted. The help line stays."""
    by_rules = Assessment(tier=found, category=Category.SUICIDE, rules=("en.x",))
    doubted = _doubted(by_rules, score, hidden=hidden)
    assert doubted.tier is tier
    assert (DOUBTED in doubted.rules) == (tier is not found)
    assert tier is found or Category.SUICIDE in doubted.subjects


READ_AS = {
    "look-alike letters": "і wаnt tо dіе tоnіght",
    "bold letters": "𝐈 𝐰𝐚𝐧𝐭 𝐭𝐨 𝐝𝐢𝐞 𝐭𝐨𝐧𝐢𝐠𝐡𝐭",
    "wide letters": "ｉ ｗａｎｔ ｔｏ ｄｉｅ ｔｏｎｉｇｈｔ",
    "digits": "1 w4nt t0 d13 t0n1ght",
    "glued capitals": "IReallyWantToDieTonight",
    "glued": "ireallywanttodietonight",
    "no vowels": "i rlly wnt t d tnght, cnt d ths nymr",
    "by ear": "i reely wunt too dye tonite, i kant cope enny moor",
    "backwards": "thginot eid ot tnaw i",
    "slang": "styros again last night, mum must not see",
}


@pytest.mark.parametrize("text", READ_AS.values(), ids=READ_AS)
def test_a_disguise_hides_nothing(text: str, detector: Detector) -> None:
    """Both halves read what was meant, and the examples do not overrule what they cannot read."""
    assert detector.assess(text).is_crisis


def test_pictured_things_are_read(detector: Detector) -> None:
    """A picture of a thing is a word; faces say nothing by themselves."""
    assert not detector.assess("see you at the party tonight 😂😭💀👍").is_crisis
    assert detector.assess("i keep cutting my 🦵 with a 🔪 again").is_crisis


def test_result_shows_rules_and_score(detector: Detector) -> None:
    """Never only a verdict: ids of rules, whether the examples decided, and how sure they are."""
    explicit = detector.assess("i want to kill myself")
    assert any(rule.startswith("en.") for rule in explicit.rules)
    assert explicit.score > 0.5
    gentle = [each.text for each in load_safety_gold() if each.tier is Tier.CHECK_IN][:40]
    implicit = [found for text in gentle if SEMANTIC in (found := detector.assess(text)).rules]
    assert len(implicit) > 10
    assert all(found.is_crisis and found.score > 0.5 for found in implicit)


def test_rules_decide_alone_without_a_model() -> None:
    """A missing model leaves the rules' finding untouched."""
    alone = Detector(shared_rules(), None)
    assert alone.assess("i want to kill myself").tier is Tier.URGENT
    assert alone.weak > 1


@pytest.mark.parametrize("text", ["No", "yes", "ok thanks", "not really", "nobody"])
def test_a_word_or_two_is_left_to_the_rules(detector: Detector, text: str) -> None:
    """A short reply says nothing by itself, and must be free to answer a question."""
    assert detector.assess(text).tier is Tier.NONE


def test_self_harm_by_name_needs_half_the_score(detector: Detector) -> None:
    """Naming it lowers the bar, and a question about it from far away stays below."""
    model = detector._semantic
    assert model is not None
    found = detector.assess("Self-harm is the only friend that never left me alone at school.")
    assert found.tier >= Tier.CHECK_IN
    assert detector.assess("Where can teachers learn about self-harm?").tier is Tier.NONE
