"""Random keys of an installation, kept in a file that only its owner can read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet

from clinic.errors import SettingWrong

KEY_NAMES = ("KAP_TEXT_KEYS", "KAP_SIGNING_KEY", "KAP_ACTION_SECRET", "KAP_NUMBER_KEYS")
_FILE = "keys.env"


def make_keys() -> dict[str, str]:
    """Fresh random keys by setting name."""
    return {
        "KAP_TEXT_KEYS": Fernet.generate_key().decode(),
        "KAP_SIGNING_KEY": secrets.token_urlsafe(48),
        "KAP_ACTION_SECRET": secrets.token_urlsafe(48),
        "KAP_NUMBER_KEYS": secrets.token_urlsafe(48),
    }


def write_key_file(home: Path) -> bool:
    """Create the key file with mode 0600, or add the keys that it lacks; False when none is."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    known = read_key_file(home)
    missing = {name: value for name, value in make_keys().items() if name not in known}
    if missing:
        descriptor = os.open(home / _FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "a", encoding="utf-8") as file:
            file.writelines(f"{name}={value}\n" for name, value in missing.items())
    return bool(missing)


def read_key_file(home: Path) -> dict[str, str]:
    """Keys by name, empty when there is no file; SettingWrong when others can read it."""
    path = home / _FILE
    if not path.exists():
        return {}
    if path.stat().st_mode & 0o077:
        raise SettingWrong(f"{path} can be read by others: run `chmod 600 {path}`")
    lines = path.read_text(encoding="utf-8").splitlines()
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, _, value in pairs}
