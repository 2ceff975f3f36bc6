"""Settings, read once at start-up: environment first, then the key file, then defaults."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet, MultiFernet

from clinic.errors import SettingWrong
from clinic.facts import ClinicFacts, read_facts
from clinic.keys import KEY_NAMES, read_key_file
from clinic.secret import Secret
from clinic.sms_setup import TwilioAccount, read_twilio_account, require_sms

PROJECT_ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENTS = ("development", "production")
SECRET_HEADER = "X-KAP-Secret"
"""HTTP header in which the chat server shows the action server the shared secret."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything the processes need to know, checked. Secrets print as stars."""

    environment: str
    root: Path
    """Folder with `config.yml`, `domain.yml` and `data/`."""
    home: Path
    """Folder for what this installation makes: database, keys, spool, models."""
    database_url: str
    text_keys: tuple[Secret, ...]
    """Fernet keys; the first encrypts, all decrypt."""
    signing_key: Secret
    number_keys: tuple[Secret, ...]
    """Keys that make pseudonyms of phone numbers; the first makes new ones, all are known."""
    action_secret: Secret
    host: str
    chat_port: int
    action_port: int
    redis_url: Secret
    """Where chat servers count rate limits together; empty: each counts for itself."""
    proxies: int
    """Reverse proxies in front of the chat server, which name the client's address."""
    session_limit: str
    """Messages of one web session, such as "30/minute"."""
    client_limit: str
    """Messages of all sessions from one address."""
    serve_unreviewed: bool
    """Whether visitors may see answers that no clinician of the clinic has approved yet."""
    twilio: TwilioAccount
    clinic: ClinicFacts

    @property
    def models(self) -> Path:
        """Folder of trained models."""
        return self.home / "models"

    @property
    def spool(self) -> Path:
        """Folder of records that could not reach the database."""
        return self.home / "spool"

    @property
    def sms_files(self) -> Path:
        """Folder of the development provider, with texts instead of a phone network."""
        return self.home / "sms"

    @property
    def action_url(self) -> str:
        """Where the chat server calls actions."""
        return f"http://{self.host}:{self.action_port}/webhook"

    @property
    def chat_url(self) -> str:
        """Where the chat server listens."""
        return f"http://{self.host}:{self.chat_port}"

    @property
    def public_url(self) -> str:
        """Where people reach the chat server: links in alerts begin with it."""
        return self.clinic.public_url or self.chat_url

    @property
    def own_origins(self) -> frozenset[str]:
        """Origins of the chat server's own pages."""
        own = {self.chat_url, self.public_url}
        if self.host in ("127.0.0.1", "0.0.0.0", "::1"):
            own |= {f"http://{name}:{self.chat_port}" for name in ("127.0.0.1", "localhost")}
        return frozenset(own)

    def cipher(self) -> MultiFernet:
        """Encrypts people's words at rest."""
        return MultiFernet([Fernet(key.reveal()) for key in self.text_keys])


def load_settings(
    environ: Mapping[str, str] | None = None, *, root: Path | None = None
) -> Settings:
    """Read and check all settings; SettingWrong or FileWrong says what to set, and where."""
    env = dict(os.environ if environ is None else environ)
    root = root or Path(env.get("KAP_ROOT") or PROJECT_ROOT)
    environment = env.get("KAP_ENV") or "development"
    if environment not in ENVIRONMENTS:
        raise SettingWrong(f"KAP_ENV is {environment!r}: set it to {' or '.join(ENVIRONMENTS)}")
    home = Path(env.get("KAP_HOME") or root / "var")
    keys = _keys(env, home, production=environment == "production")
    clinic = read_facts(Path(env.get("KAP_CLINIC_FILE") or root / "clinic.yml"), env)
    twilio = read_twilio_account(env, clinic.sms)
    if environment == "production":
        _require_alerts(clinic)
        require_sms(clinic.sms, twilio, public_url=clinic.public_url)
    return Settings(
        environment=environment,
        root=root,
        home=home,
        database_url=_database_url(env, home, production=environment == "production"),
        text_keys=_text_keys(keys["KAP_TEXT_KEYS"]),
        signing_key=_long_secret("KAP_SIGNING_KEY", keys["KAP_SIGNING_KEY"]),
        number_keys=tuple(
            _long_secret("KAP_NUMBER_KEYS", part.strip())
            for part in keys["KAP_NUMBER_KEYS"].split(",")
        ),
        action_secret=_long_secret("KAP_ACTION_SECRET", keys["KAP_ACTION_SECRET"]),
        host=env.get("KAP_HOST") or "127.0.0.1",
        chat_port=_port(env, "KAP_CHAT_PORT", 5005),
        action_port=_port(env, "KAP_ACTION_PORT", 5055),
        redis_url=_redis_url(env),
        proxies=_proxies(env, production=environment == "production"),
        session_limit=_rate(env, "KAP_SESSION_LIMIT", "30/minute"),
        client_limit=_rate(env, "KAP_CLIENT_LIMIT", "240/minute"),
        serve_unreviewed=_yes_or_no(
            env, "KAP_SERVE_UNREVIEWED", default=environment != "production"
        ),
        twilio=twilio,
        clinic=clinic,
    )


def _require_alerts(clinic: ClinicFacts) -> None:
    """In production a crisis message must reach a person, and a report about staff another one."""
    missing = {
        "alerts.on_call": clinic.alerts.on_call,
        "alerts.misconduct": clinic.alerts.misconduct,
        "staffed_hours": clinic.alerts.hours.days,
        "public_url": clinic.public_url.startswith("https://"),
    }
    for name, value in missing.items():
        if not value:
            raise SettingWrong(
                f"clinic.yml lacks `{name}:`, which production needs: docs/alerts.md shows what "
                "to write (public_url must begin with https://)"
            )


def _keys(env: Mapping[str, str], home: Path, *, production: bool) -> dict[str, str]:
    stored = {} if production else read_key_file(home)
    keys = {name: env.get(name) or stored.get(name, "") for name in KEY_NAMES}
    for name, value in keys.items():
        if not value.strip():
            where = "in the environment" if production else "or run `kap setup`, which makes one"
            raise SettingWrong(f"{name} is missing or empty: set it {where}")
        if "${" in value:
            raise SettingWrong(f"{name} holds an unexpanded ${{...}}: set the value itself")
    return keys


def _database_url(env: Mapping[str, str], home: Path, *, production: bool) -> str:
    url = env.get("KAP_DATABASE_URL") or ""
    if not url and production:
        raise SettingWrong("KAP_DATABASE_URL is missing: set it to a postgresql:// address")
    url = url or f"sqlite:///{home / 'kap.db'}"
    if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg2://")):
        raise SettingWrong("KAP_DATABASE_URL must start with sqlite:/// or postgresql://")
    return url


def _text_keys(value: str) -> tuple[Secret, ...]:
    keys = tuple(Secret(part.strip()) for part in value.split(",") if part.strip())
    for key in keys:
        try:
            Fernet(key.reveal())
        except ValueError:
            raise SettingWrong(
                "KAP_TEXT_KEYS holds a key that is not 32 bytes in URL-safe base64: "
                "make one with `kap setup --print-keys`"
            ) from None
    return keys


def _long_secret(name: str, value: str) -> Secret:
    if len(value) < 32:
        raise SettingWrong(f"{name} is shorter than 32 characters: set a longer random value")
    return Secret(value)


def _port(env: Mapping[str, str], name: str, default: int) -> int:
    value = env.get(name) or str(default)
    if not value.isdigit() or not 0 < int(value) < 65536:
        raise SettingWrong(f"{name} is {value!r}: set a port number from 1 to 65535")
    return int(value)


def _redis_url(env: Mapping[str, str]) -> Secret:
    url = env.get("KAP_REDIS_URL") or ""
    if url and not url.startswith(("redis://", "rediss://")):
        raise SettingWrong("KAP_REDIS_URL must start with redis:// or rediss://")
    return Secret(url)


def _proxies(env: Mapping[str, str], *, production: bool) -> int:
    value = env.get("KAP_PROXIES") or ("1" if production else "0")
    if not value.isdigit() or int(value) > 9:
        raise SettingWrong(f"KAP_PROXIES is {value!r}: set how many proxies stand in front, 0 to 9")
    return int(value)


def _rate(env: Mapping[str, str], name: str, default: str) -> str:
    value = env.get(name) or default
    if not re.fullmatch(
        r"[1-9]\d{0,6}/(second|minute|hour)(;[1-9]\d{0,6}/(second|minute|hour))*", value
    ):
        raise SettingWrong(f"{name} is {value!r}: write it like 30/minute or 30/minute;5/second")
    return value


def _yes_or_no(env: Mapping[str, str], name: str, *, default: bool) -> bool:
    value = env.get(name) or ("yes" if default else "no")
    if value not in ("yes", "no"):
        raise SettingWrong(f"{name} is {value!r}: set it to yes or no")
    return value == "yes"


def home_folder(environ: Mapping[str, str] | None = None) -> Path:
    """Where this installation keeps what it makes; needs no keys."""
    env = os.environ if environ is None else environ
    root = Path(env.get("KAP_ROOT") or PROJECT_ROOT)
    return Path(env.get("KAP_HOME") or root / "var")


def semantic_model_file() -> Path:
    """The trained semantic half of crisis detection; may be missing."""
    return home_folder() / "models" / "safety.npz"


def newest_model(settings: Settings) -> Path | None:
    """The Rasa model trained last; None when there is none."""
    models = sorted(settings.models.glob("kap-*.tar.gz"), key=lambda path: path.stat().st_mtime)
    return models[-1] if models else None
