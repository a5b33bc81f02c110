"""The calendar at a terminal: written where somebody wants it, never over what is there."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.terminal_files import save_at
from domain.clock import SystemClock
from domain.rounds import Bilingual, Terms, announce, open_round
from domain.store import Transaction
from tests.bot.test_terminal_announcement_files import talk
from tests.support.reminding import HANGZHOU


def has_a_date(tx: Transaction) -> None:
    """Somebody asked for a programme of which a round was announced."""
    now, today = SystemClock().now(), SystemClock().today()
    terms = Terms(
        name=Bilingual("一批"),
        closes_safe=today + timedelta(days=100),
        hand_in=Bilingual("市局"),
        contact=Bilingual("质量科"),
    )
    draft = tx.rounds.carry_out(open_round(HANGZHOU, "", terms, "新一批"), None, now)
    tx.rounds.carry_out(announce(draft, "通知", today), None, now)
    tx.reminder_preferences.subscribe(1, HANGZHOU, wanted=True, now=now)


def test_my_dates_say_how_the_calendar_is_saved_and_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = tmp_path / "there"
    there.mkdir()
    monkeypatch.chdir(there)
    talk(tmp_path, ["/start"])
    shown = talk(tmp_path, ["/reminders", "日历"], has_a_date)
    assert "要保存文件，请输入：/save /my-dates.ics" in shown
    named = tmp_path / "my own.ics"
    shown = talk(
        tmp_path,
        [
            "/save /my-dates.ics",
            f"/save /my-dates.ics {named}",
            f"/save /my-dates.ics '{named}'",
            f"/save /my-dates.ics {tmp_path}",
            "/save /my-dates.ics nowhere/at/all.ics",
        ],
    )
    content = (there / "zhuoyue-dates.ics").read_bytes()
    assert content.startswith(b"BEGIN:VCALENDAR")
    assert content.count(b"BEGIN:VEVENT") == 1
    assert named.read_bytes() == content
    assert (tmp_path / "zhuoyue-dates.ics").read_bytes() == content
    assert f"已保存：{named}" in shown
    assert shown.count("无法保存：") == 2, "one stands there already, and one folder is not there"


def test_a_path_is_a_file_a_folder_or_nothing(tmp_path: Path) -> None:
    assert save_at("a.ics", b"1", "", tmp_path) == tmp_path / "a.ics"
    assert save_at("a.ics", b"1", "", tmp_path) == tmp_path / "a (2).ics"
    assert save_at("a.ics", b"1", "b.ics", tmp_path) == tmp_path / "b.ics"
    for taken in ("b.ics", "no/such/folder.ics", "'", "~nobody-at-all/x"):
        with pytest.raises(OSError, match=r".*"):
            save_at("a.ics", b"2", taken, tmp_path)
    assert (tmp_path / "b.ics").read_bytes() == b"1"
