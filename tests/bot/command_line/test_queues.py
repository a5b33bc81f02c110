from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from domain.store import Transaction
from tests.support.command_line import call, own_data, run

T = TypeVar("T")

NOW = datetime(2025, 6, 1, 8, 30, tzinfo=UTC)
SAID = "我们去年净利润一百五十万"


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with own_data(monkeypatch, tmp_path):
        yield


def set_one_aside(tx: Transaction) -> None:
    tx.updates.store("telegram", [(7, "1", f'{{"text": "{SAID}"}}'), (8, "1", "{}")], NOW)
    claimed = tx.updates.claim("telegram", NOW)
    assert claimed is not None
    tx.updates.set_aside(claimed, 1, f"ValueError: {SAID} at talk.py:12")


def put_two(tx: Transaction) -> tuple[int, int]:
    chat = tx.chats.open("telegram", "1", "en", NOW)
    first, second = (tx.outbox.put(chat.id, SAID, NOW) for _ in range(2))
    (claimed,) = tx.deliveries.claim("telegram", NOW, timedelta(minutes=1), {"reply": 1}).deliveries
    tx.deliveries.dead(first, claimed.fence, "400 Bad Request")
    return first, second


def test_empty_queues_say_so() -> None:
    assert call("inbox", "list").out == "There are no such updates.\n"
    assert call("outbox", "list").out == "There are no such messages.\n"


def test_the_inbox_lists_what_was_set_aside_and_what_waits_without_what_was_said() -> None:
    run(set_one_aside)
    listed = call("inbox", "list")
    assert (listed.status, listed.err) == (0, "")
    assert "set aside" in listed.out
    assert "waiting" in listed.out
    assert "ValueError" in listed.out
    assert SAID not in listed.out
    assert "waiting" not in call("inbox", "list", "--state", "set_aside").out


def test_one_update_is_shown_in_full() -> None:
    run(set_one_aside)
    shown = call("inbox", "show", "1").out
    assert f"Error: ValueError: {SAID} at talk.py:12" in shown
    assert f'"text": "{SAID}"' in shown
    assert "From: telegram, number 7 there" in shown


def test_an_update_is_retried_or_dropped() -> None:
    run(set_one_aside)
    assert call("inbox", "retry", "1").out == "1 update will be handled again.\n"
    assert run(lambda tx: tx.updates.list("set_aside")) == ()
    assert call("inbox", "drop", "1", "2").out == "2 updates were dropped.\n"
    assert run(lambda tx: tx.updates.list("waiting")) == ()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("inbox", "show", "99"), "There is no update 99."),
        (("inbox", "retry", "98", "99"), "Neither set aside nor due later: 98 and 99"),
        (("inbox", "drop", "99"), "Not there, or handled already: 99"),
        (("outbox", "retry", "99"), "Not there, sent, being sent, or behind others: 99"),
        (("outbox", "drop", "99"), "Not there, sent, or being sent: 99"),
    ],
)
def test_numbers_nobody_knows_are_told(arguments: tuple[str, ...], told: str) -> None:
    called = call(*arguments)
    assert called.status == 2
    assert told in called.err


def test_the_outbox_lists_what_did_not_arrive_without_what_it_says() -> None:
    first, second = run(put_two)
    listed = call("outbox", "list").out
    assert "given up" in listed
    assert "400 Bad" in listed
    assert SAID not in listed
    assert call("outbox", "retry", str(first)).out == "1 message will be sent.\n"
    assert call("outbox", "drop", str(first), str(second)).out == "2 messages were dropped.\n"
    assert {row.state for row in run(lambda tx: tx.deliveries.list("dropped"))} == {"dropped"}


def test_it_speaks_chinese() -> None:
    run(set_one_aside)
    assert "已搁置" in call("inbox", "list", language="zh_CN").out
