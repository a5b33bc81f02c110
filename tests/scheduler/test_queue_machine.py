"""Inbox and outbox under everything that may happen to them, in any order.

`QUEUE_STEPS` takes as many steps as it says. When something goes wrong the seed is printed: `QUEUE_SEED` repeats it, and
with `QUEUE_SHRINK=1` looks (for minutes) for the shortest way to the same end.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Final, TypeVar

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    rule,
    run_state_machine_as_test,
)
from structlog.testing import capture_logs

from domain.store import LANES, Lane, StoreError, Transaction
from scheduler.taking_in import Fresh
from tests.scheduler.queue_life import Life
from tests.support.figures import Tell
from tests.support.on_this_thread import store_on_this_thread
from tests.support.queue_world import Trouble
from tests.support.size import patience, size

T = TypeVar("T")

STEPS: Final = int(os.environ.get("QUEUE_STEPS", str(size(100_000, 1_000_000))))
"""Things done in all: a message put, an update stored, a turn, a round, an answer of the platform, something rare."""

PARTS: Final = 2
"""Tests that share the steps, so that they can run at once."""

STEPS_OF_A_PART: Final = -(-STEPS // PARTS)
"""Rounded up: each part takes at least one step, so that what is said to repeat a seed does."""

LIVES_OF_A_SEED: Final = 20
STEPS_OF_A_LIFE: Final = 100
"""Rules carried out in a life at most; each does one thing or several."""

PHASES: Final = (Phase.generate, Phase.shrink) if os.environ.get("QUEUE_SHRINK") else (Phase.generate,)
SEED: Final = int(os.environ.get("QUEUE_SEED", "0")) or random.SystemRandom().randrange(1, 2**32)

ADDRESSES: Final = st.sampled_from(["1", "2", "-3"])
WORKERS: Final = st.integers(0, 1)
ANSWERS: Final = st.sampled_from(
    ["delivered"] * 6 + ["try again", "unsure", "broken", "refused", "gone", "wait chat", "wait all", "moved"]
)
SECONDS: Final = st.sampled_from([1.0, 1.0, 0.3, 2.5, 0.05, 10.0, 10.0, 95.0])
ROUNDS: Final = st.tuples(WORKERS, SECONDS)
ONE_ANSWER: Final = st.tuples(st.integers(0, 99), ANSWERS, st.booleans())
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


DONE: Final[Counter[str]] = Counter()
"""What was done in all lives together."""


class Queues(Life):
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
        DONE["messages put"] += len(puts)

    @rule(
        updates=st.lists(st.tuples(ADDRESSES, st.sampled_from([0, 0, 0, 1, 9])), min_size=1, max_size=4),
        again=st.booleans(),
        mixed=st.booleans(),
        at_once=st.booleans(),
    )
    def platform_delivers(
        self, updates: list[tuple[str, int]], *, again: bool, mixed: bool, at_once: bool
    ) -> None:
        first = self.last_update + 1
        batch = [(first + n, address, f"{first + n} {fails}") for n, (address, fails) in enumerate(updates)]
        self.last_update += len(updates)
        DONE["updates stored"] += len(updates) * (2 if again else 1)
        for _ in range(2 if again else 1):
            for part in [[one] for one in reversed(batch)] if mixed else [batch]:
                if at_once and self.handled_at_once(part):
                    continue
                self.store(lambda tx, part=part: tx.updates.store("telegram", part, self.time.clock.now()))  # type: ignore[misc]

    def handled_at_once(self, part: list[tuple[int, str, str]]) -> bool:
        """Whether it was taken in and answered for; otherwise the platform brings it again."""
        DONE["batches taken in at once"] += 1
        fresh = [Fresh(n, key, partial(str, text), self.world.turn_of(n, key, text)) for n, key, text in part]
        try:
            self.calmly(self.world.workers[0].intake.take_in(fresh))
        except StoreError:
            return False
        return True

    @rule(turns=st.integers(1, 4))
    def both_processes_handle_updates(self, turns: int) -> None:
        DONE["turns of intakes"] += 2 * turns

        async def work() -> None:
            intakes = [worker.intake for worker in self.world.workers]
            await asyncio.gather(
                *(intake.turn() for _ in range(turns) for intake in intakes), return_exceptions=True
            )

        self.calmly(work())

    # What couriers and the platform do

    @rule(goings=st.lists(st.one_of(ROUNDS, ONE_ANSWER), min_size=4, max_size=12))
    def rounds_and_answers_come_as_they_like(
        self, goings: list[tuple[int, float] | tuple[int, str, bool]]
    ) -> None:
        for going in goings:
            if len(going) == 2:
                self.couriers_go_their_rounds([going])
            else:
                self.platform_answers([going])

    @rule(rounds=st.lists(ROUNDS, min_size=1, max_size=4))
    def couriers_go_their_rounds(self, rounds: list[tuple[int, float]]) -> None:
        for index, seconds in rounds:
            self.time.pass_by(seconds)
            self.round(index)

    def round(self, index: int) -> None:
        DONE["rounds of couriers"] += 1
        worker, before = self.world.workers[index], set(self.world.live)
        troubled = bool(self.database.troubles)
        self.calmly(worker.courier.round())
        lanes = {send.parcel.lane for send in self.world.live if send not in before}
        if lanes - {"reply"} and not troubled:
            out_of_reach = {*worker.courier._under_way, *worker.limits.resting(self.time.monotonic())}
            assert [chat for chat in self.chats_with_a_reply_due() if chat not in out_of_reach] == []

    @rule(answers=st.lists(ONE_ANSWER, min_size=1, max_size=6))
    def platform_answers(self, answers: list[tuple[int, str, bool]]) -> None:
        for which, answer, arrives in answers:
            if self.world.live:
                self.answer(which, answer, arrives=arrives)

    def answer(self, which: int, answer: str, *, arrives: bool) -> None:
        DONE["answers of the platform"] += 1
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
        DONE[what] += 1
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


@pytest.mark.timeout(patience(900, 14_400))
@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_is_lost_doubled_or_out_of_order_whatever_happens(part: int, tell: Tell) -> None:
    DONE.clear()
    lives, seed = 0, SEED + part * 1_000_000
    try:
        with capture_logs(), store_on_this_thread():
            while DONE.total() < STEPS_OF_A_PART:
                live_on(seed)
                lives, seed = lives + LIVES_OF_A_SEED, seed + 1
    except BaseException:
        tell(f"repeat it with QUEUE_SEED={seed} QUEUE_STEPS=1")
        raise
    told = ", ".join(f"{number} {what}" for what, number in DONE.most_common())
    tell(f"queues: {DONE.total()} steps in {lives} lives from seed {SEED}, 0 wrong ({told})")
    assert DONE.total() >= STEPS_OF_A_PART


def live_on(seed: int) -> None:
    run_state_machine_as_test(
        hypothesis.seed(seed)(Queues),
        settings=settings(
            max_examples=LIVES_OF_A_SEED,
            stateful_step_count=STEPS_OF_A_LIFE,
            deadline=None,
            database=None,
            phases=PHASES,
            report_multiple_bugs=False,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
