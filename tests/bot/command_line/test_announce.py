"""``zhuoyue announce``: the same acts as in chat, with the same guards and the same preview."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest
import typer

from domain.announcements import Announcement, AnnouncementState, Audience
from domain.clock import SystemClock
from domain.programme.parts import Verdict
from domain.staff import Role
from domain.store import Transaction
from tests.support import documents
from tests.support.command_line import Called, call, own_data, run

T = TypeVar("T")

ID = "hangzhou-quality-award"


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with own_data(monkeypatch, tmp_path):
        yield


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
    # Nobody was looked at yet: that is not "nobody".
    shown = call("announce", "show", "1")
    assert ("still being listed" in shown.out, "Meant for" in shown.out) == (True, False)
    for act, state in (("pause", "paused"), ("resume", "being sent"), ("withdraw", "withdrawn")):
        done = call("announce", act, "1", "--yes")
        assert (done.status, f"1: {state}." in done.out) == (0, True)
    shown = call("announce", "show", "1")
    assert ("still being listed" in shown.out, "Meant for nobody." in shown.out) == (False, True)
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


# Files and changes --------------------------------------------------------------------------------


def test_a_file_goes_with_it_and_is_kept_as_the_operators(tmp_path: Path) -> None:
    paper = tmp_path / "申报书.pdf"
    paper.write_bytes(documents.pdf())
    shown = draft("--programme", "HZ", "--file", str(paper))
    assert (shown.status, shown.err) == (0, "")
    assert "申报书.pdf" in shown.out
    number = kept().file or 0
    file = run(lambda tx: tx.files.get(number))
    assert file is not None
    assert (file.name, file.kept_for) == ("申报书.pdf", "announcement:1")
    assert file.stored_name in call("announce", "show", "1").out
    # Whatever the operator's chat agreed to: what goes with an announcement is not thrown away before it.
    run(lambda tx: tx.privacy.purge_unconsented(SystemClock().now() + timedelta(days=30)))
    assert run(lambda tx: tx.files.content(file.id)) == documents.pdf()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"MZ", "was not taken: its content is of no kind that is taken here"),
        (b"", "was not taken: the file is empty"),
        (None, "cannot be read"),
    ],
)
def test_a_file_that_is_none_leaves_no_draft(tmp_path: Path, content: bytes | None, said: str) -> None:
    paper = tmp_path / "a.pdf"
    if content is not None:
        paper.write_bytes(content)
    refused = draft("--programme", "HZ", "--file", str(paper))
    assert refused.status == 2
    assert said in " ".join(refused.err.split())
    assert run(lambda tx: tx.announcements.all()) == ()


def test_a_draft_is_changed_and_what_is_not_named_stays(tmp_path: Path) -> None:
    first, second = tmp_path / "一.pdf", tmp_path / "二.pdf"
    first.write_bytes(documents.pdf("一"))
    second.write_bytes(documents.pdf("二"))
    draft("--programme", "HZ", "--district", "西湖区", "--file", str(first))
    before = kept()
    shown = call("announce", "edit", "1", "--en", "It begins in May.")
    assert (shown.status, shown.err) == (0, "")
    assert "It begins in May." in shown.out
    assert (kept().texts.text.zh, kept().audience, kept().file) == (
        "三月开班。", before.audience, before.file,
    )  # fmt: skip
    assert kept().revision == 2
    assert "二.pdf" in call("announce", "edit", "1", "--everybody", "--file", str(second)).out
    assert kept().audience == Audience(programme=ID)
    released = run(lambda tx: tx.files.get(before.file or 0))
    assert released is not None
    assert released.kept_for is None
    call("announce", "edit", "1", "--no-file", "--programme", "", "--title", "改期")
    assert (kept().audience, kept().file, kept().texts.title.zh) == (Audience(), None, "改期")


def test_what_is_no_draft_any_more_is_not_changed() -> None:
    somebody_asks(1)
    draft("--programme", "HZ")
    call("announce", "send", "1", "--yes")
    refused = call("announce", "edit", "1", "--title", "改期")
    assert (refused.status, "not in a state" in refused.err) == (2, True)
    assert call("announce", "edit", "7", "--title", "改期").err.count("There is no number 7.") == 1
