"""`kill -9` at random moments while an announcement goes out: everybody is seen to, and nobody gets it twice of itself."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import pytest

from bot.settings import Settings
from bot.telegram.reception import CHANNEL
from dialogs.announcement_acts import write_announcement
from dialogs.staff_commands import WriteAnnouncement
from domain.announcements import AnnouncementState, RecipientState
from domain.clock import SystemClock
from domain.privacy import load_or_create
from domain.reminders.model import Preferences
from domain.staff import OPERATOR
from domain.store import Database, Locked, Transaction
from scheduler.courier_rules import CourierRules
from tests.bot.telegram.faults.rest import settings_of
from tests.bot.telegram.faults.serving import Serving
from tests.support.announcing import AUDIENCE, TEXTS
from tests.support.figures import Tell
from tests.support.postgresql import empty_postgresql_url
from tests.support.size import SEED, patience, size
from tests.support.telegram_api import TelegramApi
from tests.support.telegram_api.faults import Fault

KILLS = size(2, 40)
PEOPLE = size(300, 6_000)
SECONDS = patience(240, 3_600)

AT_ONCE = round(CourierRules().concurrency * CourierRules().shares["broadcast"])
"""So many announcements are being sent at a moment at most, and so many can be in doubt after a kill."""

ALWAYS = replace(Preferences(), quiet_until=Preferences().quiet_from, working_days_only=False)
"""No quiet hours and no days off: the test runs at any time."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Store:
    """The data of the process that is killed, looked at from outside."""

    settings: Settings

    def does(self, work: Callable[[Transaction], T]) -> T:
        async def once() -> T:
            async with await Database.open(
                self.settings.database,
                master_key=load_or_create(self.settings.master_key_file),
                busy_timeout_ms=5_000,
            ) as database:
                return await database.run(work)

        while True:
            try:
                return asyncio.run(once())
            except Locked:
                # Whoever starts after a kill holds it while the log is played in; the test has its own end.
                time.sleep(0.5)

    def announces(self, addresses: list[str]) -> None:
        """Everybody asked to hear of a programme, and an announcement of it is sent."""

        def work(tx: Transaction) -> None:
            now = SystemClock().now()
            for address in addresses:
                chat = tx.chats.open(CHANNEL, address, "zh_CN", now)
                tx.reminder_preferences.save(chat.id, ALWAYS, now)
                tx.reminder_preferences.subscribe(chat.id, AUDIENCE.programme, wanted=True, now=now)
            write_announcement(tx, OPERATOR, WriteAnnouncement(TEXTS, AUDIENCE, send=True), now)

        self.does(work)

    def is_sent(self) -> bool:
        def look(tx: Transaction) -> bool:
            announcement = tx.announcements.get(1)
            return announcement is not None and announcement.state is AnnouncementState.SENT

        return self.does(look)

    def progress(self) -> Counter[RecipientState]:
        return Counter(self.does(lambda tx: tx.recipients.progress(1)).by_state)

    def in_doubt(self) -> frozenset[str]:
        """Who may have got it, as far as is known here."""

        def look(tx: Transaction) -> frozenset[str]:
            return frozenset(
                tx.chats.get(row.chat_id).address for row in tx.deliveries.list("unknown", PEOPLE)
            )

        return self.does(look)

    def is_quiet(self) -> bool:
        """Nothing waits to be sent or is being sent."""
        return not self.does(
            lambda tx: [row for state in ("waiting", "sending") for row in tx.deliveries.list(state, 1)]
        )

    def repeats_what_is_in_doubt(self) -> None:
        """What an operator can do: `zhuoyue outbox retry`."""

        def again(tx: Transaction) -> None:
            for row in tx.deliveries.list("unknown", PEOPLE):
                assert tx.deliveries.again(row.outbox_id)

        self.does(again)


def arrived(api: TelegramApi) -> Counter[str]:
    """How often each chat got the announcement."""
    title = TEXTS.title.zh
    return Counter(
        str(one.chat_id) for one in api.record.sends() if title in str(one.parameters.get("text", ""))
    )


def waits_until(condition: Callable[[], bool], serving: Serving) -> None:
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, serving.told()
        time.sleep(0.5)


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def database(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """The kind of a database and its address; none for the file that is made where nothing else is said."""
    if request.param == "SQLite":
        yield request.param, ""
    else:
        with empty_postgresql_url() as url:
            yield request.param, url


@pytest.mark.timeout(patience(400, 7_200))
def test_killed_again_and_again_it_misses_nobody_and_repeats_nothing_of_itself(
    tmp_path: Path, tell: Tell, database: tuple[str, str]
) -> None:
    chance = random.Random(SEED)  # noqa: S311 - a script, not a secret
    kind, url = database
    store = Store(settings_of(tmp_path / "data", url))
    with TelegramApi() as api:
        # Slow enough that many are on their way whenever the process dies.
        api.faults.plan(Fault.DELAY, method="sendMessage", times=None, chance=0.5, seconds=0.4)
        people = [api.person(f"用户{number}") for number in range(PEOPLE)]
        for person in people:
            # A bot may write to nobody who has not written first; their answers go out meanwhile.
            person.start()
        addresses = [str(person.id) for person in people]
        store.announces(addresses)
        serving = Serving(tmp_path / "data", api, url)
        begun, kills, cut = time.monotonic(), 0, 0
        while kills < KILLS and not store.is_sent():
            before = arrived(api).total()
            serving.start()
            # Beginning where it goes out again: before that, there is nothing to cut.
            waits_until(lambda before=before: arrived(api).total() > before or store.is_sent(), serving)  # type: ignore[misc]
            time.sleep(chance.uniform(0.0, 1.0))
            serving.kill()
            kills += 1
            cut += arrived(api).total() > before
        serving.start()
        waits_until(store.is_sent, serving)
        figures, doubtful, got = store.progress(), store.in_doubt(), arrived(api)
        known = set(addresses) - doubtful
        assert figures == Counter(
            {RecipientState.DELIVERED: len(known), RecipientState.UNCERTAIN: len(doubtful)}
        )
        assert {got[address] for address in known} == {1}
        assert all(got[address] <= 1 for address in doubtful)
        assert len(doubtful) <= kills * AT_ONCE
        missed = sum(got[address] == 0 for address in doubtful)
        store.repeats_what_is_in_doubt()
        waits_until(store.is_quiet, serving)
        assert set(arrived(api)) == set(addresses)
        twice = sum(number > 1 for number in arrived(api).values())
        serving.terminate()
        seconds = time.monotonic() - begun
    tell(
        f"{kind}: {kills} kills ({cut} of them while it went out), {PEOPLE} people, {seconds:.0f} s; repeated of itself 0, "
        f"in doubt {len(doubtful)} ({missed} of them not arrived); once an operator had repeated those, missed 0, got it "
        f"twice {twice}"
    )
    assert cut > 0
    assert twice == len(doubtful) - missed
