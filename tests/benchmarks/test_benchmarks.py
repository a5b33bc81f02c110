"""The benchmarks still run, count what they say they count, and say what they cannot measure."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.benchmarks import telegram
from tests.benchmarks.__main__ import main
from tests.benchmarks._rows import Goal, Row, line, table
from tests.benchmarks.telegram import disk, ours, peer_environments
from tests.benchmarks.telegram.crowd import STEPS, ClosedLoop, Crowd, OpenLoop, percentile
from tests.benchmarks.telegram.desk import Desk
from tests.benchmarks.telegram.http_platform import _unquoted
from tests.benchmarks.telegram.peer_environments import LOCK
from tests.benchmarks.telegram.script import ANSWERS, DONE, QUESTIONS, question
from tests.benchmarks.telegram.sizes import TINY


@pytest.mark.parametrize("part", [part for part in telegram.PARTS if part != "aiogram"])
def test_every_part_runs_and_finds_figures(part: str) -> None:
    rows = list(telegram.measure((part,), TINY))
    assert len(rows) >= 4
    assert all(row.value is not None and row.value >= 0 for row in rows)
    assert any(row.goal for row in rows)


def test_what_is_not_there_is_said_instead_of_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peer_environments, "FOLDER", tmp_path)
    in_memory, on_redis = telegram.measure(("aiogram",), TINY)
    assert in_memory.value is None
    assert on_redis.value is None
    assert in_memory.remark == "the environment of aiogram_dialog is not there"

    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(peer_environments.NotThere, match="no server found"), peer_environments.redis():
        raise AssertionError("there is none")


def test_the_peers_are_locked_with_hashes_and_no_address() -> None:
    text = LOCK.read_text(encoding="utf-8")
    pinned = re.findall(r"^[A-Za-z0-9][^ ]*==", text, re.MULTILINE)
    assert {"aiogram==", "aiogram-dialog==", "redis=="} <= set(pinned)
    assert len(pinned) == len(re.findall(r"== ?[^ ]+ \\\n    --hash=sha256:", text))
    assert "://" not in text


def test_a_benchmark_or_part_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(SystemExit, match=r"no benchmark elephants; there are: .*telegram"):
        main(["elephants"])
    with pytest.raises(SystemExit, match="telegram has no part elephants; there are: stub, http"):
        main(["telegram.elephants"])


def test_a_table_shows_figures_goals_and_what_is_missing() -> None:
    rows = [
        Row("quick", 12345.6, "updates/s", "", Goal(2)),
        Row("slow", 31.5, "ms", "at 10 updates/s", Goal(20, at_most=True)),
        Row("elsewhere", None, "updates/s", "no server found"),
    ]
    assert table(rows).splitlines()[2:] == [
        "| quick | 12,346 updates/s | at least 2.00: met |  |",
        "| slow | 31.50 ms | at most 20.00: missed | at 10 updates/s |",
        "| elsewhere | not measured |  | no server found |",
    ]
    assert "missed; at 10 updates/s" in line(rows[1])


def answer(crowd: Crowd, update: dict[str, object], text: str, buttons: int = len(ANSWERS)) -> None:
    """Answer an update as a bot does."""
    keys = [[{"text": "?", "callback_data": f"a{place}"}] for place in range(buttons)]
    where = update.get("message") or update["callback_query"]
    assert isinstance(where, dict)
    chat = (where.get("message") or where)["chat"]["id"]
    given = {"chat_id": str(chat), "text": text, "reply_markup": {"inline_keyboard": keys}}
    Desk(crowd).answer("sendMessage", given)


def test_in_a_closed_loop_everybody_says_the_next_thing_when_they_are_answered() -> None:
    crowd = ClosedLoop(people=2, updates_each=STEPS)
    crowd.begin()
    for step in range(STEPS):
        batch = crowd.batch()
        assert len(batch) == 2
        assert crowd.batch() == []
        for update in batch:
            assert ("message" in update) == (step == 0)
            answer(crowd, update, question(step) if step < QUESTIONS else DONE)
    assert crowd.is_done
    assert crowd.astray == 0
    assert len(crowd.took) == 2 * STEPS


def test_an_answer_that_is_not_the_next_question_is_counted() -> None:
    crowd = ClosedLoop(people=1, updates_each=3)
    crowd.begin()
    for shown in (0, 1, 1):
        (update,) = crowd.batch()
        answer(crowd, update, question(shown))
    assert crowd.astray == 1


def test_more_people_come_when_others_have_ended() -> None:
    crowd = ClosedLoop(people=3, updates_each=1, at_once=1)
    crowd.begin()
    for _ in range(3):
        (update,) = crowd.batch()
        answer(crowd, update, question(0))
    assert crowd.is_done


def test_in_an_open_loop_waiting_counts_from_when_an_update_was_to_be_sent() -> None:
    crowd = OpenLoop(rate=100, seconds=0.1, people=1, warm_seconds=0)
    crowd.begin()
    (update,) = crowd.batch()
    time.sleep(0.15)
    assert crowd.release() is None
    assert crowd.batch() == [], "nobody presses a button they have not seen"
    for step in range(crowd.total):
        answer(crowd, update, question(step))
        update = next(iter(crowd.batch()), {})
    assert crowd.is_done
    # The one that was to be sent last waited least, though all of them were answered at the same time.
    assert crowd.took == sorted(crowd.took, reverse=True)
    assert crowd.took[0] >= 0.15
    assert crowd.took[-1] >= 0.15 - 0.1


def test_percentiles_are_values_that_were_there() -> None:
    values = [float(value) for value in range(1, 201)]
    assert percentile(values, 50) == 100
    assert percentile(values, 99) == 198
    assert percentile([7.0], 99) == 7


@settings(max_examples=300, deadline=None)
@given(st.text())
def test_the_platform_reads_forms_as_they_were_written(text: str) -> None:
    try:
        written = quote_plus(text)
    except UnicodeEncodeError:
        return
    assert _unquoted(written.encode()) == text


async def test_people_and_bot_number_their_messages_together_so_a_press_is_answered_by_an_edit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: Counter[str] = Counter()
    answer = Desk.answer

    def counted(desk: Desk, method: str, parameters: Mapping[str, Any]) -> Any:
        called[method] += 1
        return answer(desk, method, parameters)

    monkeypatch.setattr(Desk, "answer", counted)
    crowd = ClosedLoop(3, 2 * STEPS)
    await ours.talk(tmp_path, crowd)
    assert called["sendMessage"] == 3 * 2
    assert called["editMessageText"] == called["answerCallbackQuery"] == 3 * 2 * QUESTIONS


def test_nobodys_first_update_is_measured_in_an_open_loop() -> None:
    assert OpenLoop(10, 5, people=300, warm_seconds=2).total == 300 + 50
    assert OpenLoop(1_000, 5, people=300, warm_seconds=2).total == 2_000 + 5_000
    assert OpenLoop(10, 5, people=300, warm_seconds=0).total == 50


def test_a_first_update_that_is_answered_late_is_not_measured_either() -> None:
    crowd = ClosedLoop(2, 3, warm=2)
    crowd.begin()
    for person in (1, 1, 2, 2, 1, 2):
        crowd.hear(person, 1, ["a0", "a1", "a2", "a3"], question(0))
    assert crowd.is_done
    assert len(crowd.took) == 3


def test_who_comes_while_the_disk_stands_still_waits_for_its_end_and_then_for_a_write_of_their_own() -> None:
    quick = [0.0] * 900
    # A tenth of a second among nine others is one of a hundred moments.
    assert disk.kept_waiting([*quick, 0.08], 99) == pytest.approx(0, abs=0.001)
    assert disk.kept_waiting([*quick, 0.3, 0.0], 99) == pytest.approx(0.3 - 0.0932, abs=0.011)
    assert disk.kept_waiting([0.01] * 100, 99) == pytest.approx(0.0198, abs=0.0001)
    assert disk.kept_waiting([0.001] * 100, 50) == pytest.approx(0.001, abs=0.0001)
