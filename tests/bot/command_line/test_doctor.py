"""``zhuoyue doctor`` as an operator and a program meet it, and how its checks are run."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import command_line
from bot.command_line import doctor, surroundings
from bot.doctor.examination import CHECKS, examine
from bot.doctor.findings import Check, Finding, Grade, NotNowError, Patient, broken, fine
from bot.settings import Settings
from domain.store import DiskFull
from locales.words import Catalogues
from tests.support.command_line import call
from tests.support.doctor import change, patient, set_up
from tests.support.telegram_api import TelegramApi

SECRET = "a-secret-of-the-tests-01"
PASSWORD = "imaginary-pass%2Fword"


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that has been served from."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "data"
    set_up(folder)
    monkeypatch.setenv("ZHUOYUE_DATA_DIR", str(folder))
    monkeypatch.setenv("ZHUOYUE_PORT", "0")
    surroundings.settings.cache_clear()
    yield folder
    surroundings.settings.cache_clear()


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[TelegramApi]:
    with TelegramApi() as running:
        monkeypatch.setenv("ZHUOYUE_TELEGRAM_API_URL", running.url)
        monkeypatch.setenv("ZHUOYUE_TELEGRAM_TOKEN", running.token)
        monkeypatch.setenv("ZHUOYUE_TELEGRAM_MODE", "webhook")
        monkeypatch.setenv("ZHUOYUE_TELEGRAM_WEBHOOK_SECRET", SECRET)
        monkeypatch.setenv("ZHUOYUE_PUBLIC_URL", "https://quality.example.org")
        yield running


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["fine", "Key file", "Time zone", "left out"]),
        ("zh_CN", ["正常", "密钥文件", "时区", "未检查"]),
    ],
)
def test_it_has_a_line_for_every_check_in_both_languages(language: str, words: list[str]) -> None:
    called = call("doctor", language=language)
    assert called.status == 0, called.out
    assert all(word in called.out for word in words)
    names = doctor._names(Catalogues.load().words("zh_CN" if language == "zh_CN" else "en"))
    assert set(names) == {check.id for check in CHECKS}
    lines = called.out.splitlines()
    assert [sum(f" {name} " in line for line in lines) >= 1 for name in names.values()] == [True] * len(
        CHECKS
    )
    assert len(lines) == len(CHECKS) + sum("→" in line for line in lines) + 1


def test_what_is_broken_is_status_1_with_what_to_do(data: Path) -> None:
    change(data / "zhuoyue.sqlite3", "UPDATE alembic_version SET version_num = '0011'")
    called = call("doctor", "--offline")
    assert called.status == 1
    assert "zhuoyue db migrate" in called.out
    assert called.err == ""


def test_what_is_to_be_looked_at_fails_only_where_that_is_wanted(data: Path) -> None:
    data.chmod(0o755)
    assert call("doctor", "--offline").status == 0
    called = call("doctor", "--offline", "--strict")
    assert called.status == 1
    assert f"chmod 700 {data}" in called.out


def test_programs_get_every_check_as_json(data: Path) -> None:
    data.chmod(0o755)
    found = call("doctor", "--json").json
    assert set(found) == {"version", "at", "counts", "checks"}
    assert [one["check"] for one in found["checks"]] == [check.id for check in CHECKS]
    assert all(set(one) == {"check", "grade", "found", "remedy"} for one in found["checks"])
    counts = {grade.value: sum(one["grade"] == grade.value for one in found["checks"]) for grade in Grade}
    assert found["counts"] == counts
    by_name = {one["check"]: one for one in found["checks"]}
    assert by_name["settings.data_folder"]["remedy"] == f"chmod 700 {data}"
    assert by_name["database.opens"]["remedy"] is None


def test_offline_nothing_is_called(api: TelegramApi) -> None:
    found = call("doctor", "--offline", "--json").json
    outside = {check.id for check in CHECKS if check.outside}
    assert outside == {"clock.telegram", "telegram.token", "telegram.updates", "telegram.poller"}
    assert {one["check"] for one in found["checks"] if one["found"] == "it calls what is outside"} == outside
    assert api.record.requests == []


def test_settings_that_are_wrong_stop_neither_it_nor_its_language(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def told() -> str:
        surroundings.settings.cache_clear()
        assert command_line.run(["doctor", "--offline"]) == 1
        return capsys.readouterr().out

    monkeypatch.setenv("ZHUOYUE_PORT", "http")
    assert "ZHUOYUE_PORT" in told()
    assert "须先更正设置" in told()
    (tmp_path / ".env").write_text("ZHUOYUE_LANGUAGE=en\n")
    assert "the settings have to be right first" in told()
    (tmp_path / ".env").write_bytes(b"ZHUOYUE_LANGUAGE=\xff\n")
    assert "须先更正设置" in told()
    monkeypatch.setenv("ZHUOYUE_LANGUAGE", "en")
    assert "the settings have to be right first" in told()


def test_no_secret_is_ever_told(api: TelegramApi, monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    token, key = api.token.partition(":")[2], (data / "master.key").read_text().partition(":")[2].strip()
    told = []
    for status in (0, 1):
        for form in ([], ["--json"]):
            called = call("doctor", *form)
            assert called.status in {status, 1}
            told.append(called.out + called.err)
        monkeypatch.setenv("ZHUOYUE_DATABASE_URL", f"postgresql://zhuoyue:{PASSWORD}@127.0.0.1:1/zhuoyue")
        monkeypatch.setenv("ZHUOYUE_TELEGRAM_API_URL", f"http://127.0.0.1:1/{api.token}/{SECRET}")
    for text in told:
        for secret in (token, key, SECRET, PASSWORD, "imaginary-pass/word"):
            assert secret not in text


def test_what_a_check_says_of_a_secret_by_mistake_is_taken_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, scraper = "7000000001:AAF0imaginary-Token_of-the-Tests-01", "imaginary-token-of-a-scraper"
    monkeypatch.setenv("HTTPS_PROXY", "http://me:imaginary-way-out@127.0.0.1:1")
    of = patient(
        tmp_path,
        telegram_token=token,
        telegram_webhook_secret=SECRET,
        metrics_token=scraper,
        database_url=f"postgresql://me:{PASSWORD}@nowhere/x",
    )

    def careless(_: Patient) -> Finding:
        return broken(
            f"{token} {SECRET} {PASSWORD} {scraper} imaginary-way-out",
            f"curl https://api.telegram.org/bot{token}/getMe imaginary-pass/word",
        )

    (one,) = examine(of, checks=[Check("careless", careless)])
    assert one.finding == broken("… … … … …", "curl https://api.telegram.org/bot…/getMe …")


def test_no_check_can_stop_the_others(tmp_path: Path) -> None:
    def fails(_: Patient) -> Finding:
        raise ZeroDivisionError

    def has_a_full_disk(_: Patient) -> Finding:
        raise DiskFull("no room")

    def has_nothing_to_do(_: Patient) -> Finding:
        raise NotNowError("not today")

    def hangs(_: Patient) -> Finding:
        time.sleep(5)
        return fine("at last")

    def works(_: Patient) -> Finding:
        return fine("well")

    begun = time.monotonic()
    examined = examine(
        patient(tmp_path),
        checks=[
            Check("fails", fails),
            Check("store", has_a_full_disk),
            Check("nothing", has_nothing_to_do),
            Check("hangs", hangs, seconds=0.2),
            Check("telegram.token", hangs, seconds=0.2),
            Check("telegram.updates", works, after="telegram.token"),
            Check("after", works, after="fails"),
            Check("later", works, after="after"),
            Check("works", works),
            Check("lonely", works, after="nobody"),
        ],
    )
    assert time.monotonic() - begun < 4
    found = {one.check.id: one.finding for one in examined}
    assert {name: one.grade for name, one in found.items()} == {
        "fails": Grade.BROKEN,
        "store": Grade.BROKEN,
        "nothing": Grade.LEFT_OUT,
        "hangs": Grade.LOOK,
        # Others begin where this one ends.
        "telegram.token": Grade.BROKEN,
        "telegram.updates": Grade.LEFT_OUT,
        "after": Grade.LEFT_OUT,
        "later": Grade.LEFT_OUT,
        "works": Grade.FINE,
        "lonely": Grade.FINE,
    }
    assert "ZeroDivisionError" in found["fails"].found
    assert "disk_full" in found["store"].found


UNANSWERED = """
import socket, threading
from pathlib import Path
from bot.doctor import clock, telegram
from bot.doctor.examination import examine
from bot.doctor.findings import Check
from tests.support.doctor import patient

socket.getaddrinfo = lambda *_, **__: threading.Event().wait()
of = patient(Path(), telegram_token="7000000001:AAF0imaginary-Token_of-the-Tests-01", telegram_api_url="http://api.example")
checks = [Check("clock", clock.against_telegram, seconds=1), Check("token", telegram.token, seconds=1)]
print(*(one.finding.grade for one in examine(of, checks=checks)), flush=True)
"""


def test_a_name_server_that_never_answers_does_not_keep_it_from_ending() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", UNANSWERED], capture_output=True, text=True, timeout=40, check=True
    )
    assert ended.stdout.split() == ["look", "look"]


def test_whatever_it_tells_of_can_be_done(data: Path) -> None:
    """Commands in what to do exist, and so do the settings."""
    from bot.command_line import GROUPS

    source = "".join(
        path.read_text(encoding="utf-8") for path in Path(doctor.__file__).parents[1].glob("doctor/*.py")
    )
    commands = {name for names in GROUPS.values() for name in names}
    told = [part.split()[0].strip("`,;\"'") for part in source.split("zhuoyue ")[1:] if part[:1].islower()]
    assert {one for one in told if one.isalpha()} <= commands
    known = {f"ZHUOYUE_{name.upper()}" for name in Settings.model_fields}
    settings = {
        word for word in source.replace("`", " ").replace(",", " ").replace('"', " ").replace(";", " ").replace("=", " ").replace(")", " ").split()
        if word.startswith("ZHUOYUE_")
    }  # fmt: skip
    assert settings
    assert settings <= known
    assert json.dumps(sorted(settings))
