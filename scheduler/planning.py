"""Planning: brings what is kept for a chat in step with what follows from what is known, whenever something changed.

Chats are marked by whatever changes (`tx.replanning`); the chore takes the marks in portions, one transaction for each chat.
Nothing is ever recomputed for everybody because a day passed: what time will change is planned for its day beforehand.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Final

import structlog

from domain.clock import SHANGHAI, Clock
from domain.reminders.model import Situation
from domain.reminders.planning import plan
from domain.reminders.reconciling import Reconciling, Steps
from domain.reminders.tools import LOOK, Tools
from domain.store import Chat, Database, NotFound, StoreError, Transaction
from domain.store.situations import situation_of
from scheduler.clockwork import Errand, for_each
from scheduler.tally import Tally

_log = structlog.get_logger(__name__)

OFTEN: Final = timedelta(seconds=10)
PORTION: Final = 100
"""Chats planned for before it is looked who else waits."""

AFTER_FAILURE: Final = timedelta(minutes=10)

_OWN_DOING: Final = frozenset({"check", "facts", "consent", "preferences", "role"})
"""What people bring about themselves: what follows at once from it they have just seen."""


@dataclass(frozen=True, slots=True)
class Planner:
    """Plans for one chat at a time, inside a transaction that holds the chat."""

    tools: Tools
    tally: Tally = field(default_factory=Tally)

    def situation(self, tx: Transaction, chat: Chat, now: datetime) -> Situation:
        """All that decides what the person of a chat is reminded of. Without consent nothing is read about them."""
        return situation_of(tx, self.tools.vocabulary, chat, now)

    def plan_for(self, tx: Transaction, chat_id: int, now: datetime) -> Steps:
        """Bring what is kept for a chat in step, and say when to look again. Raises NotFound."""
        return self.plan_in(tx, tx.chats.lock(chat_id), now)

    def plan_in(self, tx: Transaction, chat: Chat, now: datetime) -> Steps:
        """As `plan_for`, in a chat that is held already."""
        chat_id = chat.id
        mark = tx.replanning.get(chat_id)
        if mark is None or mark.due_at > now:
            return Steps()
        situation = self.situation(tx, chat, now)
        since = mark.marked_at or mark.looked_at or now
        if mark.looked_at is not None and mark.looked_at + LOOK <= now:
            since = min(since, mark.looked_at)
        reconciling = Reconciling(
            now=now,
            known_since=min(since, now),
            news=not mark.why <= _OWN_DOING,
            preferences=situation.preferences,
            kinds=self.tools.kinds,
            calendar=self.tools.calendar,
        )
        steps = reconciling.steps(plan(situation, self.tools), tx.reminders.of_chat(chat_id))
        for new in steps.new:
            tx.reminders.add(chat_id, new.reminder, new.send_at, state=new.state, reason=new.reason)
        for again in steps.again:
            tx.reminders.plan_again(again.stored, again.reminder, again.send_at)
        for gone in steps.withdrawn:
            tx.reminders.end(gone.id, "withdrawn")
        tx.replanning.planned(chat_id, now, self._next_look(situation.as_of, now))
        return steps

    def _next_look(self, today: date, now: datetime) -> datetime:
        """In a month, or on the day on which another version of a text comes into use."""
        coming = [
            loaded.programme.in_force.since
            for versions in self.tools.programmes.values()
            for loaded in versions
            if loaded.programme.in_force.since is not None and loaded.programme.in_force.since > today
        ]
        days = [datetime.combine(day, time(), tzinfo=SHANGHAI) for day in coming]
        return min([now + LOOK, *days])


def replanning(planner: Planner) -> Errand:
    """The errand that plans for whoever is marked."""

    async def replan(database: Database, clock: Clock) -> int:
        now = clock.now()
        await database.run(partial(_see_clock, now=now))
        seen: set[int] = set()
        while True:
            due = await database.read(lambda tx: tx.replanning.due(now, PORTION))
            chats = [chat_id for chat_id in due if chat_id not in seen]
            if not chats:
                return len(seen)
            seen.update(chats)
            await for_each(chats, partial(_plan_one, database, planner, now))

    return Errand("replan", OFTEN, replan)


def _see_clock(tx: Transaction, now: datetime) -> None:
    if tx.replanning.see_clock(now):
        tx.outbox.doubt()


async def _plan_one(database: Database, planner: Planner, now: datetime, chat_id: int) -> None:
    try:
        steps = await database.run(lambda tx: planner.plan_for(tx, chat_id, now))
    except NotFound:
        return
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001 -- one chat that cannot be planned for must not stop the others
        _log.error("not planned", chat=chat_id, error=type(error).__name__)
        await database.run(lambda tx: tx.replanning.put_off(chat_id, now + AFTER_FAILURE))
        return
    planner.tally.take_steps(steps)


def note_what_plans_are_made_with(tx: Transaction, tools: Tools, now: datetime) -> int:
    """At the start: where a programme's text or the holiday lists changed since, whoever it concerns is planned for anew.

    Gives how many chats those are.
    """
    marked = 0
    for programme_id, versions in tools.programmes.items():
        digest = hashlib.sha256("".join(one.content_hash for one in versions).encode()).hexdigest()
        if tx.replanning.made_with(f"programme:{programme_id}", digest):
            marked += tx.replanning.all_of_programme(programme_id, "text", now)
    if tx.replanning.made_with("holidays", tools.calendar.digest):
        marked += tx.replanning.everybody("holidays", now)
    return marked
