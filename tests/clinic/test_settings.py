"""Settings stop start-up with a sentence, and never print a secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from clinic.errors import FileWrong, SettingWrong
from clinic.facts import read_facts
from clinic.keys import make_keys, read_key_file, write_key_file
from clinic.settings import PROJECT_ROOT, load_settings

GOOD = (PROJECT_ROOT / "clinic.yml").read_text()


@pytest.fixture
def production(tmp_path: Path) -> dict[str, str]:
    clinic = tmp_path / "production.yml"
    clinic.write_text(
        GOOD.replace("public_url:", "public_url: https://chat.clinic.example")
        .replace("on_call: []", "on_call: [{name: Ann Example, target: 'env:KAP_ALERT_ANN'}]")
        .replace("misconduct: []", "misconduct: [{name: Bo, target: 'json://127.0.0.1:9'}]")
    )
    return {
        **make_keys(),
        "KAP_ALERT_ANN": "mailto://user:secret-password@mail.example",
        "KAP_CLINIC_FILE": str(clinic),
        "KAP_ENV": "production",
        "KAP_HOME": str(tmp_path),
        "KAP_DATABASE_URL": "postgresql://kap@127.0.0.1/kap",
    }


def test_production_reads_the_environment_only(production: dict[str, str]) -> None:
    """With everything in the environment, production starts."""
    assert load_settings(production).environment == "production"


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("on_call: [", "on_call: [] # [", "alerts.on_call"),
        ("misconduct: [{", "misconduct: [] # [{", "alerts.misconduct"),
        ("https://chat", "http://chat", "public_url"),
        ("timezone: America/Denver", "timezone: America/Cedar", "America/Denver"),
        ('monday: "09:00-17:00"', 'monday: "9 to 5"', "09:00-17:00"),
        ("monday:", "munday:", "is no day"),
        ("json://127.0.0.1:9", "carrier-pigeon", "Apprise address"),
        ("env:KAP_ALERT_ANN", "env:KAP_ALERT_BEA", "set KAP_ALERT_BEA"),
        ("repeat_minutes: 10", "repeat_minutes: soon", "from 1 to 1440"),
        ("repeat_minutes: 10", "repeat: 10", "unknown under"),
        ("check_ins_days: 365", "check_ins_days: 0", "number of days"),
        ("check_ins_days: 365", "chats_days: 3", "is unknown"),
        ("public_url: https", "public_url: chat https", "https://chat.clinic.example"),
        ("state: CO", "state: CO\nstate_confirmed: lately", "as a date"),
    ],
)
def test_production_needs_a_working_alert_plan(
    production: dict[str, str], old: str, new: str, part: str
) -> None:
    """A crisis that would reach nobody, or a target that cannot be sent to, stops the start."""
    path = Path(production["KAP_CLINIC_FILE"])
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises((SettingWrong, FileWrong)) as refusal:
        load_settings(production)
    assert part in str(refusal.value)


def test_alert_targets_print_as_stars(production: dict[str, str]) -> None:
    """Addresses hold passwords: no print of the settings shows them."""
    settings = load_settings(production)
    assert settings.clinic.alerts.on_call[0].target.reveal().startswith("mailto://")
    assert "secret-password" not in repr(settings)


def test_production_shows_reviewed_answers_only(production: dict[str, str]) -> None:
    """Unless a setting says otherwise; development shows all, with a notice."""
    assert not load_settings(production).serve_unreviewed
    assert load_settings({**production, "KAP_SERVE_UNREVIEWED": "yes"}).serve_unreviewed


def test_facts_that_visitors_ask_for(tmp_path: Path) -> None:
    """What a clinic filled in is kept; what it left empty is not there."""
    path = tmp_path / "clinic.yml"
    path.write_text(GOOD)
    facts = read_facts(path).asked_for
    assert "12 Example Road" in facts["address"]
    assert "prices" not in facts


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [
        ("KAP_ENV", "staging", "development or production"),
        ("KAP_TEXT_KEYS", "", "KAP_TEXT_KEYS is missing or empty"),
        ("KAP_TEXT_KEYS", "${TEXT_KEY}", "unexpanded"),
        ("KAP_TEXT_KEYS", "x" * 40, "kap setup --print-keys"),
        ("KAP_SIGNING_KEY", "short", "shorter than 32"),
        ("KAP_SERVE_UNREVIEWED", "maybe", "set it to yes or no"),
        ("KAP_ACTION_SECRET", " ", "KAP_ACTION_SECRET is missing or empty"),
        ("KAP_DATABASE_URL", "", "postgresql://"),
        ("KAP_DATABASE_URL", "mysql://x", "must start with"),
        ("KAP_CHAT_PORT", "http", "port number"),
        ("KAP_ACTION_PORT", "70000", "port number"),
    ],
)
def test_broken_setting_says_what_to_set(
    production: dict[str, str], name: str, value: str, part: str
) -> None:
    """Each broken setting is refused by name, with what to write instead."""
    with pytest.raises(SettingWrong, match=name) as refusal:
        load_settings({**production, name: value})
    assert part in str(refusal.value)


def test_production_ignores_the_key_file(production: dict[str, str], tmp_path: Path) -> None:
    """Keys in a file do not count in production."""
    write_key_file(tmp_path)
    with pytest.raises(SettingWrong, match="in the environment"):
        load_settings({**production, "KAP_TEXT_KEYS": ""})


def test_key_file_is_private_and_kept(tmp_path: Path) -> None:
    """The key file has mode 0600, is made once, and is refused when others can read it."""
    assert write_key_file(tmp_path)
    keys = read_key_file(tmp_path)
    assert not write_key_file(tmp_path)
    assert read_key_file(tmp_path) == keys
    file = tmp_path / "keys.env"
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o644)
    with pytest.raises(SettingWrong, match="chmod 600"):
        read_key_file(tmp_path)


def test_secrets_print_as_stars(tmp_path: Path) -> None:
    """No key stands in the printed settings."""
    write_key_file(tmp_path)
    printed = repr(load_settings({"KAP_HOME": str(tmp_path)}))
    for value in read_key_file(tmp_path).values():
        assert value not in printed


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("region: US", "region: XX", "region 'XX' has no hotlines"),
        ("region: US", "region:", "`region` is missing or empty"),
        ('phone: "555-010-0100"', "phone: call us", "is not a phone number"),
        ("hours: Monday", "hours: [Monday", "is not YAML"),
        ("name: Cedar", "nmae: Cedar", "`nmae` is unknown"),
        ("allowed_origins: []", "allowed_origins: [clinic.example/chat]", "not an origin"),
        ("allowed_origins: []", "allowed_origins: https://a.example", "write a list"),
        ("  prices:", "  price:", "`price` is unknown under `facts:`"),
        ("  prices:", "  prices: 200", "put the text of `prices` in quotes"),
        ("  prices:", "  prices: " + "x" * 251, "say it in 250 characters"),
    ],
)
def test_broken_clinic_file_names_line_and_mend(
    tmp_path: Path, old: str, new: str, part: str
) -> None:
    """Every mistake in clinic.yml is named with file, line and what to write instead."""
    file = tmp_path / "clinic.yml"
    file.write_text(GOOD.replace(old, new))
    with pytest.raises(FileWrong) as refusal:
        read_facts(file)
    assert part in str(refusal.value)
    line = GOOD[: GOOD.index(old)].count("\n") + 1
    assert abs((refusal.value.line or 0) - line) <= 1


def test_missing_clinic_file(tmp_path: Path) -> None:
    """A missing file is named."""
    with pytest.raises(FileWrong, match="is missing"):
        read_facts(tmp_path / "clinic.yml")
