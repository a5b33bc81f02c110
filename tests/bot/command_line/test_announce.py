"""``zhuoyue announce``: the same acts as in chat, with the same guards and the same preview."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
import typer

from bot.assembly import open_database
from bot.command_line import surroundings
from bot.settings import Settings
from domain.announcements import Announcement, AnnouncementState, Audience
from domain.clock import SystemClock
from domain.programme.parts import Verdict
from domain.staff import Role
from domain.store import Transaction
from tests.support.command_line import Called, call

T = TypeVar("T")

ID = "hangzhou-quality-award"


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("ZHUOYUE_DATA_DIR", str(tmp_path))
    surroundings.settings.cache_clear()
    yield
    surroundings.settings.cache_clear()


def run(work: Callable[[Transaction], T]) -> T:
    async def once() -> T:
        async with await open_database(Settings.load()) as database:
            return await database.run(work)

    return asyncio.run(once())


def kept(number: int = 1) -> Announcement:
    found = run(lambda tx: tx.announcements.get(number))
    assert found is not None
    return found


def somebody_asks(people: int) -> None:
    def work(tx: Transaction) -> None:
        now = SystemClock().now()
        for one in range(people):
            chat = tx.chats.open("telegram", f"guest-{one}", "en", now)
            tx.reminder_preferences.subscribe(chat.id, ID, wanted=True, now=now)

    run(work)


def draft(*more: str, language: str = "en") -> Called:
    return call(
        "announce", "draft", "--title", "培训通知 | Training", "--zh", "三月开班。", "--en", "It begins in March.",
        *more, language=language,
    )  # fmt: skip


def test_from_the_draft_to_everybody_and_back(monkeypatch: pytest.MonkeyPatch) -> None:
    somebody_asks(6)
    drafted = draft("--programme", "HZ")
    assert (drafted.status, drafted.err) == (0, "")
    assert "Announcement 1: draft kept." in drafted.out
    assert "6 people" in drafted.out
    assert "It begins in March." in drafted.out
    assert "guest" not in drafted.out
    assert kept().audience == Audience(programme=ID)
    assert kept().created_by is None
    asked = []

    def confirm(question: str) -> bool:
        asked.append(question)
        return len(asked) > 1

    monkeypatch.setattr(typer, "confirm", confirm)
    assert call("announce", "send", "1").status == 0
    assert kept().state is AnnouncementState.DRAFTED
    assert "1: being sent." in call("announce", "send", "1").out
    for act, state in (("pause", "paused"), ("resume", "being sent"), ("withdraw", "withdrawn")):
        done = call("announce", act, "1", "--yes")
        assert (done.status, f"1: {state}." in done.out) == (0, True)
    shown = call("announce", "show", "1")
    assert "Meant for nobody." in shown.out
    assert "Training" in shown.out
    assert call("announce", "withdraw", "1", "--yes").err.count("not in a state") == 1


def test_small_numbers_are_not_told() -> None:
    somebody_asks(3)
    shown = draft("--programme", "HZ", language="zh_CN")
    assert "不足 5 人" in shown.out
    assert "3 人" not in shown.out
    assert "不足 5 人" in call("announce", "preview", "1", language="zh_CN").out


def test_the_audience_is_what_was_named() -> None:
    draft("--programme", "HZ", "--district", " 西湖区 ", "--verdict", "obstacle_found")
    assert kept().audience == Audience(programme=ID, district="西湖区", verdict=Verdict.OBSTACLE_FOUND)
    draft("--role", "expert")
    assert kept(2).audience == Audience(role=Role.EXPERT)
    listed = call("announce", "list").out
    assert "Training" in listed
    assert "draft" in listed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--verdict", "obstacle_found"), "please name it"),
        (("--programme", "HZ", "--round", "9"), "no such round"),
        (("--corrects", "9"), "There is no number 9."),
        (("--programme", "nowhere"), "there is no such programme"),
        (("--title", "a | b | c"), "Please give one title"),
        (("--title", "题" * 121), "Please give one title"),
    ],
)
def test_what_makes_no_announcement_is_said(arguments: tuple[str, ...], said: str) -> None:
    refused = draft(*arguments)
    assert refused.status == 2
    assert said in " ".join(refused.err.split())
    assert run(lambda tx: tx.announcements.all()) == ()


def test_to_nobody_nothing_is_sent() -> None:
    draft("--programme", "HZ")
    refused = call("announce", "send", "1", "--yes")
    assert refused.status == 2
    assert "Nobody belongs to this audience now" in refused.err
    assert kept().state is AnnouncementState.DRAFTED


def test_a_draft_cannot_be_corrected() -> None:
    draft("--programme", "HZ")
    refused = draft("--corrects", "1")
    assert refused.status == 2
    assert "nothing to correct" in refused.err


def test_what_is_not_there_is_said() -> None:
    assert "Nothing has been announced yet." in call("announce", "list").out
    for arguments in (("show", "7"), ("preview", "7"), ("send", "7", "--yes"), ("pause", "7", "--yes")):
        refused = call("announce", *arguments)
        assert (refused.status, "There is no number 7." in refused.err) == (2, True)
