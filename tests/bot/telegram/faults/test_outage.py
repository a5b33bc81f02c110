"""Telegram out of reach, failing or asking for silence, with the clocks driven: everything is delivered or set aside."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.bot.telegram.faults.driven import driven
from tests.bot.telegram.faults.weather import KINDS
from tests.support.figures import Tell
from tests.support.size import patience, size
from tests.support.telegram_api import Fault, TelegramApi

PEOPLE = size(12, 60)
EACH = 4

pytestmark: Final = pytest.mark.timeout(patience(180, 3_600))


async def test_after_an_hour_without_telegram_everything_arrives_and_nothing_twice(
    tmp_path: Path, tell: Tell
) -> None:
    with TelegramApi() as api:
        async with driven(tmp_path, api, PEOPLE) as post:
            api.stop()
            count = await post.put(EACH)
            await post.passes(3600)
            assert (await post.states())["sent"] == 0
            attempts = max(row.attempts for row in await post.rows())
            api.start()
            began = post.time.monotonic()
            while (await post.states())["sent"] < count:
                await post.passes(5)
                assert post.time.monotonic() < began + 3600
            seconds = post.time.monotonic() - began
        assert len(api.record.sends()) == count
    tell(
        f"an hour without Telegram: {count} messages, {attempts} attempts at most, "
        f"all delivered once within {seconds:.0f} s of its return"
    )
    assert seconds < 400


async def test_when_three_calls_in_ten_fail_everything_arrives_or_is_set_aside(
    tmp_path: Path, tell: Tell
) -> None:
    with TelegramApi() as api:
        async with driven(tmp_path, api, PEOPLE) as post:
            kinds = [fault for fault, _ in KINDS if fault is not Fault.HANG_AFTER]
            for fault in kinds:
                api.faults.plan(
                    fault, times=None, chance=0.3 / len(kinds), seconds=0.01, method="sendMessage"
                )
            count = await post.put(EACH)
            for _ in range(120):
                await post.passes(60)
                if (await post.states())["sent"] == count:
                    break
            states = await post.states()
        sends = len(api.record.sends())
        lost = sum(one.fault in {"DROP_AFTER", "GARBAGE"} for one in api.record.of("sendMessage"))
        calls = len(api.record.of("sendMessage"))
    tell(
        f"30 % of calls fail: {count} messages in {calls} calls, {dict(states)}; "
        f"{sends - count} sent again, {lost} answers lost"
    )
    assert states["sent"] + states["dead"] == count
    assert states["sent"] == count
    assert sends - count <= lost


async def test_a_chat_that_asked_for_silence_gets_it_and_the_others_do_not_wait(
    tmp_path: Path, tell: Tell
) -> None:
    with TelegramApi() as api:
        async with driven(tmp_path, api, PEOPLE) as post:
            api.faults.plan(Fault.TOO_MANY_REQUESTS, chat_id=post.people[0], seconds=40, times=3)
            count = await post.put(EACH)
            await post.passes(30, step=1)
            assert (await post.states())["sent"] == count - EACH
            await post.passes(120, step=1)
            assert (await post.states())["sent"] == count
        refused = api.record.count("sendMessage", 429)
    tell(f"one chat asks for silence {refused} times: {api.record.early} calls came too early")
    assert refused == 3
    assert api.record.early == 0


async def test_when_telegram_asks_for_silence_in_all_chats_nobody_is_written_to_until_it_ends(
    tmp_path: Path, tell: Tell
) -> None:
    silence = 40
    with TelegramApi() as api:
        async with driven(tmp_path, api, PEOPLE) as post:
            api.faults.plan(Fault.TOO_MANY_REQUESTS, method="sendMessage", times=None, seconds=silence)
            count = await post.put(EACH)
            await post.courier.round()
            await post.courier.settled()
            # Telegram does not say whom a refusal concerns. Those that were under way at once learn it together.
            refused = api.record.count("sendMessage", 429)
            assert 2 <= refused <= PEOPLE
            await post.passes(silence - 1, step=1)
            assert len(api.record.of("sendMessage")) == refused, "nothing inside the time to wait"
            api.faults.clear()
            await post.passes(2, step=1)
            assert (await post.states())["sent"] > 0
            await post.passes(20, step=1)
            assert (await post.states())["sent"] == count
            attempts = max(row.attempts for row in await post.rows())
        assert len(api.record.sends()) == count
    tell(
        f"all chats asked for silence: {refused} refused at once, none in the {silence} s after that, then all sent"
    )
    assert attempts == 1, "being told to wait is no attempt"


async def test_in_a_storm_of_refusals_everything_is_delivered_and_nothing_inside_a_time_to_wait(
    tmp_path: Path, tell: Tell
) -> None:
    with TelegramApi() as api:
        async with driven(tmp_path, api, PEOPLE) as post:
            # We know of no limits, and Telegram has them all.
            api.limits.on = True
            api.limits.overall_per_second = 10_000
            count = await post.put(3 * EACH)
            for _ in range(60):
                await post.passes(10, step=1)
                if (await post.states())["sent"] == count:
                    break
            assert (await post.states())["sent"] == count
            attempts = max(row.attempts for row in await post.rows())
        refused = api.record.count("sendMessage", 429)
    tell(
        f"a storm of 429: {count} messages, {refused} refused, all delivered at attempt {attempts} at the latest, "
        f"{api.record.early} calls came too early"
    )
    assert refused > PEOPLE
    assert attempts == 1, "being told to wait is no attempt"
    # Nobody says whether a refusal is for one chat or for all: calls that are under way then, and one per chat until a
    # second refusal shows that all are meant, are the only ones that may come inside it.
    assert api.record.early == 0
    assert len(api.record.sends()) == count
