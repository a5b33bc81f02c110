"""``zhuoyue round``: the same acts as in chat, with the same guards and the same preview."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
import typer

from bot.command_line.at_hand import today
from domain.clock import FixedClock, SystemClock
from domain.rounds import Bilingual, Round, RoundState
from domain.store import Transaction
from tests.support.command_line import Called, call, own_data, run

T = TypeVar("T")

ID = "hangzhou-quality-award"


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with own_data(monkeypatch, tmp_path):
        yield


def kept(number: int = 1) -> Round:
    found = run(lambda tx: tx.rounds.get(number))
    assert found is not None
    return found


def closing() -> date:
    return today() + timedelta(days=100)


def draft(*more: str, language: str = "en") -> Called:
    return call(
        "round", "open", "HZ", "--reason", "新一批", "--name", "2027年第一批 | First round of 2027",
        "--closes", closing().isoformat(), "--hand-in", "区市场监管局 | the district bureau",
        "--contact", "质量发展处", *more, language=language,
    )  # fmt: skip


def test_there_is_no_round_at_first() -> None:
    assert call("round", "list", "--programme", "HZ").out == "No round has been opened yet.\n"


@pytest.mark.parametrize(
    ("language", "hidden", "done", "state"),
    [
        ("en", "a draft is seen by staff alone", "Round 1: done.", "draft"),
        ("zh_CN", "草稿只有工作人员能看到", "批次 1 号：已办理。", "草稿"),
    ],
)
def test_a_round_is_drafted_after_it_was_shown(
    monkeypatch: pytest.MonkeyPatch, language: str, hidden: str, done: str, state: str
) -> None:
    monkeypatch.setattr(typer, "confirm", lambda _question: True)
    called = draft("--condition", "已通过培训 | trained", "--condition", "限中小企业", language=language)
    assert hidden in called.out
    assert called.out.endswith(f"{done}\n")
    assert state in call("round", "list", language=language).out
    round_ = kept()
    assert (round_.programme, round_.state, round_.closes_safe) == (ID, RoundState.DRAFTED, closing())
    assert round_.terms.name == Bilingual("2027年第一批", "First round of 2027")
    assert round_.terms.conditions == (Bilingual("已通过培训", "trained"), Bilingual("限中小企业"))


def test_who_says_no_or_only_looks_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typer, "confirm", lambda _question: False)
    assert "done" not in draft().out
    assert "done" not in draft("--preview").out
    assert run(lambda tx: tx.rounds.all()) == ()


def test_a_round_is_announced_with_who_hears_what_and_when() -> None:
    draft("--yes")
    preview = call("round", "announce", "1", "--reason", "已印发", "--preview").out
    assert "0 chats asked to hear of this programme" in preview
    assert "that it closes in 60 days" in preview
    assert kept().state is RoundState.DRAFTED

    def watch(tx: Transaction) -> int:
        now = SystemClock().now()
        chat = tx.chats.open("web", "somebody", "en", now)
        tx.reminder_preferences.subscribe(chat.id, ID, wanted=True, now=now)
        return chat.id

    chat = run(watch)
    assert "1 chat asked to hear" in call("round", "announce", "1", "--reason", "已印发", "--preview").out
    assert call("round", "announce", "1", "--reason", "已印发", "--yes").out == "Round 1: done.\n"
    assert kept().state is RoundState.ANNOUNCED
    replan = run(lambda tx: tx.replanning.get(chat))
    assert replan is not None
    assert replan.marked_at is not None


def test_a_change_names_what_changes_and_an_empty_text_clears(monkeypatch: pytest.MonkeyPatch) -> None:
    draft("--yes", "--quotas", "不超过5家")
    later = closing() + timedelta(days=10)
    called = call(
        "round", "change", "1", "--reason", "延期", "--closes", later.isoformat(), "--quotas", "", "--yes"
    )
    assert called.status == 0
    assert (kept().closes_safe, kept().terms.quotas) == (later, Bilingual())
    shown = call("round", "show", "1").out
    assert "Reason: 延期" in shown
    assert "不超过5家" in shown
    assert "the operator" in shown


def test_a_round_is_closed_and_called_off() -> None:
    draft("--yes")
    call("round", "announce", "1", "--reason", "已印发", "--yes")
    assert call("round", "close", "1", "--reason", "名额已满", "--yes").status == 0
    assert kept().state is RoundState.CLOSED
    assert call("round", "cancel", "1", "--reason", "评审取消", "--yes").status == 0
    assert kept().state is RoundState.CANCELLED
    kinds = run(lambda tx: [(entry.kind, entry.subject_ids["by"]) for entry in tx.audit.entries()])
    assert kinds == [(f"round_{act}", "operator") for act in ("open", "announce", "close", "cancel")]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("announce", "1", "--reason", " "), "Please give a reason"),
        (("close", "1", "--reason", "满"), "not in a state in which this can be done"),
        (("change", "1", "--reason", "x"), "Nothing would change."),
        (("change", "1", "--reason", "x", "--opens", "2090-01-01"), "The days have to follow each other"),
        (("change", "1", "--reason", "x", "--opens", "next spring"), "Opens: "),
        (("change", "1", "--reason", "x", "--link", "javascript:alert(1)"), "Link to the source: "),
        (
            ("change", "1", "--reason", "x", "--contact", "the office"),
            "Contact point: Please give it in Chinese",
        ),
        (("show", "7"), "There is no number 7."),
        (("announce", "7", "--reason", "x"), "There is no number 7."),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason(arguments: tuple[str, ...], why: str) -> None:
    draft("--yes")
    before = kept()
    called = call("round", *arguments, *(() if arguments[0] == "show" else ("--yes",)))
    assert called.status == 2
    assert why in called.err
    assert kept() == before


def test_rounds_are_listed_with_the_computed_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.command_line.at_hand.today", lambda: date(2026, 3, 2))
    monkeypatch.setattr("domain.clock.SystemClock.now", lambda _self: FixedClock(date(2026, 3, 2)).now())
    shown = call("round", "list", "--programme", "ZZ").out
    assert "computed from the text's yearly window" in shown
    assert "papers by 29 May 2026" in shown


def test_programs_read_the_rounds_too(monkeypatch: pytest.MonkeyPatch) -> None:
    assert call("round", "list", "--programme", "HZ", "--format", "json").json == []
    draft("--condition", "已通过培训 | trained", "--yes")
    (drafted,) = call("round", "list", "--programme", "HZ", "--format", "json").json
    assert (drafted["id"], drafted["state"], drafted["public"]) == (1, "drafted", False)
    assert drafted["name"] == {"zh": "2027年第一批", "en": "First round of 2027"}
    assert drafted["closes_safe"] == closing().isoformat()
    assert drafted["opens"] is None
    assert drafted["conditions"] == [{"zh": "已通过培训", "en": "trained"}]
    monkeypatch.setattr("bot.command_line.at_hand.today", lambda: date(2026, 3, 2))
    monkeypatch.setattr("domain.clock.SystemClock.now", lambda _self: FixedClock(date(2026, 3, 2)).now())
    (computed,) = call("round", "list", "--programme", "ZZ", "--format", "json").json
    assert (computed["id"], computed["computed"], computed["paper_safe"]) == (None, True, "2026-05-29")
