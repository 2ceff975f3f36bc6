"""Every committed rule meets its own cases, and a broken rule file stops the start."""

from __future__ import annotations

from pathlib import Path

import pytest
import spacy

from clinic.errors import FileWrong
from language.normalise import normalise
from safety.assessment import Category, Tier
from safety.matching import Pattern, PatternIndex, Text
from safety.patterns import compile_pattern
from safety.replies import shared_replies
from safety.rule_cases import failing_cases
from safety.rulebook import RuleBook, load_rules, load_words, shared_rules

GOOD = """\
language: en
rules:
  - id: en.test.end
    tier: urgent
    category: suicide
    why: A test.
    patterns: ["end my life"]
    unless: ["never end my life"]
    must_match: ["end my life", "I'll end my life"]
    must_not_match: ["end my call", "never end my life"]
"""


def test_every_rule_meets_its_cases() -> None:
    """No committed rule misses a text it must match, or matches one it must not."""
    assert list(failing_cases(shared_rules())) == []


def test_every_reply_rule_meets_its_cases() -> None:
    """The same for the rules that read replies in safety mode."""
    assert list(failing_cases(shared_replies().book)) == []


def test_rules_cover_every_category_in_both_languages() -> None:
    """At least 150 rules; no category of crisis is without one, in English and in Spanish."""
    rules = list(shared_rules().rules.values())
    assert len(rules) >= 150
    for language in ("en", "es"):
        covered = {rule.category for rule in rules if rule.language == language and rule.tier}
        assert covered == set(Category) - {Category.NONE}, language


def test_unless_cancels_only_what_it_overlaps(tmp_path: Path) -> None:
    """An exception in one sentence does not excuse another one."""
    (tmp_path / "en_test.yml").write_text(GOOD)
    book = RuleBook(load_rules(tmp_path), {})
    assert book.match("i would never end my life") == set()
    assert book.match("never end my life . end my life") == {"en.test.end"}


def test_nobodys_words_stay_in_memory(tmp_path: Path) -> None:
    """Words that no rule names are not kept in spaCy's string store."""
    (tmp_path / "en_test.yml").write_text(GOOD)
    book = RuleBook(load_rules(tmp_path), {})
    book.match_text("end my life zanzibar marmalade")
    assert "marmalade" not in book._vocab.strings


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("tier: urgent", "tier: big", "unknown tier 'big'"),
        ("category: suicide", "category: sad", "'sad' is not a valid Category"),
        ("    why: A test.\n", "", "write its `why:`"),
        ("id: en.test.end", "id: test.end", "must start with `en.`"),
        ('must_match: ["end my life", "I\'ll end my life"]', "must_match: [end]", "at least 2"),
        ('must_not_match: ["end my call", "never end my life"]', "x: 1", "`must_not_match:`"),
        ('patterns: ["end my life"]', "patterns: []", "is empty"),
        ('patterns: ["end my life"]', 'patterns: ["don\'t"]', "without apostrophes"),
        ("rules:", "rules: [", "is not YAML"),
        ("rules:\n", "rulez:\n", "a list under `rules:`"),
    ],
)
def test_broken_rule_file_names_file_and_mend(
    tmp_path: Path, old: str, new: str, part: str
) -> None:
    """Every mistake in a rule file is named with its file and what to write instead."""
    assert old in GOOD
    (tmp_path / "en_test.yml").write_text(GOOD.replace(old, new))
    with pytest.raises(FileWrong) as refusal:
        RuleBook(load_rules(tmp_path), load_words(tmp_path))
    assert part in str(refusal.value)
    assert "en_test.yml" in str(refusal.value)


def test_rule_id_is_given_once(tmp_path: Path) -> None:
    """The same id in two files is a named clash."""
    (tmp_path / "en_a.yml").write_text(GOOD)
    (tmp_path / "en_b.yml").write_text(GOOD)
    with pytest.raises(FileWrong, match="also stands at"):
        load_rules(tmp_path)


def test_tier_labels() -> None:
    """Tiers are ordered, and read from their labels."""
    assert Tier.NONE < Tier.CHECK_IN < Tier.URGENT < Tier.EMERGENCY
    assert Tier.from_label("check_in") is Tier.CHECK_IN


def test_the_index_misses_no_pattern() -> None:
    """Whatever matches a text is among the patterns that its words bring up."""
    vocab = spacy.blank("en").vocab
    rules, words = load_rules(), load_words()
    patterns = {
        rule.id: [Pattern.of(compile_pattern(each, words), vocab) for each in rule.patterns]
        for rule in rules[::5]
    }
    index = PatternIndex(patterns)
    for rule in rules[::5]:
        said = normalise(" ".join(rule.must_match)).base
        text = Text([".", *said.split(), "."], vocab)
        brought = {id(pattern) for _, pattern in index.candidates(text)}
        for each in (pattern for group in patterns.values() for pattern in group):
            assert id(each) in brought or not list(each.spans(text)), (rule.id, each.tokens)
