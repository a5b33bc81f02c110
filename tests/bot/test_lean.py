from __future__ import annotations

import gc
import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from bot.lean import NOT_NEEDED, settle_down
from locales.words import Catalogues

_LOADED = """
import asyncio, json, sys
from pathlib import Path
from bot.command_line import serve
from bot.settings import Settings

settings = Settings(data_dir=Path(sys.argv[1]), telegram_token="1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", _env_file=None)
serve._load_all(settings)

async def open_and_close():
    from bot.assembly import open_house
    async with open_house(settings):
        pass

asyncio.run(open_and_close())
import telegram
assert telegram.Bot.__doc__ is telegram.Bot.send_message.__doc__ is None, "what describes libraries is let go of"
print(json.dumps([name for name in sys.modules if sys.modules[name] is not None]))
"""


_LATER = """
from pathlib import Path
from bot.command_line import serve
from bot.settings import Settings

serve._load_all(Settings(data_dir=Path("nowhere"), _env_file=None))
import email.policy, aiohttp, httpx, telegram.ext, babel.messages.pofile, cryptography.x509, sqlalchemy.dialects.postgresql
import attr.converters, pydantic.v1, jinja2.ext
"""


def loaded(folder: Path) -> set[str]:
    """The modules a process has imported once everything is there that serving takes."""
    ran = subprocess.run(
        [sys.executable, "-c", _LOADED, str(folder)], capture_output=True, text=True, check=True, timeout=60
    )
    return set(json.loads(ran.stdout.splitlines()[-1]))


def test_a_process_that_serves_from_sqlite_has_loaded_nothing_that_it_does_not_need(tmp_path: Path) -> None:
    assert "alembic" in loaded(tmp_path), "the first start makes the database"
    names = loaded(tmp_path)
    assert names >= {"telegram", "sqlalchemy", "structlog", "httpx", "starlette"}
    assert names.isdisjoint({"alembic", "mako", "psycopg", "icalendar", *NOT_NEEDED})
    assert "sqlalchemy.dialects.postgresql" not in names


def test_what_a_process_over_the_web_alone_did_not_load_can_be_loaded_later() -> None:
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _LATER],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr


def test_after_settling_down_days_and_numbers_read_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gc, "freeze", lambda: None)
    monkeypatch.setattr(gc, "set_threshold", lambda *_: None)
    words = Catalogues.load().words("zh_CN")
    before = words.date(date(2026, 11, 22))
    settle_down()
    assert words.date(date(2026, 11, 22)) == before
    assert Catalogues.load().words("en").date(date(2026, 11, 22)) == "22 November 2026"
