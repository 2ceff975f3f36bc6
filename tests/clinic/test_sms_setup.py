"""The SMS part of clinic.yml and the environment: what is refused, and in which words."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from clinic.errors import FileWrong, SettingWrong
from clinic.facts import read_facts
from clinic.keys import make_keys
from clinic.settings import PROJECT_ROOT, Settings, load_settings

ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "fedcba9876543210" * 2
SERVICE = "MG" + "a" * 32
GOOD = (PROJECT_ROOT / "clinic.yml").read_text()
SMS = """sms:
  provider: twilio
  number: "+15555550100"
  service:
  baa_confirmed: 2026-01-15
  page: https://clinic.example/answers
  advanced_opt_out:
    confirmed: 2026-02-01
    help: "Help text."
    stop: "Stop text."
    start: "Start text."
# Days"""


def _written(folder: Path, sms: str = SMS) -> Path:
    head, _, tail = GOOD.partition("sms:\n")
    path = folder / "clinic.yml"
    path.write_text(
        (head + sms + tail.partition("# Days")[2])
        .replace("public_url:", "public_url: https://chat.clinic.example", 1)
        .replace("on_call: []", "on_call: [{name: Ann Example, target: 'json://127.0.0.1:9'}]")
        .replace("misconduct: []", "misconduct: [{name: Bo, target: 'json://127.0.0.1:9'}]")
    )
    return path


def _settings(folder: Path, sms: str = SMS, **environment: str) -> Settings:
    return load_settings(
        {
            **make_keys(),
            "KAP_CLINIC_FILE": str(_written(folder, sms)),
            "KAP_ENV": "production",
            "KAP_HOME": str(folder),
            "KAP_DATABASE_URL": "postgresql://kap@127.0.0.1/kap",
            "KAP_TWILIO_ACCOUNT": ACCOUNT,
            "KAP_TWILIO_TOKEN": TOKEN,
            **environment,
        }
    )


def test_off_unless_a_provider_is_named(settings: Settings) -> None:
    """The shipped clinic has no SMS and needs no account."""
    assert not settings.clinic.sms.is_on
    assert settings.twilio.id == ""


def test_production_with_everything(tmp_path: Path) -> None:
    """Number, dates and texts are read; the token prints as stars."""
    settings = _settings(tmp_path)
    sms = settings.clinic.sms
    assert (sms.provider, sms.number, sms.page) == (
        "twilio", "+15555550100", "https://clinic.example/answers",
    )  # fmt: skip
    assert sms.baa_confirmed == date(2026, 1, 15)
    assert sms.opt_out.stop == "Stop text."
    assert settings.twilio.tokens[0].reveal() == TOKEN
    assert TOKEN not in repr(settings)


def test_two_tokens_while_one_is_changed(tmp_path: Path) -> None:
    """The new one stands first."""
    tokens = _settings(tmp_path, KAP_TWILIO_TOKEN=f"{TOKEN}, {'b' * 32}").twilio.tokens
    assert [each.reveal() for each in tokens] == [TOKEN, "b" * 32]


@pytest.mark.parametrize(
    ("number", "toll_free"),
    [
        ("+18335550100", True),
        ("+18005550100", True),
        ("+15555550100", False),
        ("+442079460123", False),
    ],
)
def test_toll_free_is_told_from_the_number(tmp_path: Path, number: str, toll_free: bool) -> None:
    """Carriers answer STOP themselves on toll-free numbers."""
    path = _written(tmp_path, SMS.replace("+15555550100", number))
    assert read_facts(path).sms.is_toll_free is toll_free


def test_service_instead_of_a_number(tmp_path: Path) -> None:
    """A Messaging Service is enough; then nobody knows whether its numbers are toll-free."""
    sms = SMS.replace('number: "+15555550100"', "number:").replace(
        "service:", f"service: {SERVICE}"
    )
    read = read_facts(_written(tmp_path, sms)).sms
    assert (read.number, read.service, read.is_toll_free) == ("", SERVICE, False)


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("provider: twilio", "provider: pigeon", "`provider: pigeon` is unknown"),
        ('"+15555550100"', "+15555550100", "write it in quotes"),
        ('"+15555550100"', '"555-0100"', "with country code"),
        ('"+15555550100"', '"+1555"', "with country code"),
        ('"+15555550100"', '"+99955501000"', "with country code"),
        ('number: "+15555550100"', "number:", "`service: MG...`"),
        ("service:", "service: MG12", "MG and 32 characters"),
        ("service:", f"service: {SERVICE.upper()}", "MG and 32 characters"),
        ("2026-01-15", "last year", "as a date"),
        ("2026-01-15", "2099-01-15", "lies ahead"),
        ("2026-02-01", "2099-01-15", "lies ahead"),
        ("page: https", "page: http", "https://clinic.example/answers"),
        ("page:", "pages:", "`pages` is unknown under `sms:`"),
        ("    help:", "    halp:", "`halp` is unknown under `advanced_opt_out:`"),
        ('"Help text."', "12", "in quotes"),
        ("Help text.", "x" * 321, "320 characters"),
        (SMS[SMS.index("  advanced") :], "  advanced_opt_out: on\n# Days", "indented, under"),
    ],
)
def test_broken_line_is_named(tmp_path: Path, old: str, new: str, part: str) -> None:
    """Each broken line is refused with its number and what to write."""
    assert old in SMS
    with pytest.raises(FileWrong) as refusal:
        read_facts(_written(tmp_path, SMS.replace(old, new, 1)))
    assert part in str(refusal.value)
    assert refusal.value.line


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [
        ("KAP_TWILIO_ACCOUNT", "", "KAP_TWILIO_ACCOUNT is missing"),
        ("KAP_TWILIO_ACCOUNT", "AC123", "KAP_TWILIO_ACCOUNT is missing or no Account SID"),
        ("KAP_TWILIO_TOKEN", "", "KAP_TWILIO_TOKEN is missing"),
        ("KAP_TWILIO_TOKEN", " , ", "KAP_TWILIO_TOKEN is missing"),
        ("KAP_TWILIO_TOKEN", "short", "shorter than 32"),
        ("KAP_TWILIO_TOKEN", f"{TOKEN},short", "shorter than 32"),
        ("KAP_TWILIO_TOKEN", "${TWILIO_AUTH_TOKEN_OF_THE_CLINIC}", "unexpanded"),
        ("KAP_TWILIO_API", "http://127.0.0.1:5090", "remove it in production"),
        ("KAP_TWILIO_API", "127.0.0.1", "an address such as"),
    ],
)
def test_broken_account_says_what_to_set(tmp_path: Path, name: str, value: str, part: str) -> None:
    """Account and token stop the start, and no token is repeated."""
    with pytest.raises(SettingWrong) as refusal:
        _settings(tmp_path, **{name: value})
    assert part in str(refusal.value)
    assert TOKEN not in str(refusal.value)


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("baa_confirmed: 2026-01-15", "baa_confirmed:", "business associate"),
        ("provider: twilio", "provider: file", "for development"),
    ],
)
def test_production_refuses(tmp_path: Path, old: str, new: str, part: str) -> None:
    """No agreement, or texts in files, and production does not start."""
    with pytest.raises(SettingWrong, match=part):
        _settings(tmp_path, SMS.replace(old, new))


def test_production_needs_a_secure_address(tmp_path: Path) -> None:
    """Twilio's requests are signed for the public address, and hold people's words."""
    path = _written(tmp_path)
    path.write_text(path.read_text().replace("https://chat", "http://chat"))
    with pytest.raises(SettingWrong, match="https://"):
        load_settings(
            {
                **make_keys(), "KAP_CLINIC_FILE": str(path), "KAP_ENV": "production",
                "KAP_HOME": str(tmp_path), "KAP_DATABASE_URL": "postgresql://kap@127.0.0.1/kap",
                "KAP_TWILIO_ACCOUNT": ACCOUNT, "KAP_TWILIO_TOKEN": TOKEN,
            }
        )  # fmt: skip


def test_development_may_stand_in(tmp_path: Path) -> None:
    """In development no agreement is needed, and another address may be Twilio."""
    settings = _settings(
        tmp_path, SMS.replace("2026-01-15", ""),
        KAP_ENV="development", KAP_TWILIO_API="http://127.0.0.1:5090/",
    )  # fmt: skip
    assert settings.twilio.api == "http://127.0.0.1:5090"
