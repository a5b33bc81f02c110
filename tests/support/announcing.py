"""Announcements in tests: people who would hear of one, an officer who sends it, and a clockwork that is driven by hand."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from dialogs.announcement_acts import act_on_announcement, write_announcement
from dialogs.staff_commands import ActOnAnnouncement, WriteAnnouncement
from domain.announcements import Announcement, AnnouncementAct, Audience, Texts
from domain.clock import FixedClock
from domain.organisations import Organisation
from domain.rounds import Bilingual
from domain.staff import OPERATOR, Actor
from domain.store import Chat, ClaimedDelivery, Database, Lane, StoredFile, Transaction
from scheduler.announcing import Announcer, announcing
from scheduler.taking_back import taking_back
from tests.support.programmes import examiner
from tests.support.reminding import HANGZHOU

T = TypeVar("T")

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
"""A working Friday in Shanghai, outside anybody's quiet hours."""

TEXTS = Texts(Bilingual("培训通知", "Training"), Bilingual("三月开班。", "It begins in March."))
AUDIENCE = Audience(programme=HANGZHOU)
LEASE = timedelta(seconds=15)
UNCONSENTED = timedelta(days=3)


class Plain:
    """Renders an announcement as its number and title in the language asked for."""

    def __init__(self) -> None:
        self.fails = False

    def card(
        self,
        announcement: Announcement,
        corrected: Announcement | None,
        file: StoredFile | None,
        language: str,
        now: datetime,
    ) -> str:
        """The message."""
        if self.fails:
            raise RuntimeError("told to fail")
        of = None if corrected is None else corrected.id
        title = announcement.texts.title.text(language)
        return json.dumps(
            {
                "announcement": announcement.id,
                "title": title,
                "corrects": of,
                "file": None if file is None else file.name,
                "at": now.isoformat(),
            }
        )


@dataclass
class Office:
    """One process that sends announcements when it ticks."""

    database: Database
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOON))

    def __post_init__(self) -> None:
        self.renderer = Plain()
        self.announcer = Announcer(self.renderer, examiner().calendar)
        self.errand, self.forget = announcing(self.announcer, UNCONSENTED)
        self.take_back = taking_back()

    async def tick(self) -> None:
        """Take back what waited too long, then see to whatever is to be sent."""
        await self.take_back.run(self.database, self.clock)
        await self.errand.run(self.database, self.clock)

    async def do(self, work: Callable[[Transaction, datetime], T]) -> T:
        """Something happens now, in one transaction."""
        return await self.database.run(lambda tx: work(tx, self.clock.now()))

    # People

    async def crowd(self, number: int, *, channel: str = "telegram", programme: str = HANGZHOU) -> list[Chat]:
        """People who asked to hear of a programme."""

        def come(tx: Transaction, now: datetime) -> list[Chat]:
            chats = [tx.chats.open(channel, f"{programme}-{one}", "zh_CN", now) for one in range(number)]
            for chat in chats:
                tx.reminder_preferences.subscribe(chat.id, programme, wanted=True, now=now)
            return chats

        return await self.do(come)

    async def lives_in(self, chat: Chat, district: str) -> None:
        """The organisation somebody speaks for is registered there."""

        def say(tx: Transaction, now: datetime) -> None:
            tx.people.set_consent(chat.person_id, "given", now)
            organisation = tx.organisations.create(Organisation(name="青禾精密", district=district))
            tx.people.set_organisation(chat.person_id, organisation)

        await self.do(say)

    async def checked(self, chat: Chat, verdict: str, programme: str = HANGZHOU) -> None:
        """A self-check of somebody ended so."""

        def check(tx: Transaction, now: datetime) -> None:
            tx.receipts.add(
                chat_id=chat.id,
                organisation_id=None,
                programme=programme,
                version="1",
                content_hash="0" * 64,
                as_of=date(2026, 11, 20),
                verdict=verdict,
                receipt_json="{}",
                created_at=now,
            )

        await self.do(check)

    # What officers do

    async def writes(
        self,
        audience: Audience = AUDIENCE,
        texts: Texts = TEXTS,
        *,
        actor: Actor = OPERATOR,
        send: bool = True,
    ) -> Announcement:
        """Write an announcement, and send it."""
        command = WriteAnnouncement(texts, audience, send)
        return await self.do(lambda tx, now: write_announcement(tx, actor, command, now))

    async def does(self, announcement: int, act: AnnouncementAct, actor: Actor = OPERATOR) -> Announcement:
        """Act on an announcement as it is now."""

        def carry_out(tx: Transaction, now: datetime) -> Announcement:
            known = tx.announcements.get(announcement)
            assert known is not None
            return act_on_announcement(tx, actor, ActOnAnnouncement(known.id, known.revision, act), now)

        return await self.do(carry_out)

    # What the courier does

    async def claims(self, most: int) -> tuple[ClaimedDelivery, ...]:
        """Begin to send some."""
        room: dict[Lane, int] = {"reply": most, "reminder": most, "broadcast": most}
        claimed = await self.do(lambda tx, now: tx.deliveries.claim("telegram", now, LEASE, room))
        return claimed.deliveries

    async def sends(self, claimed: tuple[ClaimedDelivery, ...]) -> None:
        """They arrived."""

        def arrive(tx: Transaction, _now: datetime) -> None:
            for one in claimed:
                tx.deliveries.sent(one.outbox_id, one.fence, f"m{one.outbox_id}")

        await self.do(arrive)

    async def carries_all(self, ticks: int = 20) -> None:
        """Tick and send until nothing is left."""
        for _ in range(ticks):
            await self.tick()
            while claimed := await self.claims(50):
                await self.sends(claimed)
        await self.tick()

    # What is seen

    async def state(self, announcement: int) -> Announcement:
        """The announcement as it is kept."""
        found = await self.database.read(lambda tx: tx.announcements.get(announcement))
        assert found is not None
        return found

    async def figures(self, announcement: int) -> dict[str, int]:
        """How many are how far; nothing of what is nobody."""
        progress = await self.database.read(lambda tx: tx.recipients.progress(announcement))
        return {name: number for name, number in progress.figures.items() if number}

    async def messages(self, announcement: int, chats: list[Chat]) -> Counter[int]:
        """How many messages of an announcement are in the outbox of each of these chats, where there are any."""

        def look(tx: Transaction) -> Counter[int]:
            told = {
                chat.id: [json.loads(row.message_json) for row in tx.outbox.all(chat.id)] for chat in chats
            }
            return +Counter(
                {
                    chat: sum(one["announcement"] == announcement for one in rows)
                    for chat, rows in told.items()
                }
            )

        return await self.database.read(look)
