"""Where metrics are had, by whom, and in which form."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from bot.assembly import open_house
from bot.metrics import looking
from bot.metrics.collecting import OwnProcess
from bot.settings import PREFIX, Settings, SettingsError
from dialogs.incoming import Command, Incoming
from domain.store import Transaction
from tests.bot.test_lean import loaded
from tests.bot.test_serve import address, serving
from tests.support.metrics import OPENMETRICS, Scrape, is_openmetrics, scraped
from tests.support.postgresql import empty_postgresql_url
from tests.support.web import Visitor

TOKEN = "imaginary-token-of-the-tests"


def metrics_address(process: subprocess.Popen[str]) -> str:
    """The address the command prints for Prometheus."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("For Prometheus: http://127.0.0.1:"), line
    return line.split()[2]


def test_the_command_serves_metrics_on_a_port_of_their_own_and_never_on_that_of_the_page(
    tmp_path: Path,
) -> None:
    with serving(tmp_path, "--port", "0", ZHUOYUE_METRICS_PORT="0") as process:
        page, metrics = address(process), metrics_address(process)
        with Visitor(page) as somebody:
            somebody.open()
            somebody.messages()
            somebody.press("yes")
        scrape = Scrape.read(httpx.get(metrics, trust_env=False).text)
        assert scrape("bot_updates_received_total", channel="web") == 1
        assert scrape("bot_update_handle_duration_seconds_count") == 2
        assert scrape("bot_database_up") == 1
        assert scrape("process_resident_memory_bytes") > 1_000_000
        assert httpx.get(f"{page}/metrics", trust_env=False).status_code == 404
        (build,) = [dict(one.labels) for one in scrape.samples if one.name == "bot_build_info"]
        assert build["database"] == "sqlite"
        assert set(build) == {"version", "python", "database", "schema"}


def test_a_scraper_that_keeps_its_connection_open_holds_up_no_stopping(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "0", ZHUOYUE_METRICS_PORT="0") as process:
        address(process)
        with httpx.Client(trust_env=False) as scraper:
            assert scraper.get(metrics_address(process)).status_code == 200
            before = time.monotonic()
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
            assert time.monotonic() - before < 5
            assert process.stderr is not None
            assert process.stderr.read() == ""


def test_without_its_setting_nothing_is_served_or_loaded(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "0") as process:
        address(process)
        process.terminate()
        out, err = process.communicate(timeout=20)
    assert (out, err) == ("", "")
    assert Settings(_env_file=None).metrics_port is None
    assert "prometheus_client" not in loaded(tmp_path / "another")


def test_a_port_for_metrics_that_is_taken_is_one_clear_line(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        with serving(tmp_path, "--port", "0", ZHUOYUE_METRICS_PORT=port) as process:
            _, err = process.communicate(timeout=30)
    assert process.returncode == 2
    assert err.count("\n") == 1
    assert f"port {port} for metrics" in err
    assert "ZHUOYUE_METRICS_PORT" in err


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "::", "metrics.example.org"])  # noqa: S104 -- not bound
def test_metrics_that_others_can_reach_need_a_token(
    host: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [one for one in os.environ if one.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    with pytest.raises(SettingsError, match="METRICS_TOKEN"):
        Settings.load(metrics_port=9642, metrics_host=host)
    assert Settings.load(metrics_port=9642, metrics_host=host, metrics_token=SecretStr(TOKEN)).metrics_token
    assert Settings.load(metrics_host=host).metrics_port is None
    with pytest.raises(SettingsError, match="16 to 256") as raised:
        Settings.load(metrics_port=9642, metrics_token="short")
    assert "short" not in str(raised.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "127.0.0.53", "localhost"])
def test_on_this_computer_alone_they_need_none(host: str) -> None:
    assert Settings(metrics_port=9642, metrics_host=host, _env_file=None).metrics_stay_here


async def test_whoever_does_not_know_the_token_learns_nothing(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, metrics_token=SecretStr(TOKEN), _env_file=None)
    async with open_house(settings) as house, scraped(house) as scraper:
        for given in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": TOKEN}):
            answer = await scraper.client.get("/metrics", headers=given)
            assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
            assert "bot_" not in answer.text
        assert scraper.looking.looks == 0
        known = {"Authorization": f"Bearer {TOKEN}", "Host": "metrics.example.org"}
        answer = await scraper.client.get("/metrics", headers=known)
        assert answer.status_code == 200
        assert TOKEN not in answer.text


async def test_a_page_of_another_site_cannot_read_them_under_its_own_name(tmp_path: Path) -> None:
    async with open_house(Settings(data_dir=tmp_path, _env_file=None)) as house, scraped(house) as scraper:
        assert (await scraper.client.get("/metrics", headers={"Host": "evil.example"})).status_code == 421
        assert (await scraper.client.post("/metrics")).status_code == 405
        assert (await scraper.client.get("/")).status_code == 404


async def test_both_forms_can_be_read(tmp_path: Path) -> None:
    async with open_house(Settings(data_dir=tmp_path, _env_file=None)) as house, scraped(house) as scraper:
        plain = await scraper.client.get("/metrics")
        assert plain.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        assert plain.headers["Cache-Control"] == "no-store"
        assert Scrape.read(plain.text)("bot_database_up") == 1
        strict = await scraper.client.get("/metrics", headers=OPENMETRICS)
        assert strict.headers["Content-Type"].startswith("application/openmetrics-text")
        assert is_openmetrics(strict.text)


async def test_many_scrapes_at_once_look_at_the_database_once(tmp_path: Path) -> None:
    async with open_house(Settings(data_dir=tmp_path, _env_file=None)) as house, scraped(house) as scraper:
        scraper.looking._fresh = looking.FRESH_SECONDS
        scrapes = await asyncio.gather(*(scraper.scrape() for _ in range(8)))
        assert [one("bot_database_up") for one in scrapes] == [1] * 8
        assert scraper.looking.looks == 1
        await scraper.scrape()
        assert scraper.looking.looks == 1
        scraper.looking._fresh = 0.0
        await scraper.scrape()
        assert scraper.looking.looks == 2


async def test_what_the_event_loop_was_late_is_seen(tmp_path: Path) -> None:
    async with open_house(Settings(data_dir=tmp_path, _env_file=None)) as house, scraped(house) as scraper:
        await asyncio.sleep(0.01)
        time.sleep(0.9)  # noqa: ASYNC251 -- standing still is what is looked for
        await asyncio.sleep(0.05)
        scrape = await scraper.scrape()
        assert scrape("bot_event_loop_lag_seconds_count") == 1
        assert 0.3 < scrape("bot_event_loop_lag_seconds_sum") < 0.8
        assert scrape("bot_event_loop_lag_seconds_bucket", le="0.25") == 0
        assert scrape("bot_event_loop_lag_seconds_bucket", le="+Inf") == 1


async def test_two_processes_on_one_database_say_the_same_of_it_and_count_their_own(tmp_path: Path) -> None:
    with empty_postgresql_url() as url:
        settings = Settings(data_dir=tmp_path, database_url=SecretStr(url), _env_file=None)
        async with (
            open_house(settings) as one,
            open_house(settings) as two,
            scraped(one) as here,
            scraped(two) as there,
        ):
            now = one.clock.now()

            def says(tx: Transaction) -> None:
                chat = tx.chats.open("telegram", "1", "zh_CN", now)
                one.assistant.handle(tx, Incoming(chat.id, "first-words", Command("start")))

            await one.database.run(says)
            first, second = await here.scrape(), await there.scrape()
        assert first("bot_outbox_rows", lane="reply", state="waiting") > 0
        for name in ("bot_outbox_rows", "bot_inbox_rows", "bot_plans_due", "bot_reminders_due"):
            rows = [[sample for sample in of.samples if sample.name == name] for of in (first, second)]
            assert rows[0] == rows[1]
        turns = "bot_update_handle_duration_seconds_count"
        assert (first(turns), second(turns)) == (1, 0)
        assert [one.labels["database"] for one in first.samples if one.name == "bot_build_info"] == [
            "postgresql"
        ]


async def test_a_webhook_is_told_apart_from_polling(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, telegram_mode="webhook", _env_file=None)
    async with open_house(settings) as house, scraped(house) as scraper:
        assert not (await scraper.scrape()).has("bot_telegram_silence_seconds"), "no Telegram is served"
        house.pulse.see("telegram")
        assert (await scraper.scrape())("bot_telegram_silence_seconds", mode="webhook") < 5


def test_the_process_is_seen_where_nothing_but_processes_is(tmp_path: Path) -> None:
    """As `ProcSubset=pid` of our unit for systemd shows it."""
    (tmp_path / "self").symlink_to("/proc/self")
    assert not (tmp_path / "stat").exists()
    hidden = {one.name: one for one in OwnProcess(registry=None, proc=str(tmp_path)).collect()}
    (started,) = hidden["process_start_time_seconds"].samples
    assert abs(time.time() - started.value) < 24 * 3600
    assert {"process_cpu_seconds", "process_resident_memory_bytes", "process_open_fds"} <= set(hidden)
