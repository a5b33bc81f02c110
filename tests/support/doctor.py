"""Something for the doctor to look at: a folder with a database and its key, and whatever settings."""

from __future__ import annotations

import base64
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.doctor.findings import Finding, Grade, NotNowError, Patient
from bot.settings import Settings
from domain.clock import Clock, FixedClock
from domain.privacy import MasterKey
from locales.words import Catalogues, Language
from tests.support.database import KEY, new_database_url

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
"""Noon in Shanghai."""


def write_key(folder: Path, key: MasterKey = KEY) -> Path:
    """Put a key where the settings look for it; without another, the one of the databases of the tests."""
    path = folder / "master.key"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(b"zhuoyue-master-key-1:" + base64.b64encode(key._secret))
    return path


def set_up(folder: Path) -> Path:
    """A folder somebody serves from: a migrated database, and its key; gives the file of the database."""
    folder.mkdir(mode=0o700, exist_ok=True)
    new_database_url(folder)
    write_key(folder)
    return folder / "zhuoyue.sqlite3"


def patient(
    folder: Path, *, clock: Clock | None = None, language: Language = "en", **settings: Any
) -> Patient:
    """What a check looks at: the product with its data in a folder."""
    for secret in ("telegram_token", "database_url", "telegram_webhook_secret", "metrics_token"):
        if secret in settings:
            settings[secret] = SecretStr(settings[secret])
    given = Settings(data_dir=folder, **settings)
    return Patient(given, Catalogues.load().words(language), clock or FixedClock(NOW))


def change(database: Path, *statements: str) -> None:
    """Change a database behind the back of the product."""
    with closing(sqlite3.connect(database)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def grade(look: Callable[[Patient], Finding], of: Patient) -> Grade:
    """How it looks to a check."""
    return finding(look, of).grade


def finding(look: Callable[[Patient], Finding], of: Patient) -> Finding:
    """What a check says, as the examination would tell it."""
    try:
        return look(of)
    except NotNowError as reason:
        return Finding(Grade.LEFT_OUT, str(reason))
