"""What happened is in the next scrape, and nothing of anybody is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest

from bot.assembly import clockwork, open_house
from bot.figures import Timed, Turns
from bot.house import House
from bot.metrics import families
from bot.settings import Settings
from dialogs.incoming import Handled, Incoming, Typed
from domain.calendar.holiday_lists import HolidayLists
from domain.calendar.working_days import WorkingCalendar
from domain.clock import FixedClock
from domain.store import Locked, Standing, Transaction, Waiting
from domain.store.records import DeliveryState, Lane
from domain.store.repositories.standing import OPEN_STATES
from scheduler.clockwork import Chore, Clockwork, Errand
from scheduler.planning import replanning
from scheduler.reminding import reminding
from scheduler.sending import Receipt
from tests.support.metrics import Scrape, bot_scraped, scraped
from tests.support.self_check import ZHENGZHOU as ANSWERS
from tests.support.telegram import Bot, Chatter, a_bot
from tests.support.telegram_api import Fault

PROGRAMME = "zhengzhou-incubation-base"
FIRM = "青禾精密机械有限公司"

LABELS: Mapping[str, frozenset[str] | None] = {
    "channel": frozenset({"telegram", "web"}),
    "outcome": frozenset({*families.OUTCOMES.values(), "done", "put_off", "failed"}),
    "queue": frozenset({"inbox", "outbox", "reminders"}),
    "lane": frozenset({"reply", "reminder", "broadcast"}),
    "state": frozenset({*OPEN_STATES, "set_aside", "due", "later", "queued"}),
    "reason": frozenset({"blocked", "no_longer_applies", "over", "superseded"}),
    "kind": frozenset({"read", "write"}),
    "mode": frozenset({"polling", "webhook"}),
    "le": None,
    "chore": None,
    "code": None,
    "version": None,
    "python": None,
    "database": None,
    "schema": None,
}
"""Every label there is, and its values where they are few."""


def holds_nothing_of_anybody(scrape: Scrape, *personal: str) -> None:
    for sample in scrape.samples:
        for label, value in sample.labels.items():
            assert label in LABELS, sample
            allowed = LABELS[label]
            assert allowed is None or value in allowed, sample
            if label in {"chore", "code"}:
                assert value.replace("_", "").isalpha(), sample
    labels = " ".join(value for sample in scrape.samples for value in sample.labels.values())
    for text in personal:
        # A number may well be the end of another one, among the values.
        assert text not in (labels if text.isdecimal() else scrape.text)


def difference(before: Scrape, after: Scrape, name: str, **labels: str) -> float:
    return after(name, **labels) - before(name, **labels)


def test_a_self_check_on_telegram_is_counted_and_names_nobody(bot: Bot) -> None:
    with bot_scraped(bot) as scraper:
        wang = Chatter(bot, "王芳")
        wang.begins(PROGRAMME)
        wang.answers_everything(ANSWERS)
        wang.types(FIRM)
        scrape = scraper.scrape()
        received = scrape("bot_updates_received_total", channel="telegram")
        assert received > 10
        # A few updates are no turns: the first that opens the chat may bring what is no message.
        assert received - 3 <= scrape("bot_update_handle_duration_seconds_count") <= received
        assert 0 < scrape("bot_update_handle_duration_seconds_sum") < 30
        assert scrape("bot_update_handle_failures_total") == 0
        assert scrape("bot_send_attempts_total", outcome="delivered") >= received / 2
        assert scrape("bot_db_tx_duration_seconds_count", kind="write") > received
        assert scrape("bot_telegram_silence_seconds", mode="polling") < 10
        assert scrape("bot_inbox_oldest_age_seconds") == 0
        assert scrape.values("bot_dead_letters_total") == {"inbox": 0, "outbox": 0, "reminders": 0}
        token = bot.api.token
        holds_nothing_of_anybody(scrape, "王芳", FIRM, str(wang.person.id), token, token.split(":")[1])


def test_what_telegram_refuses_is_told_apart(bot: Bot) -> None:
    wang, li, zhao, sun = (Chatter(bot, name) for name in "王李赵孙")
    for one in (wang, li, zhao, sun):
        one.starts()
    faults = {
        wang: (Fault.SERVER_ERROR_JSON, {"status": 403}),
        li: (Fault.TOO_MANY_REQUESTS, {"seconds": 1}),
        zhao: (Fault.SERVER_ERROR, {"status": 502}),
        sun: (Fault.SERVER_ERROR_JSON, {"status": 400}),
    }
    with bot_scraped(bot) as scraper:
        before = scraper.scrape()
        for one, (fault, how) in faults.items():
            bot.api.faults.plan(fault, method="sendMessage", chat_id=one.person.id, **how)
            one.person.type("/help")
        outcomes = ("gone", "wait", "try_again", "refused")

        def struck(scrape: Scrape) -> list[float]:
            return [difference(before, scrape, "bot_send_attempts_total", outcome=one) for one in outcomes]

        bot.api.wait_until(lambda: struck(scraper.scrape()) == [1, 1, 1, 1], 20)
        bot.api.wait_until(lambda: li.is_quiet and zhao.is_quiet, 20)
        after = scraper.scrape()
        assert difference(before, after, "bot_send_attempts_total", outcome="delivered") >= 2
        assert difference(before, after, "bot_dead_letters_total", queue="outbox") == 1
        assert after("bot_outbox_rows", lane="reply", state="dead") == 1
        assert after("bot_outbox_rows", lane="reply", state="waiting") == 0
        assert after("bot_outbox_oldest_due_age_seconds", lane="reply") == 0
        holds_nothing_of_anybody(after, *(str(one.person.id) for one in faults))


def test_a_message_that_telegram_does_not_take_grows_old_however_often_it_is_tried(bot: Bot) -> None:
    wang = Chatter(bot)
    wang.starts()
    bot.api.faults.plan(Fault.SERVER_ERROR, method="sendMessage", times=None)
    with bot_scraped(bot) as scraper:
        wang.person.type("/help")

        def age() -> float:
            return scraper.scrape()("bot_outbox_oldest_due_age_seconds", lane="reply")

        bot.api.wait_until(lambda: age() > 1, 20)
        bot.clock.advance(timedelta(minutes=10))
        assert age() > 600
        assert scraper.scrape()("bot_outbox_rows", lane="reply", state="dead") == 0


class Failing:
    """Somebody who cannot answer."""

    def handle(self, tx: Transaction, incoming: Incoming) -> Handled:
        raise ZeroDivisionError


def test_a_turn_that_fails_is_counted_and_in_the_end_set_aside(tmp_path: Path) -> None:
    with a_bot(tmp_path / "data") as bot, bot_scraped(bot) as scraper:
        wang = Chatter(bot)
        wang.starts()
        assert bot.house is not None
        timed: Any = bot.house.assistant
        timed.answering = Failing()
        wang.person.type("你好")
        bot.api.wait_until(lambda: scraper.scrape()("bot_update_handle_failures_total") == 1, 20)
        waiting = scraper.scrape()
        assert waiting("bot_inbox_rows", state="waiting") == 1

        def is_set_aside() -> bool:
            bot.clock.advance(timedelta(minutes=2))
            return scraper.scrape()("bot_dead_letters_total", queue="inbox") == 1

        bot.api.wait_until(is_set_aside, 30)
        scrape = scraper.scrape()
        assert scrape("bot_inbox_rows", state="set_aside") == 1
        assert scrape("bot_update_handle_failures_total") == 5
        holds_nothing_of_anybody(scrape, "你好", "ZeroDivisionError")


def test_what_the_database_could_not_do_is_no_failed_turn() -> None:
    class Late:
        def handle(self, tx: Transaction, incoming: Incoming) -> Handled:
            raise Locked

    turns = Turns()
    nothing: Any = None
    with pytest.raises(Locked):
        Timed(Late(), turns).handle(nothing, Incoming(1, "key", Typed("x")))
    assert (turns.failed, turns.seconds.count) == (0, 0)


def test_every_thing_that_may_come_of_sending_has_a_name() -> None:
    assert set(families.OUTCOMES) == set(get_args(Receipt))


BEFORE = date(2026, 11, 21)
A_MONTH_AHEAD = date(2026, 12, 10)
"""A working day, thirty days before the Zhengzhou text can no longer be relied on."""


async def subscriber(house: House, clock: FixedClock, name: str) -> int:
    """Somebody who asked to hear of a programme, with a session that keeps their chat."""

    def asks(tx: Transaction) -> int:
        chat = tx.chats.open("telegram", name, "zh_CN", clock.now())
        tx.reminder_preferences.subscribe(chat.id, PROGRAMME, True, clock.now())
        tx.people.set_consent(chat.person_id, "given", clock.now())
        return chat.id

    return await house.database.run(asks)


async def test_reminders_are_counted_when_they_are_planned_sent_late_or_dropped(tmp_path: Path) -> None:
    clock = FixedClock(BEFORE)
    settings = Settings(data_dir=tmp_path, _env_file=None)
    async with open_house(settings, clock) as house, scraped(house) as scraper:
        ticking = clockwork(house)
        await subscriber(house, clock, "111")
        gone = await subscriber(house, clock, "222")

        async def tick() -> Scrape:
            for chore in chores_of(house):
                await ticking.tick(chore)
            return await scraper.scrape()

        planned = (await tick())("bot_reminders_planned_total")
        assert planned >= 2
        clock.set(A_MONTH_AHEAD + timedelta(days=1))
        waiting = await scraper.scrape()
        assert waiting("bot_reminders_due") == 2
        assert waiting("bot_reminders_oldest_due_age_seconds") > 86_400
        await house.database.run(lambda tx: tx.chats.block(gone, clock.now()))
        said = await tick()
        assert said("bot_reminders_sent_total") == 1
        assert said("bot_reminders_late_total") == 1
        assert said("bot_reminders_dropped_total", reason="blocked") == 1
        assert said("bot_reminders_due") == 0
        assert said("bot_reminders_oldest_due_age_seconds") == 0
        assert said("bot_outbox_rows", lane="reminder", state="waiting") == 1
        clock.advance(timedelta(minutes=5))
        late = await scraper.scrape()
        assert late("bot_outbox_oldest_due_age_seconds", lane="reminder") == 300
        holds_nothing_of_anybody(late, "111", "222", PROGRAMME)


def chores_of(house: House) -> list[Errand]:
    """What plans and says reminders."""
    assert house.speaker is not None
    remind, _ = reminding(house.speaker)
    return [replanning(house.speaker.planner), remind]


async def test_each_chore_tells_when_it_ran_how_long_it_took_and_what_it_missed(tmp_path: Path) -> None:
    clock = FixedClock(BEFORE)

    def works(tx: Transaction, now: Any) -> int:
        return 0

    def locked(tx: Transaction, now: Any) -> int:
        raise Locked

    def fails(tx: Transaction, now: Any) -> int:
        raise ZeroDivisionError

    chores = [Chore(work.__name__, timedelta(seconds=10), work) for work in (works, locked, fails)]
    async with open_house(Settings(data_dir=tmp_path, _env_file=None), clock) as house:
        ticking = Clockwork(house.database, clock, chores, house.figures.ticks)
        async with scraped(house) as scraper:
            began = clock.now().timestamp()
            clock.advance(timedelta(seconds=70))
            await ticking.tick(chores[0])
            await ticking.tick(chores[1])
            with pytest.raises(ZeroDivisionError):
                await ticking.tick(chores[2])
            scrape = await scraper.scrape()
            last = scrape.values("bot_tick_last_timestamp_seconds")
            assert last == {"works": began + 70, "locked": began, "fails": began}
            assert scrape("bot_ticks_total", chore="works", outcome="done") == 1
            assert scrape("bot_ticks_total", chore="locked", outcome="put_off") == 1
            assert scrape("bot_ticks_total", chore="fails", outcome="failed") == 1
            assert set(scrape.values("bot_tick_interval_seconds").values()) == {10}
            assert 0 < scrape("bot_tick_last_duration_seconds", chore="works") < 5
            assert scrape("bot_ticks_missed_total", chore="works") == 0
            assert scrape("bot_db_errors_total", code="locked") == 1
            tick = house.figures.ticks["works"]
            later = tick.seconds() + 41
            house.figures.ticks["works"] = replace(tick, seconds=lambda: later)
            await ticking.tick(chores[0])
            assert (await scraper.scrape())("bot_ticks_missed_total", chore="works") == 3


@pytest.mark.parametrize(("today", "first"), [(date(2026, 6, 1), 2027), (date(2031, 6, 1), 2031)])
async def test_holiday_lists_end_with_the_first_year_that_has_none(
    tmp_path: Path, today: date, first: int
) -> None:
    async with open_house(Settings(data_dir=tmp_path, _env_file=None), FixedClock(today)) as house:
        assert house.announcer is not None
        listed = WorkingCalendar(HolidayLists(years=frozenset({2024, 2025, 2026, 2028})))
        announcer = replace(house.announcer, calendar=listed)
        async with scraped(replace(house, announcer=announcer)) as scraper:
            at = (await scraper.scrape())("bot_holiday_lists_end_timestamp_seconds")
    assert at == (FixedClock(date(first, 1, 1)).now() - timedelta(hours=12)).timestamp()


@pytest.mark.parametrize(("people", "shown"), [(0, 0), (1, 5), (4, 5), (5, 5), (6, 6), (10_000, 10_000)])
def test_of_a_few_people_nobody_learns_how_many_they_are(people: int, shown: int) -> None:
    nothing = Waiting(0, None)
    recipients = {"due": people, "later": 0, "queued": 0}
    outbox: dict[tuple[Lane, DeliveryState], int] = {
        ("broadcast", "waiting"): people,
        ("reply", "waiting"): people,
    }
    standing = Standing(nothing, 0, outbox, {}, nothing, nothing, 1, recipients)
    found = {one.name: one for one in families.of_standing(standing, FixedClock(BEFORE).now())}
    values = {one.labels["state"]: one.value for one in found["bot_announcement_recipients"].samples}
    assert values == {"due": shown, "later": 0, "queued": 0}
    lanes = {one.labels["lane"]: one.value for one in found["bot_outbox_rows"].samples}
    assert lanes == {"broadcast": shown, "reply": people}
