"""Sending announcements: lists whom one is for, then puts messages on their way a few at a time.

Each step is a short transaction of its own that finds out anew what is left to do, so that it can be ended anywhere and gone
on with by any process. One row for each person and one key for each message make sure that nobody gets it twice. Few messages
are on their way at once: what is paused or withdrawn is then nearly all where it can be taken back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Protocol

import structlog

from domain.announcements import Announcement, AnnouncementState, RecipientState
from domain.calendar.working_days import WorkingCalendar
from domain.clock import Clock
from domain.reminders.quiet import allowed_until, next_allowed
from domain.store import Chat, Database, NotFound, StoredFile, StoreError, Transaction
from scheduler.clockwork import Chore, Errand, for_each

_log = structlog.get_logger(__name__)

OFTEN: Final = timedelta(seconds=5)
DAILY: Final = timedelta(days=1)

UNDER_WAY: Final = 200
"""Messages of one announcement that are on their way at once; a channel sends more in the time between two ticks seldom."""

SETTLED_AT_ONCE: Final = 1000


KNOWN: Final = timedelta(days=400)
"""How long it is kept to whom an announcement went, counted from its end."""


class AnnouncementRenderer(Protocol):
    """Turns an announcement into a message, in the language of the person at that moment. Made by the dialogs."""

    def card(
        self,
        announcement: Announcement,
        corrected: Announcement | None,
        file: StoredFile | None,
        language: str,
        now: datetime,
    ) -> str:
        """The message (JSON for the outbox); its card is ``a<announcement.id>``. `corrected` is what it corrects, `file`
        what goes with it.
        """
        ...


@dataclass(frozen=True, slots=True)
class Announcer:
    """Sends announcements, a person at a time."""

    renderer: AnnouncementRenderer
    calendar: WorkingCalendar

    def list_more(self, tx: Transaction, announcement_id: int) -> bool:
        """List a portion of those it is for; False when all are listed or it is not being sent."""
        announcement = tx.announcements.lock(announcement_id)
        if announcement is None or announcement.gathered:
            return False
        if announcement.state is not AnnouncementState.SENDING:
            return False
        after = tx.announcements.gathered_to(announcement_id)
        _, reached = tx.recipients.list_more(announcement, after)
        tx.announcements.gathered(
            announcement, after if reached is None else reached, all_of_them=reached is None
        )
        return reached is not None

    def queue(self, tx: Transaction, recipient: int, announcement_id: int, now: datetime) -> None:
        """Put one person's message on its way, unless it is not to be sent to them (any more). Raises NotFound."""
        chat_id = tx.recipients.chat_of(recipient)
        if chat_id is None:
            return
        chat = tx.chats.lock(chat_id)
        announcement = tx.announcements.hold(announcement_id)
        if announcement is None or announcement.state is not AnnouncementState.SENDING:
            return
        if not tx.recipients.lock(recipient):
            return
        ending = self._not_sent(tx, announcement, chat)
        if ending is not None:
            tx.recipients.end(recipient, ending)
            return
        wishes = tx.reminder_preferences.get(chat_id)
        allowed = next_allowed(now, wishes, self.calendar, urgent=False)
        if allowed > now:
            tx.recipients.put_off(recipient, allowed)
            return
        of, enclosed = announcement.audience.corrects, announcement.file
        corrected = None if of is None else tx.announcements.get(of)
        file = None if enclosed is None else tx.files.get(enclosed)
        message = tx.outbox.put(
            chat_id,
            self.renderer.card(announcement, corrected, file, chat.language, now),
            now,
            "broadcast",
            unique_key=tx.recipients.key_of(announcement_id, chat_id),
            repeatable=False,
            not_after=allowed_until(now, wishes, self.calendar, urgent=False),
        )
        if chat.pushed:
            tx.recipients.queued(recipient, message)
        else:
            tx.recipients.end(recipient, RecipientState.DELIVERED)

    def _not_sent(self, tx: Transaction, announcement: Announcement, chat: Chat) -> RecipientState | None:
        if chat.blocked_at is not None:
            return RecipientState.BLOCKED
        if tx.reminder_preferences.get(chat.id).paused:
            return RecipientState.REFUSED
        return None if tx.audiences.wants(announcement.audience, chat.id) else RecipientState.REFUSED

    def finish(self, tx: Transaction, announcement_id: int, now: datetime) -> bool:
        """Note that an announcement was sent, once nobody's message is left; False while some are."""
        announcement = tx.announcements.lock(announcement_id)
        if announcement is None or not announcement.gathered:
            return False
        tx.recipients.let_go(announcement_id)
        if tx.recipients.is_open(announcement_id) or not tx.announcements.finish(announcement_id, now):
            return False
        tx.audit.append("announcement_finished", {"announcement": announcement_id}, now)
        return True


def announcing(announcer: Announcer, unconsented: timedelta) -> tuple[Errand, Chore]:
    """The errand that sends announcements, and the chore that forgets to whom they went.

    `unconsented` is how long anything is known of people who gave no consent.
    """

    async def announce(database: Database, clock: Clock) -> int:
        while await database.run(lambda tx: tx.recipients.settle(SETTLED_AT_ONCE)) == SETTLED_AT_ONCE:
            pass
        sent = 0
        for number in await database.read(lambda tx: tx.announcements.at_work()):
            sent += await _go_on(database, announcer, number, clock.now())
        return sent

    def forget(tx: Transaction, now: datetime) -> int:
        # Whoever got it is not known any more, so nobody could read it; the next tick that looks after files removes it.
        tx.files.let_go_of_announced(now - KNOWN)
        return tx.recipients.forget(now - KNOWN) + tx.recipients.forget_results(now - unconsented)

    return Errand("announce", OFTEN, announce), Chore("forget_announced", DAILY, forget)


async def _go_on(database: Database, announcer: Announcer, number: int, now: datetime) -> int:
    while await database.run(partial(announcer.list_more, announcement_id=number)):
        pass
    tried: set[int] = set()
    while True:
        due = await database.read(partial(_due, announcement_id=number, now=now))
        left = [recipient for recipient in due if recipient not in tried]
        if not left:
            break
        tried.update(left)
        await for_each(left, partial(_queue, database, announcer, number, now))
    await database.run(partial(announcer.finish, announcement_id=number, now=now))
    return len(tried)


def _due(tx: Transaction, announcement_id: int, now: datetime) -> tuple[int, ...]:
    room = UNDER_WAY - tx.recipients.under_way(announcement_id)
    return tx.recipients.due(announcement_id, now, room) if room > 0 else ()


async def _queue(
    database: Database, announcer: Announcer, number: int, now: datetime, recipient: int
) -> None:
    try:
        await database.run(
            lambda tx: announcer.queue(tx, recipient=recipient, announcement_id=number, now=now)
        )
    except NotFound:
        return
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001 -- one message that cannot be made must not stop the others
        _log.error("not announced", recipient=recipient, error=type(error).__name__)
        await database.run(lambda tx: tx.recipients.end(recipient, RecipientState.FAILED))
