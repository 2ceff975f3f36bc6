"""Hold every rule to its own cases. `python -m safety.rule_cases` prints what fails."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from safety.assessment import Tier
from safety.rulebook import RuleBook, shared_rules


def failing_cases(book: RuleBook) -> Iterator[str]:
    """One sentence for each case that a rule does not meet."""
    for rule in book.rules.values():
        for text in rule.must_match:
            if rule.id not in book.match_text(text):
                yield f"{rule.place}: rule {rule.id} must match, and does not: {text!r}"
        for text in rule.must_not_match:
            if rule.id in book.match_text(text):
                yield f"{rule.place}: rule {rule.id} must not match, and does: {text!r}"


def cross_fire(book: RuleBook) -> Iterator[str]:
    """One line for each near miss of a rule that another rule gives a tier to."""
    for rule in book.rules.values():
        for text in rule.must_not_match:
            others = [
                other
                for other in book.match_text(text)
                if other != rule.id and book.rules[other].tier > Tier.NONE
            ]
            if others:
                yield f"cross-fire: {text!r} (near miss of {rule.id}) fires {sorted(others)}"


def main() -> int:
    """Print failing cases and cross-fire; exit code 1 when a case fails."""
    book = shared_rules()
    failures = list(failing_cases(book))
    print("\n".join([*failures, *cross_fire(book)]))
    print(f"{len(book.rules)} rules, {len(failures)} failing cases")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
