"""Inbox and outbox under everything that may happen to them, in any order.

The normal run takes a thousand steps or so; `QUEUE_STEPS=100000` takes as many as it says. `QUEUE_SEED` repeats a run whose
seed was printed, and with `QUEUE_SHRINK=1` looks (for minutes) for the shortest way to the same end.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from structlog.testing import capture_logs

from domain.store import LANES, Lane, Transaction
from scheduler.sending import Delivered, Gone, Moved, Receipt, Refused, TryAgain, Unsure, Wait
from tests.support.database import KEY, new_database_url
from tests.support.queue_world import COURIER_RULES, Held, Send, Trouble, TroubledDatabase, World
from tests.support.queues import DrivenTime

T = TypeVar("T")

STEPS: Final = int(os.environ.get("QUEUE_STEPS", "1200"))
STEPS_OF_A_LIFE: Final = 60
PHASES: Final = (Phase.generate, Phase.shrink) if os.environ.get("QUEUE_SHRINK") else (Phase.generate,)
SEED: Final = int(os.environ.get("QUEUE_SEED", "0")) or random.SystemRandom().randrange(1, 2**32)

ADDRESSES: Final = st.sampled_from(["1", "2", "-3"])
WORKERS: Final = st.integers(0, 1)
ANSWERS: Final = st.sampled_from(
    ["delivered"] * 6 + ["try again", "unsure", "broken", "refused", "gone", "wait chat", "wait all", "moved"]
)
RARELY: Final = st.sampled_from(
    [
        "a process dies",
        "the database has trouble",
        "a long time passes",
        "the clock is set back",
        "the clock is set forwards",
        "the operator has updates tried again",
        "the operator drops a message",
        "the operator has a message sent again",
    ]
)


async def open_troubled(url: str) -> TroubledDatabase:
    database = await TroubledDatabase.open(url, master_key=KEY)
    assert isinstance(database, TroubledDatabase)
    database.troubles = []
    return database


class Queues(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="zhuoyue-queues-"))
        url = new_database_url(self.folder)
        self.runner = asyncio.Runner()
        self.look = sqlite3.connect(self.folder / "zhuoyue.sqlite3", isolation_level=None)
        self.time = DrivenTime()
        self.database = self.runner.run(open_troubled(url))
        self.world = World(self.database, self.time, self.fence_and_latest)
        self.last_update = 0
        self.moves = 0

    # What people and programs do

    @rule(
        puts=st.lists(
            st.tuples(ADDRESSES, st.sampled_from(LANES), st.sampled_from([0, 0, 0, 5, 3600]), st.booleans()),
            min_size=1,
            max_size=4,
        )
    )
    def messages_are_put(self, puts: list[tuple[str, Lane, int, bool]]) -> None:
        now = self.time.clock.now()

        def work(tx: Transaction) -> None:
            for address, lane, later, repeatable in puts:
                chat = tx.chats.open("telegram", address, "en", now)
                not_before = now + timedelta(seconds=later) if later else None
                tx.outbox.put(chat.id, "hello", now, lane, not_before=not_before, repeatable=repeatable)

        self.store(work)

    @rule(
        updates=st.lists(st.tuples(ADDRESSES, st.sampled_from([0, 0, 0, 1, 9])), min_size=1, max_size=4),
        again=st.booleans(),
    )
    def platform_delivers(self, updates: list[tuple[str, int]], *, again: bool) -> None:
        first = self.last_update + 1
        batch = [(first + n, address, f"{first + n} {fails}") for n, (address, fails) in enumerate(updates)]
        self.last_update += len(updates)
        for _ in range(2 if again else 1):
            self.store(lambda tx: tx.updates.store("telegram", batch, self.time.clock.now()))

    @rule(turns=st.integers(1, 4))
    def both_processes_handle_updates(self, turns: int) -> None:
        async def work() -> None:
            intakes = [worker.intake for worker in self.world.workers]
            await asyncio.gather(
                *(intake.turn() for _ in range(turns) for intake in intakes), return_exceptions=True
            )

        self.calmly(work())

    # What couriers and the platform do

    @rule(
        rounds=st.lists(
            st.tuples(WORKERS, st.sampled_from([1.0, 1.0, 0.3, 2.5, 0.05, 10.0, 10.0, 95.0])),
            min_size=1,
            max_size=4,
        )
    )
    def couriers_go_their_rounds(self, rounds: list[tuple[int, float]]) -> None:
        for index, seconds in rounds:
            self.time.pass_by(seconds)
            self.round(index)

    def round(self, index: int) -> None:
        worker, before = self.world.workers[index], set(self.world.live)
        troubled = bool(self.database.troubles)
        self.calmly(worker.courier.round())
        lanes = {send.parcel.lane for send in self.world.live if send not in before}
        if lanes - {"reply"} and not troubled:
            out_of_reach = {*worker.courier._under_way, *worker.limits.resting(self.time.monotonic())}
            assert [chat for chat in self.chats_with_a_reply_due() if chat not in out_of_reach] == []

    @rule(answers=st.lists(st.tuples(st.integers(0, 99), ANSWERS, st.booleans()), min_size=1, max_size=6))
    def platform_answers(self, answers: list[tuple[int, str, bool]]) -> None:
        for which, answer, arrives in answers:
            if self.world.live:
                self.answer(which, answer, arrives=arrives)

    def answer(self, which: int, answer: str, *, arrives: bool) -> None:
        send = self.world.live.pop(which % len(self.world.live))
        outbox_id = send.parcel.outbox_id
        if answer == "delivered" or (answer in {"unsure", "broken"} and arrives):
            self.world.arrived[outbox_id] += 1
        if send.worker.dead:
            return  # Nobody is left to hear of it.
        replies = self.replies_waiting_since(send)
        state, fence = self.standing(outbox_id)
        counts = fence == send.fence and (state == "sending" or answer == "delivered")
        receipt = self.receipt(send, answer, counts=counts)
        if isinstance(receipt, Exception):
            send.answer.set_exception(receipt)
        else:
            send.answer.set_result(receipt)
        self.calmly(asyncio.sleep(0))
        if counts:
            send.ended = "unsure" if answer == "broken" else answer
        assert replies == self.replies_waiting_since(send), "somebody wrote meanwhile, and gets no answer"

    @rule(what=RARELY, which=st.integers(0, 99))
    def something_rare_happens(self, what: str, which: int) -> None:
        match what:
            case "a process dies":
                self.calmly(self.world.dies(which % 2))
            case "the database has trouble":
                troubles: list[Trouble] = ["before", "after", "before"]
                self.database.troubles += troubles[which % 2 :]
            case "a long time passes":
                self.time.pass_by(400)
            case "the clock is set back":
                self.world.jump(timedelta(days=-1))
            case "the clock is set forwards":
                self.world.jump(timedelta(days=1))
            case "the operator has updates tried again":
                self.store(lambda tx: [tx.updates.again(row.id) for row in tx.updates.list("set_aside")])
            case "the operator drops a message":
                self.operator_decides(which, again=False)
            case _:
                self.operator_decides(which, again=True)

    def operator_decides(self, which: int, *, again: bool) -> None:
        ids = [row[0] for row in self.look.execute("SELECT outbox_id FROM deliveries ORDER BY 1")]
        if not ids:
            return
        outbox_id = ids[which % len(ids)]
        ended = self.standing(outbox_id)[0] in {"dead", "unknown", "dropped"}
        if not again:
            self.store(lambda tx: tx.deliveries.drop(outbox_id))
        elif self.store(lambda tx: tx.deliveries.again(outbox_id)) and ended:
            self.world.once_more.add(outbox_id)

    # What always holds

    @invariant()
    def all_is_well(self) -> None:
        self.nothing_happened_that_must_not()
        self.the_first_of_every_line_is_due_and_nothing_behind_it_goes_before()
        self.nothing_arrives_twice_outside_the_window()
        self.each_update_has_one_answer_and_one_apology_at_most()

    def nothing_happened_that_must_not(self) -> None:
        assert self.world.wrong == []

    def the_first_of_every_line_is_due_and_nothing_behind_it_goes_before(self) -> None:
        lines = self.look.execute(
            "SELECT chat_id, lane, count(due_at), min(outbox_id), min(iif(due_at IS NULL, NULL, outbox_id)) "
            "FROM deliveries WHERE planned = 0 AND state IN ('waiting', 'sending') GROUP BY chat_id, lane"
        ).fetchall()
        assert all(due == 1 and first == head for _, _, due, first, head in lines), lines
        lines = self.look.execute(
            "SELECT order_key, min(id), min(iif(due_at IS NULL, NULL, id)) FROM updates "
            "WHERE state = 'waiting' GROUP BY order_key"
        ).fetchall()
        assert all(first == head for _, first, head in lines), lines

    def nothing_arrives_twice_outside_the_window(self) -> None:
        for outbox_id, times in self.world.arrived.items():
            assert times <= 1 + self.world.windows[outbox_id], outbox_id

    def each_update_has_one_answer_and_one_apology_at_most(self) -> None:
        said = [text for text in self.messages() if text != "hello"]
        assert len(said) == len(set(said))

    def teardown(self) -> None:
        try:
            self.everything_ends_well()
        finally:
            self.look.close()
            for index in range(2):
                self.runner.run(self.world.dies(index))
            self.runner.run(self.database.close())
            self.runner.close()
            shutil.rmtree(self.folder)

    def everything_ends_well(self) -> None:
        """Left in peace, everything is handled and sent, or where an operator sees it."""
        self.database.troubles.clear()
        for turn in range(1, 400):
            for worker in self.world.workers:
                while self.calmly(worker.intake.turn()):
                    pass
                self.calmly(worker.courier.round())
            while self.world.live:
                self.deliver(self.world.live.pop())
            self.nothing_happened_that_must_not()
            if not self.still_open():
                break
            # Seconds, for pauses and holds; now and then two days, for what is planned, and for leases.
            self.time.pass_by(1 if turn % 50 else 2 * 86_400)
        assert self.still_open() == []
        self.all_is_well()
        ((handled, all_updates),) = self.look.execute("SELECT sum(state = 'done'), count(*) FROM updates")
        assert all_updates == self.last_update
        assert sum(text.startswith("answer") for text in self.messages()) == (handled or 0)
        for (outbox_id,) in self.look.execute("SELECT outbox_id FROM deliveries WHERE state = 'sent'"):
            assert self.world.arrived[outbox_id] >= 1

    # In short

    def calmly(self, what: Coroutine[Any, Any, T]) -> T:
        async def do() -> T:
            try:
                return await what
            finally:
                await self.world.calm_down()

        return self.runner.run(do())

    def store(self, work: Callable[[Transaction], T]) -> T:
        return self.runner.run(self.database.calmly(work))

    def deliver(self, send: Send) -> None:
        self.world.arrived[send.parcel.outbox_id] += 1
        if not send.worker.dead:
            send.ended = "delivered" if self.standing(send.parcel.outbox_id)[1] == send.fence else ""
            send.answer.set_result(Delivered("1"))
            self.calmly(asyncio.sleep(0))

    def receipt(self, send: Send, answer: str, *, counts: bool) -> Receipt | Exception:
        now, chat = self.time.monotonic(), send.parcel.chat.id
        match answer:
            case "delivered":
                return Delivered("1")
            case "unsure":
                return Unsure("time-out")
            case "refused":
                return Refused("400")
            case "gone":
                return Gone("403")
            case "wait chat":
                self.world.holds.append(Held(chat, now, now + 20))
                return Wait(20, "chat")
            case "wait all":
                self.world.holds.append(Held(None, now, now + 7))
                return Wait(7, "all")
            case "moved":
                self.moves += 1
                if counts and send.parcel.attempt < COURIER_RULES.max_attempts:
                    self.world.addresses[chat] = f"-100{self.moves}"
                return Moved(f"-100{self.moves}")
            case "broken":
                return RuntimeError("sender")
            case _:
                return TryAgain("502")

    def chats_with_a_reply_due(self) -> list[int]:
        rows = self.look.execute(
            "SELECT d.chat_id FROM deliveries d WHERE d.state = 'waiting' AND d.lane = 'reply' AND d.due_at = 0 "
            "AND NOT EXISTS (SELECT 1 FROM deliveries s WHERE s.chat_id = d.chat_id AND s.state = 'sending') "
            "AND d.chat_id NOT IN (SELECT chat_id FROM holds)"
        )
        return [chat for (chat,) in rows]

    def replies_waiting_since(self, send: Send) -> list[int]:
        """The replies that were put after a message went out, and wait."""
        rows = self.look.execute(
            "SELECT outbox_id FROM deliveries WHERE chat_id = ? AND outbox_id > ? AND lane = 'reply' "
            "AND state = 'waiting' ORDER BY 1",
            (send.parcel.chat.id, send.latest),
        )
        return [outbox_id for (outbox_id,) in rows]

    def standing(self, outbox_id: int) -> tuple[str, int]:
        """State and fence of a message."""
        row = self.look.execute(
            "SELECT state, fence FROM deliveries WHERE outbox_id = ?", (outbox_id,)
        ).fetchone()
        return (row[0], row[1])

    def fence_and_latest(self, outbox_id: int) -> tuple[int, int]:
        """The fence of a message, and the latest message of its chat."""
        return self.look.execute(  # type: ignore[no-any-return]
            "SELECT fence, (SELECT max(id) FROM outbox WHERE chat_id = deliveries.chat_id) "
            "FROM deliveries WHERE outbox_id = ?",
            (outbox_id,),
        ).fetchone()

    def messages(self) -> list[str]:
        chats = [chat for (chat,) in self.look.execute("SELECT id FROM chats")]
        return self.store(lambda tx: [row.message_json for chat in chats for row in tx.outbox.all(chat)])

    def still_open(self) -> list[tuple[Any, ...]]:
        return self.look.execute(
            "SELECT outbox_id, state, due_at FROM deliveries WHERE state IN ('waiting', 'sending') "
            "UNION ALL SELECT id, state, due_at FROM updates WHERE state = 'waiting'"
        ).fetchall()


@pytest.mark.timeout(120 + STEPS // 2)
def test_nothing_is_lost_doubled_or_out_of_order_whatever_happens(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        with capture_logs():
            run_state_machine_as_test(
                hypothesis.seed(SEED)(Queues),
                settings=settings(
                    max_examples=max(1, STEPS // STEPS_OF_A_LIFE),
                    stateful_step_count=STEPS_OF_A_LIFE,
                    deadline=None,
                    database=None,
                    phases=PHASES,
                    report_multiple_bugs=False,
                    print_blob=True,
                    suppress_health_check=list(HealthCheck),
                ),
            )
    except BaseException:
        with capsys.disabled():
            print(f"\nrepeat it with QUEUE_SEED={SEED} QUEUE_STEPS={STEPS}")  # noqa: T201
        raise
