"""Saying what is due: rendered at this moment, in the person's language, from what is known now.

One transaction for each chat decides about all that is due in it, puts the messages into the outbox, and notes that they
were said: however often and by however many processes it is tried, each reminder is said once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog

from domain.clock import Clock
from domain.reminders.model import Renderer, StoredReminder
from domain.reminders.planning import plan
from domain.reminders.quiet import allowed_until, end_of_day
from domain.reminders.reconciling import Steps
from domain.reminders.saying import Said, sort_out
from domain.store import Chat, Database, NotFound, StoreError, Transaction
from scheduler.clockwork import Chore, Errand, for_each
from scheduler.planning import Planner
from scheduler.tally import Tally

_log = structlog.get_logger(__name__)

OFTEN: Final = timedelta(seconds=20)
DAILY: Final = timedelta(days=1)
PORTION: Final = 1000
"""Reminders read at once."""

MOST_FAILURES: Final = 8
FIRST_PAUSE: Final = timedelta(minutes=2)
"""After each failure to make a message it is tried again, twice as late each time: about four hours in all."""

KEPT: Final = timedelta(days=400)
"""How long it is kept that something was said, counted from the day it was about: longer than any plan looks back."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says what is due, one chat at a time."""

    planner: Planner
    renderer: Renderer

    @property
    def tally(self) -> Tally:
        """What came of reminders so far."""
        return self.planner.tally

    def say(
        self, tx: Transaction, chat_id: int, now: datetime, only: int | None = None
    ) -> tuple[Steps, Said]:
        """Say what is due in a chat (`only`: one reminder of it): what planning changed before, and what came of it.

        Raises NotFound.
        """
        chat = tx.chats.lock(chat_id)
        steps = self.planner.plan_in(tx, chat, now)
        due = [one for one in tx.reminders.due(chat_id, now) if only in {None, one.id}]
        if not due:
            return steps, Said()
        said = Said(dropped=tuple((one, "blocked") for one in due))
        if chat.blocked_at is None:
            said = self._say(tx, chat, due, now)
        for one, reason in said.dropped:
            tx.reminders.end(one.id, "dropped", reason)
        for one, until in said.put_off:
            tx.reminders.put_off(one.id, until)
        return steps, said

    def _say(self, tx: Transaction, chat: Chat, due: Sequence[StoredReminder], now: datetime) -> Said:
        situation = self.planner.situation(tx, chat, now)
        tools = self.planner.tools
        planned = plan(situation, tools, kinds={one.reminder.kind for one in due})
        said = sort_out(due, planned, situation, tools, now)
        for message in said.messages:
            first, *others = message
            if others:
                key = f"digest:{first.id}:{first.told_before}"
                text = self.renderer.digest(message, situation, chat.language)
            else:
                key = f"reminder:{first.id}:{first.told_before}"
                text = self.renderer.card(first, situation, chat.language)
            until = allowed_until(
                now,
                situation.preferences,
                tools.calendar,
                urgent=all(one.reminder.urgent for one in message),
            )
            # Tomorrow it would not be true any more that something is "in three days".
            not_after = min(end_of_day(now), until or end_of_day(now))
            queued = tx.outbox.put(chat.id, text, now, "reminder", unique_key=key, not_after=not_after)
            tx.reminders.sent((one.id for one in message), queued, now)
        return said

    def fail(self, tx: Transaction, chat_id: int, now: datetime, only: int | None = None) -> None:
        """The messages of a chat could not be made: try again later, or leave it to an operator."""
        tx.chats.lock(chat_id)
        for one in tx.reminders.due(chat_id, now):
            if only not in {None, one.id}:
                continue
            if one.failures + 1 >= MOST_FAILURES:
                tx.reminders.end(one.id, "set_aside", "not_made")
                self.tally.counts["set_aside"] += 1
            else:
                tx.reminders.put_off(one.id, now + FIRST_PAUSE * 2**one.failures, failed=True)
                self.tally.counts["failed"] += 1


def reminding(speaker: Speaker) -> tuple[Errand, Chore]:
    """The errand that says what is due, and the chore that forgets what was said long ago."""

    async def remind(database: Database, clock: Clock) -> int:
        now, seen = clock.now(), set[int]()
        said = 0
        while True:
            due = await database.read(lambda tx: tx.reminders.due_chats(now, PORTION))
            chats = [chat_id for chat_id in due if chat_id not in seen]
            if not chats:
                return said
            seen.update(chats)
            before = speaker.tally.counts["said"]
            await for_each(chats, partial(_say_in, database, speaker, now))
            said += speaker.tally.counts["said"] - before

    def forget(tx: Transaction, now: datetime) -> int:
        return tx.reminders.purge((now - KEPT).date())

    return Errand("remind", OFTEN, remind), Chore("forget_reminders", DAILY, forget)


async def _say_in(database: Database, speaker: Speaker, now: datetime, chat_id: int) -> None:
    """Say what is due in one chat; when that fails, each reminder by itself, so that one does not stop the others."""
    if await _try(database, speaker, now, chat_id):
        return
    due = await database.read(lambda tx: tx.reminders.due(chat_id, now))
    for one in due:
        if len(due) == 1 or not await _try(database, speaker, now, chat_id, one.id):
            await database.run(partial(speaker.fail, chat_id=chat_id, now=now, only=one.id))


async def _try(
    database: Database, speaker: Speaker, now: datetime, chat_id: int, only: int | None = None
) -> bool:
    try:
        steps, said = await database.run(partial(speaker.say, chat_id=chat_id, now=now, only=only))
    except NotFound:
        return True
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001 -- one message that cannot be made must not stop the others
        _log.error("not said", chat=chat_id, error=type(error).__name__)
        return False
    speaker.tally.take_steps(steps)
    speaker.tally.take_said(said)
    return True
