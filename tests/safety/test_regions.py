"""Where a person is: from the number's country, or from what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from safety.errors import SafetyFileWrong
from safety.regions import load_regions_book, shared_regions_book


@pytest.mark.parametrize(
    ("number", "region"),
    [
        ("+14155552671", "US"), ("+17875552671", "US"), ("+14165550123", "CA"),
        ("+442079460123", "GB"), ("+353871234567", "IE"), ("+61412345678", "AU"),
        ("+64211234567", "NZ"), ("+4915123456789", "EU"), ("+34612345678", "EU"),
        ("+5215512345678", "ZZ"), ("+919812345678", "ZZ"), ("+41791234567", "ZZ"),
        ("838255", ""), ("not a number", ""), ("", ""),
    ],
)  # fmt: skip
def test_region_of_a_number(number: str, region: str) -> None:
    """The country decides; a short code has none."""
    assert shared_regions_book().of_number(number) == region


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("I'm in Canada", "CA"), ("im in the uk right now", "GB"), ("Ireland", "IE"),
        ("i live in new zealand", "NZ"), ("estoy en España", "EU"), ("I'm from Scotland.", "GB"),
        ("vivo en México", "ZZ"), ("calling from australia", "AU"), ("I\u2019m in the US", "US"),
        ("my friend loves Canada", ""), ("i am in pain", ""), ("yes", ""), ("help us", ""),
    ],
)  # fmt: skip
def test_region_that_a_person_names(text: str, region: str) -> None:
    """Only where they say that they are."""
    assert shared_regions_book().named_in(text) == region


def test_broken_file(tmp_path: Path) -> None:
    """A missing part stops the start."""
    path = tmp_path / "regions.yml"
    path.write_text("names: {US: [the us]}\n")
    with pytest.raises(SafetyFileWrong, match="european_union"):
        load_regions_book(path)
