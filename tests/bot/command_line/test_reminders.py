"""What an operator sees of reminders: what comes next, and why this person hears of it at that time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from domain.clock import SystemClock
from domain.reminders.model import Preferences, Reminder
from domain.store import Transaction
from tests.support.command_line import call, own_data, run

T = TypeVar("T")

TODAY = SystemClock().today()
DUE = TODAY + timedelta(days=30)
REMINDER = Reminder(
    key=f"window_closes:hangzhou-quality-award:round-1:{DUE}:14",
    thread="window_closes:hangzhou-quality-award:round-1",
    kind="window_closes",
    programme="hangzhou-quality-award",
    subject={"round": 1},
    due=DUE,
    outer=DUE + timedelta(days=10),
    clause="第五条",
    offset=14,
    send_on=DUE - timedelta(days=14),
    until=DUE + timedelta(days=10),
)


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with own_data(monkeypatch, tmp_path):
        yield


def keep(tx: Transaction) -> int:
    now = SystemClock().now()
    chat = tx.chats.open("telegram", "a private address", "en", now)
    tx.reminder_preferences.save(chat.id, Preferences(programmes={"hangzhou-quality-award": True}), now)
    tx.reminders.add(chat.id, REMINDER, now + timedelta(days=16))
    tx.reminders.add(chat.id, replace(REMINDER, key="second", due=date(2099, 1, 1)), now + timedelta(days=20))
    return chat.id


def test_nothing_upcoming_says_so() -> None:
    assert call("reminders", "upcoming").out == "There are no such reminders.\n"
    assert call("reminders", "upcoming", "--set-aside").out == "There are no such reminders.\n"


def test_what_comes_next_is_listed_in_order_without_who_it_is() -> None:
    chat = run(keep)
    listed = call("reminders", "upcoming")
    assert (listed.status, listed.err) == (0, "")
    assert listed.out.index(DUE.isoformat()) < listed.out.index("2099-01-01")
    assert "Closing of applications" in listed.out
    assert "a private address" not in listed.out
    assert "2099-01-01" not in call("reminders", "upcoming", "--limit", "1").out
    assert call("reminders", "upcoming", "--chat", str(chat)).out == listed.out
    assert "申报截止" in call("reminders", "upcoming", language="zh_CN").out


def test_a_reminder_is_explained_who_what_and_when() -> None:
    run(keep)
    explained = call("reminders", "explain", "1")
    assert (explained.status, explained.err) == (0, "")
    for line in (
        "Reminder 1 in chat 1 (telegram)",
        "Kind: Closing of applications (window_closes)",
        "Programme: hangzhou-quality-award",
        "Clause: 第五条",
        f"Key: {REMINDER.key}",
        'Details: {"round": 1}',
        "Why this person: they asked to be reminded of this programme.",
        "Why then: 14 days before its date.",
        "Nothing is said between 21:00 and 08:30.",
        "State: planned",
        "It does not follow any more from what is known today.",
    ):
        assert line in explained.out.splitlines()
    assert "a private address" not in explained.out


def test_what_was_not_said_is_explained_with_the_reason() -> None:
    run(keep)
    run(lambda tx: tx.reminders.end(1, "dropped", "superseded"))
    assert "State: not said: a later reminder of the same date was said instead" in (
        call("reminders", "explain", "1").out
    )


def test_a_number_that_is_not_there_is_said_in_one_line() -> None:
    called = call("reminders", "explain", "7")
    assert (called.status, called.out, called.err) == (2, "", "There is no reminder 7.\n")


def test_the_calendar_of_a_chat_is_written_where_nothing_stands(tmp_path: Path) -> None:
    chat = run(keep)
    path = tmp_path / "dates.ics"
    called = call("reminders", "calendar", "--chat", str(chat), "--out", str(path))
    assert (called.status, called.out) == (0, f"Saved: {path}\n")
    assert path.read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")
    assert path.stat().st_mode & 0o077 == 0, "what is personal is for whoever asked for it"
    again = call("reminders", "calendar", "--chat", str(chat), "--out", str(path))
    assert (again.status, again.err) == (2, "It could not be saved: File exists\n")
    nobody = call("reminders", "calendar", "--chat", "77", "--out", str(tmp_path / "nobody.ics"))
    assert (nobody.status, nobody.err) == (2, "There is no chat 77.\n")
    assert not (tmp_path / "nobody.ics").exists()
