from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.command_line.settings import manual
from bot.settings import PREFIX, Settings, SettingsError, default_data_dir

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _own_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder to start from, and no settings of the machine the tests run on."""
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.startswith(PREFIX):
            monkeypatch.delenv(name)


def test_without_any_setting_the_assistant_speaks_chinese_on_this_computer_only() -> None:
    settings = Settings.load()
    assert (settings.language, settings.host, settings.port) == ("zh_CN", "127.0.0.1", 8642)
    assert settings.database == f"sqlite:///{settings.data_dir / 'zhuoyue.sqlite3'}"
    assert settings.master_key_file == settings.data_dir / "master.key"


def test_the_environment_comes_before_the_file_and_options_before_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("ZHUOYUE_PORT=1\nZHUOYUE_HOST=::1\nOTHER=x\n", encoding="utf-8")
    assert Settings.load().port == 1
    monkeypatch.setenv("ZHUOYUE_PORT", "2")
    assert (Settings.load().port, Settings.load().host) == (2, "::1")
    assert Settings.load(port=3, host=None).port == 3


def test_an_empty_value_is_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHUOYUE_PORT", "")
    assert Settings.load().port == 8642


def test_folders_are_absolute_and_a_tilde_is_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("ZHUOYUE_DATA_DIR", "~/assistant")
    assert Settings.load().data_dir == tmp_path / "assistant"
    monkeypatch.setenv("ZHUOYUE_DATA_DIR", "here")
    assert Settings.load().data_dir == tmp_path / "here"


@pytest.mark.parametrize(
    ("platform", "environment", "folder"),
    [
        ("linux", {"HOME": "/h"}, "/h/.local/share/zhuoyue"),
        ("linux", {"HOME": "/h", "XDG_DATA_HOME": "/d"}, "/d/zhuoyue"),
        ("darwin", {"HOME": "/h"}, "/h/Library/Application Support/zhuoyue"),
        ("win32", {"USERPROFILE": "/h"}, "/h/AppData/Local/zhuoyue"),
        ("win32", {"USERPROFILE": "/h", "LOCALAPPDATA": "/l"}, "/l/zhuoyue"),
    ],
)
def test_data_is_kept_where_the_system_keeps_such_data(
    platform: str, environment: dict[str, str], folder: str
) -> None:
    assert default_data_dir(environment, platform) == Path(folder)


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("PORT", "http", "valid integer"),
        ("PORT", "70000", "less than or equal to 65535"),
        ("LANGUAGE", "fr", "'zh_CN' or 'en'"),
        ("DATABASE_URL", "mysql://root:hunter2@host/x", "must start with sqlite"),
        ("PUBLIC_URL", "quality.example.org", "must be an address"),
        ("PUBLIC_URL", "https://quality.example.org/chat", "without a path"),
        ("PROGRAMMES_DIR", "nowhere", "there is no folder"),
        ("HOLIDAYS_FILE", "nowhere.yaml", "there is no file"),
        ("PROT", "1", "did you mean ZHUOYUE_PORT?"),
        ("SOMETHING_ELSE", "1", "there is no such setting"),
    ],
)
def test_a_wrong_setting_is_one_line_with_its_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, reason: str
) -> None:
    monkeypatch.setenv(PREFIX + name, value)
    with pytest.raises(SettingsError) as raised:
        Settings.load()
    line = str(raised.value)
    assert line.startswith(f"{PREFIX}{name}: ")
    assert reason in line
    assert "\n" not in line
    assert "hunter2" not in line


def test_a_wrong_name_in_the_file_is_found_too(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("ZHUOYUE_LANGAUGE=en\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="did you mean ZHUOYUE_LANGUAGE"):
        Settings.load()


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"ZHUOYUE_HOST=\xff\xfe\n")
    with pytest.raises(SettingsError, match=r"\.env cannot be read"):
        Settings.load()


def test_a_password_in_the_database_url_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHUOYUE_DATABASE_URL", "postgresql://quality:hunter2@db.example.org/quality")
    settings = Settings.load()
    assert "hunter2" not in repr(settings)
    assert settings.database == "postgresql://quality:hunter2@db.example.org/quality"


def test_every_setting_says_what_it_means() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_the_manual_lists_the_settings_as_the_code_describes_them() -> None:
    assert (ROOT / "docs/settings.md").read_text(encoding="utf-8") == manual()


def test_a_webhook_needs_an_address_with_tls_and_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHUOYUE_TELEGRAM_TOKEN", "123456789:AAF0imaginary-Token_of-the-Tests")
    monkeypatch.setenv("ZHUOYUE_TELEGRAM_MODE", "webhook")
    with pytest.raises(SettingsError, match="PUBLIC_URL"):
        Settings.load()
    monkeypatch.setenv("ZHUOYUE_PUBLIC_URL", "https://quality.example.org")
    with pytest.raises(SettingsError, match="WEBHOOK_SECRET"):
        Settings.load()
    monkeypatch.setenv("ZHUOYUE_TELEGRAM_WEBHOOK_SECRET", "short")
    with pytest.raises(SettingsError, match="16 to 256") as raised:
        Settings.load()
    assert "short" not in str(raised.value)
