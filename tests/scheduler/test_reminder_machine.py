"""Reminders under everything that may happen, in any order: two processes, trouble with the database, jumping clocks,
rounds that move, people who change their minds.

The normal run is short; `REMINDER_EXAMPLES=500` takes as many lives as it says, `REMINDER_SEED` repeats a run whose seed was
printed.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import tempfile
from collections import Counter, defaultdict
from collections.abc import Coroutine
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from typing import Any, Final, TypeVar

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from structlog.testing import capture_logs

from domain.clock import SHANGHAI, FixedClock, day_in_shanghai
from domain.reminders.quiet import is_quiet
from domain.rounds import Round, RoundState
from domain.store import Chat, StoreError
from tests.support.database import KEY, new_database_url
from tests.support.postgresql import new_postgresql_url
from tests.support.queue_world import TroubledDatabase
from tests.support.reminding import HANGZHOU, Clockwork, at

T = TypeVar("T")

EXAMPLES: Final = int(os.environ.get("REMINDER_EXAMPLES", "12"))
SEED: Final = int(os.environ.get("REMINDER_SEED", "0")) or random.SystemRandom().randrange(1, 2**32)
PHASES: Final = (Phase.generate, Phase.shrink) if os.environ.get("REMINDER_SHRINK") else (Phase.generate,)

BEGIN: Final = date(2026, 3, 2)
PEOPLE: Final = st.integers(0, 2)
PROCESSES: Final = st.integers(0, 1)


@dataclass
class Told:
    """One thing that was said to somebody."""

    line: dict[str, Any]
    thread: str


@dataclass
class Somebody:
    """What a person heard, and what they wanted at that time."""

    chat: Chat
    heard: list[Told] = field(default_factory=list)
    messages: int = 0
    snoozes: Counter[str] = field(default_factory=Counter)
    done: set[str] = field(default_factory=set)
    wants: bool = True
    paused: bool = False
    blocked: bool = False


async def open_troubled(url: str) -> TroubledDatabase:
    database = await TroubledDatabase.open(url, master_key=KEY)
    assert isinstance(database, TroubledDatabase)
    database.troubles = []
    return database


def thread_of(key: str) -> str:
    """``window_closes:programme:round-1:2026-05-29:14`` and ``moved:window_closes:programme:round-1:0:…`` are one thread."""
    return ":".join(key.removeprefix("moved:").split(":")[:3])


class Reminding(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.left = ExitStack()
        url = self.new_url()
        self.runner = asyncio.Runner()
        self.clock = FixedClock(at(BEGIN))
        self.databases = [self.run(open_troubled(url)) for _ in range(2)]
        self.processes = [Clockwork(database, self.clock) for database in self.databases]
        self.office = self.processes[0]
        self.people: list[Somebody] = []
        self.rounds: dict[int, Round] = {}
        self.wrong: list[str] = []

    def new_url(self) -> str:
        """A database of its own for each life, removed when the life is over."""
        folder = self.left.enter_context(tempfile.TemporaryDirectory(prefix="zhuoyue-reminding-"))
        return new_database_url(Path(folder))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    @initialize()
    def three_people_ask_for_a_programme(self) -> None:
        for number in range(3):
            chat = self.run(self.office.somebody(str(number)))
            self.run(self.office.asks_for(chat, HANGZHOU))
            self.people.append(Somebody(chat))

    # What officers do

    @precondition(lambda self: len(self.rounds) < 3)
    @rule(days=st.integers(0, 100))
    def an_officer_announces_a_round(self, days: int) -> None:
        round_ = self.run(self.office.announces(self.clock.today() + timedelta(days=days)))
        self.rounds[round_.id] = round_

    @precondition(lambda self: self._open_rounds())
    @rule(which=st.integers(0, 2), days=st.integers(1, 100))
    def an_officer_moves_a_round(self, which: int, days: int) -> None:
        open_rounds = self._open_rounds()
        round_ = open_rounds[which % len(open_rounds)]
        closes = self.clock.today() + timedelta(days=days)
        if closes != round_.closes_safe:
            self.rounds[round_.id] = self.run(self.office.moves(round_, closes))

    @precondition(lambda self: self._open_rounds())
    @rule(which=st.integers(0, 2))
    def an_officer_calls_a_round_off(self, which: int) -> None:
        open_rounds = self._open_rounds()
        round_ = open_rounds[which % len(open_rounds)]
        self.rounds[round_.id] = self.run(self.office.calls_off(round_))

    def _open_rounds(self) -> list[Round]:
        return [one for one in self.rounds.values() if one.state is RoundState.ANNOUNCED]

    # What people do

    @rule(who=PEOPLE, wants=st.booleans())
    def somebody_asks_or_refuses(self, who: int, *, wants: bool) -> None:
        self.people[who].wants = wants
        self.run(self.office.asks_for(self.people[who].chat, HANGZHOU, wants))

    @rule(who=PEOPLE, paused=st.booleans())
    def somebody_pauses(self, who: int, *, paused: bool) -> None:
        self.people[who].paused = paused
        self.run(self.office.prefers(self.people[who].chat, paused=paused))

    @rule(who=PEOPLE, bundling=st.sampled_from(["together", "one_by_one"]), working=st.booleans())
    def somebody_chooses_how(self, who: int, bundling: str, *, working: bool) -> None:
        chat = self.people[who].chat
        self.run(self.office.prefers(chat, bundling=bundling, working_days_only=working))

    @rule(who=PEOPLE, blocked=st.booleans())
    def somebody_blocks_the_bot(self, who: int, *, blocked: bool) -> None:
        person = self.people[who]
        person.blocked = blocked
        if blocked:
            self.run(self.office.do(lambda tx, now: tx.chats.block(person.chat.id, now)))
        else:
            self.run(self.office.do(lambda tx, _: tx.chats.revive(person.chat.id)))

    @precondition(lambda self: any(person.heard for person in self.people))
    @rule(who=PEOPLE, which=st.integers(0, 99), days=st.integers(1, 10))
    def somebody_wants_to_hear_it_again(self, who: int, which: int, days: int) -> None:
        person = self.people[who]
        if not person.heard:
            return
        key = person.heard[which % len(person.heard)].line["key"]
        later = self.clock.now() + timedelta(days=days)
        kept = self.run(self.office.database.read(lambda tx: tx.reminders.of_chat(person.chat.id)))
        one = next((one for one in kept if one.reminder.key == key), None)
        if (
            one is not None
            and one.state == "sent"
            and self.run(self.office.do(lambda tx, _: tx.reminders.snooze(one.id, later)))
        ):
            person.snoozes[key] += 1

    @precondition(lambda self: any(person.heard for person in self.people))
    @rule(who=PEOPLE, which=st.integers(0, 99))
    def somebody_says_it_is_done(self, who: int, which: int) -> None:
        person = self.people[who]
        if not person.heard:
            return
        key = person.heard[which % len(person.heard)].line["key"]
        kept = self.run(self.office.database.read(lambda tx: tx.reminders.of_chat(person.chat.id)))
        one = next((one for one in kept if one.reminder.key == key), None)
        if one is not None:
            self.run(self.office.do(lambda tx, _: tx.reminders.done(one)))
            person.done.add(one.reminder.thread)

    # What happens to the service

    @rule(which=PROCESSES)
    def one_process_ticks(self, which: int) -> None:
        self.run(self.processes[which].tick())

    @rule()
    def both_processes_tick_at_once(self) -> None:
        async def work() -> None:
            await asyncio.gather(*(one.tick() for one in (*self.processes, *self.processes)))

        self.run(work())

    @rule(which=PROCESSES, trouble=st.sampled_from(["before", "after"]), calm=st.integers(0, 3))
    def a_process_ticks_in_trouble(self, which: int, trouble: Any, calm: int) -> None:
        """The database fails after some transactions: before one, or after it was committed."""
        process, database = self.processes[which], self.databases[which]

        async def work() -> None:
            ticking = asyncio.ensure_future(process.tick())
            for _ in range(calm):
                await asyncio.sleep(0)
            database.troubles.append(trouble)
            try:
                await ticking
            except StoreError:
                pass
            finally:
                database.troubles.clear()

        self.run(work())

    @rule(reachable=st.booleans())
    def the_platform_is_out_of_reach_or_comes_back(self, *, reachable: bool) -> None:
        for process in self.processes:
            process.reachable = reachable

    @rule(minutes=st.integers(1, 600))
    def time_passes(self, minutes: int) -> None:
        self.clock.advance(timedelta(minutes=minutes))

    @rule(days=st.sampled_from([1, 2, 7, 21]))
    def nobody_ticks_for_days(self, days: int) -> None:
        self.clock.advance(timedelta(days=days))

    @rule(days=st.integers(1, 8), hours=st.sampled_from([3, 8, 24]))
    def days_pass_with_ticks(self, days: int, hours: int) -> None:
        self.run(self.office.until(self.clock.today() + timedelta(days=days), timedelta(hours=hours)))

    @rule(hours=st.sampled_from([-500, -30, -2, 2, 30, 500]))
    def somebody_sets_the_clock(self, hours: int) -> None:
        self.clock.advance(timedelta(hours=hours))

    # What must hold

    @invariant()
    def what_was_said_could_be_said(self) -> None:
        for person in self.people:
            self._listen(person)
        assert self.wrong == []

    def _listen(self, person: Somebody) -> None:
        messages = self.run(self.office.arrived(person.chat))
        new = [(json.loads(text)["says"], at_) for text, at_ in messages[person.messages :]]
        if new:
            wants = self.run(
                self.office.database.read(lambda tx: tx.reminder_preferences.get(person.chat.id))
            )
            for lines, at_ in new:
                if is_quiet(at_.astimezone(SHANGHAI).time(), wants):
                    self.wrong.append(f"arrived at {at_}")
                if any(line["on"] != str(day_in_shanghai(at_)) for line in lines):
                    self.wrong.append(f"what arrived at {at_} was written on another day")
        person.messages = len(messages)
        for line in chain.from_iterable(lines for lines, _ in new):
            self._hear(person, line)

    def _hear(self, person: Somebody, line: dict[str, Any]) -> None:
        key, thread = line["key"], thread_of(line["key"])
        if person.paused or person.blocked or not person.wants:
            self.wrong.append(f"{key} said to somebody who wants nothing")
        if thread in person.done:
            self.wrong.append(f"{key} said though it is done")
        before = sum(told.line["key"] == key for told in person.heard)
        if before > person.snoozes[key]:
            self.wrong.append(f"{key} said {before + 1} times")
        if line["moved_from"] is not None:
            # The announcement of a round names its closing day as well.
            announcement = f"round_announced:{thread.partition(':')[2]}"
            last = [told for told in person.heard if told.thread == thread] or [
                told for told in person.heard if told.thread == announcement
            ]
            if not last or (before == 0 and last[-1].line["due"] != line["moved_from"]):
                self.wrong.append(f"{key} does not say what was said before")
        person.heard.append(Told(line, thread))

    def teardown(self) -> None:
        try:
            self._in_the_end()
        finally:
            for database in self.databases:
                self.run(database.close())
            self.runner.close()
            self.left.close()

    def _in_the_end(self) -> None:
        """Once all is calm everybody hears of the last day of every round they want to hear of."""
        if not self.people:
            return
        self.the_platform_is_out_of_reach_or_comes_back(reachable=True)
        for who in range(3):
            if self.people[who].blocked:
                self.somebody_blocks_the_bot(who, blocked=False)
            if self.people[who].paused:
                self.somebody_pauses(who, paused=False)
        today = self.clock.today()
        ahead = {
            f"window_closes:{HANGZHOU}:round-{one.id}": one.closes_safe
            for one in self._open_rounds()
            if one.closes_safe is not None and one.closes_safe > today + timedelta(days=1)
        }
        last = max([today, *ahead.values()]) + timedelta(days=3)
        self.run(self.office.until(last, timedelta(hours=12)))
        self.what_was_said_could_be_said()
        for person in self.people:
            heard: defaultdict[str, set[str]] = defaultdict(set)
            for told in person.heard:
                heard[told.thread].add(told.line["key"])
            for thread, closes in ahead.items():
                if person.wants and thread not in person.done:
                    assert f"{thread}:{closes}:0" in heard[thread], (thread, closes, person.heard)


class RemindingOnPostgresql(Reminding):
    """The same lives where two processes write at the same time and wait for each other's rows."""

    def new_url(self) -> str:
        return self.left.enter_context(new_postgresql_url())


@pytest.mark.parametrize(
    ("machine", "lives"),
    [(Reminding, EXAMPLES), (RemindingOnPostgresql, max(2, EXAMPLES // 6))],
    ids=["sqlite", "postgresql"],
)
def test_each_reminder_is_said_once_to_whoever_wants_it_whatever_happens(
    machine: type[Reminding], lives: int, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        with capture_logs():
            run_state_machine_as_test(
                hypothesis.seed(SEED)(machine),
                settings=settings(
                    max_examples=lives,
                    stateful_step_count=40,
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
            print(f"\nrepeat it with REMINDER_SEED={SEED} REMINDER_EXAMPLES={EXAMPLES}")  # noqa: T201
        raise
