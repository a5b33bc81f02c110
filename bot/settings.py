"""Settings: environment variables ``ZHUOYUE_*``, or a ``.env`` file in the folder the program is started from.

Every setting has a description here; ``zhuoyue settings`` shows them with their values, and ``docs/settings.md`` lists them.
"""

from __future__ import annotations

import difflib
import os
import re
import sys
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.privacy.retention import CONSENTED_DAYS
from domain.uploads import UploadLimits
from domain.uploads.files import LARGEST_OF_ALL
from locales.words import Language, mark

PREFIX: Final = "ZHUOYUE_"
ENV_FILE: Final = Path(".env")
SECRET: Final = frozenset(
    PREFIX + name for name in ("DATABASE_URL", "METRICS_TOKEN", "TELEGRAM_TOKEN", "TELEGRAM_WEBHOOK_SECRET")
)
"""Settings whose values are never shown."""


class SettingsError(Exception):
    """A setting that cannot be used; the text is one line that names it."""


def default_data_dir(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """Where this system keeps the data of a person's programs."""
    home = Path(environment.get("HOME") or environment.get("USERPROFILE") or Path.home())
    if platform == "darwin":
        return home / "Library" / "Application Support" / "zhuoyue"
    if platform == "win32":
        return Path(environment.get("LOCALAPPDATA") or home / "AppData" / "Local") / "zhuoyue"
    return Path(environment.get("XDG_DATA_HOME") or home / ".local" / "share") / "zhuoyue"


def _public_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an address like https://quality.example.org")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("must be the address of a whole site, without a path")
    return url.rstrip("/")


def _database_url(url: SecretStr) -> SecretStr:
    scheme = url.get_secret_value().partition("://")[0].partition("+")[0]
    if scheme not in {"sqlite", "postgresql", "postgres"}:
        raise ValueError("must start with sqlite:/// or postgresql://")
    return url


def _api_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("must be an address like https://api.telegram.org")
    return url.rstrip("/")


def _telegram_token(token: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[0-9]{1,16}:[A-Za-z0-9_-]{20,100}", token.get_secret_value()):
        raise ValueError("must be the token BotFather gave you, like 123456789:AA…")
    return token


def _secret(secret: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", secret.get_secret_value()):
        raise ValueError("must have 16 to 256 letters, digits, _ and -")
    return secret


def _expanded(path: Path) -> Path:
    return path.expanduser().absolute()


Folder = Annotated[Path, AfterValidator(_expanded)]
File = Annotated[Path, AfterValidator(_expanded)]


class Settings(BaseSettings):
    """Everything an operator can set."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=ENV_FILE,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        frozen=True,
        extra="ignore",
    )

    data_dir: Folder = Field(
        default_factory=default_data_dir,
        description=mark(
            "Folder for the database, the key file and backups. Made when it does not exist, for its owner alone."
        ),
    )
    database_url: Annotated[SecretStr, AfterValidator(_database_url)] | None = Field(
        None,
        description=mark(
            "Database: `sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST/NAME`. "
            "Without it, `zhuoyue.sqlite3` in the data folder."
        ),
    )
    key_file: File | None = Field(
        None,
        description=mark(
            "File with the master key that protects personal data; made on first start. "
            "Without it, `master.key` in the data folder. Keep a copy apart from the backups of the database."
        ),
    )
    programmes_dir: Folder | None = Field(
        None,
        description=mark(
            "Folder with programmes of your own, one folder each, loaded beside the built-in ones."
        ),
    )
    holidays_file: File | None = Field(
        None,
        description=mark(
            "YAML file with official holidays and make-up days the built-in calendar does not have yet."
        ),
    )
    language: Language = Field(
        "zh_CN",
        description=mark("Language of the command line, and the first language of a chat: `zh_CN` or `en`."),
    )
    host: str = Field(
        "127.0.0.1",
        min_length=1,
        description=mark(
            "Address the web chat listens on. Anything but this computer belongs behind a proxy with TLS."
        ),
    )
    port: int = Field(
        8642, ge=0, le=65535, description=mark("Port the web chat listens on; 0 takes any free one.")
    )
    public_url: Annotated[str, AfterValidator(_public_url)] | None = Field(
        None,
        description=mark(
            "Address under which people reach the web chat, when a proxy stands before it. "
            "With `https://`, cookies are bound to it."
        ),
    )
    log_format: Literal["auto", "console", "json"] = Field(
        "auto",
        description=mark(
            "Form of the log: `console` for people, `json` for machines, `auto` looks for a terminal."
        ),
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description=mark("The least that is logged.")
    )
    session_idle_hours: int = Field(
        12, ge=1, le=24 * 30, description=mark("Hours without a sign of life after which a web session ends.")
    )
    session_absolute_days: int = Field(
        7, ge=1, le=90, description=mark("Days after which a web session ends in any case.")
    )
    unconsented_retention_hours: int = Field(
        24,
        ge=1,
        le=24 * 30,
        description=mark(
            "Hours after which a conversation is deleted whose person did not agree to the storing of data."
        ),
    )
    consented_retention_days: int = Field(
        CONSENTED_DAYS,
        ge=90,
        le=36_500,
        description=mark(
            "Days without a sign of life after which everything about a person who agreed to the storing of data is erased. "
            "People are told this number when they are asked."
        ),
    )
    rate_per_minute: int = Field(
        60, ge=1, le=10_000, description=mark("Messages one web session may send in a minute.")
    )
    max_streams: int = Field(
        1_000,
        ge=10,
        le=100_000,
        description=mark(
            "Event streams the web chat holds open at once, about one for each open page; the next page has to wait."
        ),
    )
    max_message_chars: int = Field(
        2_000, ge=100, le=100_000, description=mark("Longest message, in characters.")
    )
    max_body_bytes: int = Field(
        16_384, ge=1_024, le=10_485_760, description=mark("Longest web request, in bytes.")
    )
    max_upload_bytes: int = Field(
        10_485_760,
        ge=65_536,
        le=LARGEST_OF_ALL,
        description=mark("Largest file somebody may hand in, in bytes. Telegram hands out none above 20 MB."),
    )
    max_image_pixels: int = Field(
        64_000_000,
        ge=1_000_000,
        le=1_000_000_000,
        description=mark("Largest picture somebody may hand in, in pixels."),
    )
    commit_group_max: int = Field(
        64,
        ge=1,
        le=1_000,
        description=mark("Turns that share one commit at most, when many arrive at once (SQLite)."),
    )
    busy_timeout_ms: int = Field(
        5_000,
        ge=0,
        le=60_000,
        description=mark("Milliseconds to wait for a database that is busy before saying so."),
    )

    telegram_token: Annotated[SecretStr, AfterValidator(_telegram_token)] | None = Field(
        None,
        description=mark(
            "Token of the Telegram bot, from BotFather. Without it there is no Telegram channel."
        ),
    )
    telegram_mode: Literal["polling", "webhook"] = Field(
        "polling",
        description=mark(
            "How updates come from Telegram: `polling` needs no public address; `webhook` needs a public URL with "
            "`https://`, a webhook secret, and `zhuoyue telegram set-webhook` once."
        ),
    )
    telegram_webhook_secret: Annotated[SecretStr, AfterValidator(_secret)] | None = Field(
        None,
        description=mark(
            "Secret by which the webhook knows Telegram: 16 to 256 letters, digits, `_` and `-`."
        ),
    )
    telegram_api_url: Annotated[str, AfterValidator(_api_url)] = Field(
        "https://api.telegram.org",
        description=mark("Address of the Bot API, for those who run a Bot API server of their own."),
    )
    telegram_per_second: float = Field(
        30, gt=0, le=1_000, description=mark("Messages sent to Telegram in a second, all chats together.")
    )
    telegram_chat_per_second: float = Field(
        1,
        gt=0,
        le=1_000,
        description=mark("Messages sent to one private chat in a second, after a short burst."),
    )
    telegram_chat_burst: int = Field(
        3, ge=1, le=100, description=mark("Messages one private chat may get at once.")
    )
    telegram_group_per_minute: int = Field(
        20, ge=1, le=10_000, description=mark("Messages sent to one group in a minute.")
    )
    ready_silence_seconds: int = Field(
        180,
        ge=60,
        le=86_400,
        description=mark(
            "Seconds without a successful poll of Telegram after which `/readyz` says that this process is not ready. A "
            "webhook is only reported: it may be silent because nobody writes."
        ),
    )
    ready_reply_seconds: int = Field(
        300,
        ge=10,
        le=86_400,
        description=mark(
            "Seconds a reply may be due on Telegram before `/readyz` says that this process is not ready."
        ),
    )
    telegram_paid_broadcast: bool = Field(
        False,
        description=mark(
            "Pay Telegram for broadcasts beyond its free rate; set the messages in a second to match."
        ),
    )

    metrics_port: int | None = Field(
        None,
        ge=0,
        le=65535,
        description=mark(
            "Port on which `/metrics` is served for Prometheus, apart from the web chat; 0 takes any free one. "
            "Without it there are no metrics."
        ),
    )
    metrics_host: str = Field(
        "127.0.0.1",
        min_length=1,
        description=mark("Address `/metrics` listens on. Anything but this computer needs a metrics token."),
    )
    metrics_token: Annotated[SecretStr, AfterValidator(_secret)] | None = Field(
        None,
        description=mark(
            "Token a scraper has to send (`Authorization: Bearer …`): 16 to 256 letters, digits, `_` and `-`. Without it "
            "everybody on this computer may read the metrics."
        ),
    )

    @property
    def database(self) -> str:
        """The URL of the database to use; may hold a password, so it is not for logs."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.data_dir / 'zhuoyue.sqlite3'}"

    @property
    def web_address(self) -> str:
        """Where people reach the web chat, without a slash at the end."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def metrics_stay_here(self) -> bool:
        """Whether metrics can be reached from this computer alone."""
        try:
            return ip_address(self.metrics_host).is_loopback
        except ValueError:
            return self.metrics_host == "localhost"

    @property
    def master_key_file(self) -> Path:
        """The file of the master key to use."""
        return self.key_file or self.data_dir / "master.key"

    @property
    def uploads(self) -> UploadLimits:
        """How large files may be."""
        return UploadLimits(most_bytes=self.max_upload_bytes, most_pixels=self.max_image_pixels)

    @classmethod
    def load(cls, **overrides: Any) -> Self:
        """Read the settings; raises :class:`SettingsError` with one line about the first that is wrong.

        ``overrides`` (options of a command) come before the environment, which comes before ``.env``.
        """
        try:
            unknown = unknown_names()
            settings = cls(**{name: value for name, value in overrides.items() if value is not None})
        except ValidationError as error:
            raise SettingsError(_one_line(error)) from error
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{ENV_FILE} cannot be read: {error}") from error
        for name, near in unknown:
            raise SettingsError(
                f"{name}: there is no such setting" + (f"; did you mean {near}?" if near else "")
            )
        if settings.programmes_dir and not settings.programmes_dir.is_dir():
            raise SettingsError(f"{PREFIX}PROGRAMMES_DIR: there is no folder {settings.programmes_dir}")
        if settings.telegram_mode == "webhook" and settings.telegram_token:
            if not (settings.public_url or "").startswith("https://"):
                raise SettingsError(f"{PREFIX}PUBLIC_URL: a webhook needs an address with https://")
            if settings.telegram_webhook_secret is None:
                raise SettingsError(f"{PREFIX}TELEGRAM_WEBHOOK_SECRET: a webhook needs a secret")
        if (
            settings.metrics_port is not None
            and settings.metrics_token is None
            and not settings.metrics_stay_here
        ):
            raise SettingsError(f"{PREFIX}METRICS_TOKEN: metrics that other computers can reach need a token")
        if settings.holidays_file and not settings.holidays_file.is_file():
            raise SettingsError(f"{PREFIX}HOLIDAYS_FILE: there is no file {settings.holidays_file}")
        return settings


def unknown_names(environment: Mapping[str, str] = os.environ) -> tuple[tuple[str, str | None], ...]:
    """Names that look like settings and are none, each with the setting it may be meant for.

    A mistyped name would otherwise be ignored in silence. Raises OSError and UnicodeDecodeError of ``.env``.
    """
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    given = {*environment, *(dotenv_values(ENV_FILE, encoding="utf-8") if ENV_FILE.is_file() else ())}
    strange = [
        name for name in sorted(given) if name.upper().startswith(PREFIX) and name.upper() not in known
    ]
    return tuple(
        (name, next(iter(difflib.get_close_matches(name.upper(), known, 1)), None)) for name in strange
    )


def _one_line(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_context=False)[0]
    name = PREFIX + str(first["loc"][0]).upper() if first["loc"] else "settings"
    reason = first["msg"].removeprefix("Value error, ")
    # What was given may be a password.
    given = "" if name in SECRET else f" (given: {str(first['input'])[:80]!r})"
    return f"{name}: {reason[:1].lower()}{reason[1:]}{given}"
