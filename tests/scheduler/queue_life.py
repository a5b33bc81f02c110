"""The life of an inbox and an outbox, seen from above: what always holds in it, and how it ends well.

What happens in it is told by `tests/scheduler/test_queue_machine.py`.
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar

from hypothesis.stateful import RuleBasedStateMachine, invariant

from domain.store import Transaction
from scheduler.sending import Delivered, Gone, Moved, Receipt, Refused, TryAgain, Unsure, Wait
from tests.support.database import KEY, new_database_url
from tests.support.on_this_thread import folder_in_memory
from tests.support.queue_world import COURIER_RULES, Held, Send, TroubledDatabase, World
from tests.support.queues import DrivenTime

T = TypeVar("T")

LOOKS: Final = 20
"""All messages are read again and compared after so many steps: they do not go away meanwhile."""


async def open_troubled(url: str) -> TroubledDatabase:
    database = await TroubledDatabase.open(url, master_key=KEY)
    assert isinstance(database, TroubledDatabase)
    database.troubles = []
    return database


class Life(RuleBasedStateMachine):
    """Two workers, a platform, an operator and the clocks; no rules yet."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = folder_in_memory("zhuoyue-queues-")
        url = new_database_url(self.folder)
        self.runner = asyncio.Runner()
        self.look = sqlite3.connect(self.folder / "zhuoyue.sqlite3", isolation_level=None)
        self.time = DrivenTime()
        self.database = self.runner.run(open_troubled(url))
        self.world = World(self.database, self.time, self.fence_and_latest)
        self.last_update = 0
        self.moves = 0
        self.steps = 0

    # What always holds

    @invariant()
    def all_is_well(self) -> None:
        self.nothing_happened_that_must_not()
        self.the_first_of_every_line_is_due_and_nothing_behind_it_goes_before()
        self.nothing_arrives_twice_outside_the_window()
        self.steps += 1
        if self.steps % LOOKS == 0:
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
        idle = 0
        for turn in range(1, 400):
            before = self.standings()
            for worker in self.world.workers:
                while self.calmly(worker.intake.turn()):
                    pass
                self.calmly(worker.courier.round())
            while self.world.live:
                self.deliver(self.world.live.pop())
            self.nothing_happened_that_must_not()
            if not self.still_open():
                break
            # Seconds, for pauses and holds; and two days, for what is planned, and for leases, once no second helps.
            idle = idle + 1 if before == self.standings() else 0
            self.time.pass_by(2 * 86_400 if idle > 30 or turn % 50 == 0 else 1)
        assert self.still_open() == []
        self.all_is_well()
        self.each_update_has_one_answer_and_one_apology_at_most()
        ((handled, all_updates),) = self.look.execute("SELECT sum(state = 'done'), count(*) FROM updates")
        assert all_updates == self.last_update
        assert sum(text.startswith("answer") for text in self.messages()) == (handled or 0)
        for (outbox_id,) in self.look.execute("SELECT outbox_id FROM deliveries WHERE state = 'sent'"):
            assert self.world.arrived[outbox_id] >= 1

    # In short

    def do(self, what: Coroutine[Any, Any, T]) -> T:
        # Unlike `Runner.run` without a handler of signals, which takes longer than what is run.
        return self.runner.get_loop().run_until_complete(what)

    def calmly(self, what: Coroutine[Any, Any, T]) -> T:
        async def do() -> T:
            try:
                return await what
            finally:
                await self.world.calm_down()

        return self.do(do())

    def store(self, work: Callable[[Transaction], T]) -> T:
        return self.do(self.database.calmly(work))

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

    def standings(self) -> list[tuple[Any, ...]]:
        return self.look.execute(
            "SELECT state, count(*) FROM deliveries GROUP BY 1 UNION ALL SELECT state, count(*) FROM updates GROUP BY 1"
        ).fetchall()

    def still_open(self) -> list[tuple[Any, ...]]:
        return self.look.execute(
            "SELECT outbox_id, state, due_at FROM deliveries WHERE state IN ('waiting', 'sending') "
            "UNION ALL SELECT id, state, due_at FROM updates WHERE state = 'waiting'"
        ).fetchall()
