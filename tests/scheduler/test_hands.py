"""Many things at once: none waits for another, none takes longer than it may, and what is given up is given up."""

from __future__ import annotations

import asyncio

import pytest

from scheduler.hands import Hands
from scheduler.patience import Patience


async def test_what_need_not_wait_is_done_in_order_and_what_waits_holds_up_nothing() -> None:
    done: list[int] = []
    answer = asyncio.Event()

    async def do(number: int) -> None:
        if number % 3 == 0:
            await answer.wait()
        done.append(number)

    hands = Hands(do, "test")
    for number in range(9):
        hands.give(number)
    await asyncio.sleep(0.01)
    assert done == [1, 2, 4, 5, 7, 8]
    assert len(hands) == 3
    answer.set()
    await asyncio.sleep(0.01)
    assert sorted(done) == list(range(9))
    assert len(hands) == 0


async def test_what_fails_fails_alone() -> None:
    done: list[int] = []

    async def do(number: int) -> None:
        if number == 1:
            raise ValueError
        done.append(number)

    hands = Hands(do, "test")
    for number in range(3):
        hands.give(number)
    await asyncio.sleep(0.01)
    assert done == [0, 2]


async def test_what_is_let_go_is_neither_ended_nor_begun() -> None:
    ended: list[int] = []

    async def do(number: int) -> None:
        await asyncio.sleep(60)
        ended.append(number)

    hands = Hands(do, "test")
    for number in range(3):
        hands.give(number)
    await hands.let_go()
    assert (ended, len(hands)) == ([], 0)


async def test_patience_ends_for_each_in_its_time() -> None:
    patience = Patience(0.05)

    async def quick() -> str:
        await asyncio.sleep(0)
        return "done"

    async def one() -> str:
        try:
            return await patience.wait_for(asyncio.sleep(60, "never"))
        except TimeoutError:
            return "too long"

    first = asyncio.create_task(one())
    await asyncio.sleep(0.03)
    second = asyncio.create_task(one())
    assert await patience.wait_for(quick()) == "done"
    assert await first == "too long"
    assert not second.done()
    assert await second == "too long"
    assert first.cancelling() == second.cancelling() == 0


async def test_who_is_cancelled_by_somebody_else_is_cancelled() -> None:
    patience = Patience(60)
    waiting = asyncio.create_task(patience.wait_for(asyncio.sleep(60)))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
