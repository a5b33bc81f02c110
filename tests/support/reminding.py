"""The clockwork of reminders with a clock driven by hand, and a renderer that says what it was asked to say."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any, TypeVar

from domain.clock import SHANGHAI, FixedClock
from domain.eligibility.receipts import make_receipt
from domain.facts.reading import read_facts
from domain.organisations import Organisation
from domain.programme.archive import archive
from domain.programme.loader import LoadedProgramme, Programmes
from domain.programme.model import Programme
from domain.reminders.kinds import Kinds
from domain.reminders.model import DueReminder, Preferences, Situation
from domain.reminders.tools import Tools
from domain.rounds import Bilingual, Round, Terms, announce, cancel, change, open_round
from domain.store import Chat, ClaimedDelivery, Database, Lane, Transaction
from scheduler.planning import Planner, replanning
from scheduler.reminding import Speaker, reminding
from scheduler.taking_back import taking_back
from tests.support.programmes import examiner, programmes

T = TypeVar("T")

LEASE = timedelta(seconds=15)
ROOM: dict[Lane, int] = {"reply": 1000, "reminder": 1000, "broadcast": 1000}

HANGZHOU = "hangzhou-quality-award"
ZHENGZHOU = "zhengzhou-incubation-base"


@cache
def tools() -> Tools:
    """The built-in programmes and kinds."""
    built_in = programmes()
    return Tools(Kinds.load(), built_in, built_in.vocabulary, examiner())


def tools_with(changed: Programme) -> Tools:
    """The same with another text of one programme."""
    before = tools()
    loaded = [
        LoadedProgramme(changed, archive(changed, before.vocabulary), one.folder)
        if one.programme.id == changed.id
        else one
        for versions in before.programmes.values()
        for one in versions
    ]
    return replace(before, programmes=Programmes(loaded, before.vocabulary))


def at(day: date, hour: int = 12, minute: int = 0) -> datetime:
    """An instant by the clocks of Shanghai."""
    return datetime.combine(day, time(hour, minute), tzinfo=SHANGHAI).astimezone(UTC)


class Listing:
    """Renders a reminder as the list of what it would say; fails for the keys it is told to fail for."""

    def __init__(self) -> None:
        self.fails: Callable[[str], bool] = lambda _: False

    def card(self, due: DueReminder, situation: Situation, language: str) -> str:
        """One reminder."""
        return json.dumps({"card": f"r{due.id}", "language": language, "says": [self._line(due, situation)]})

    def digest(self, due: Sequence[DueReminder], situation: Situation, language: str) -> str:
        """Several reminders."""
        lines = [self._line(one, situation) for one in due]
        return json.dumps({"card": f"g{due[0].id}", "language": language, "says": lines})

    def _line(self, due: DueReminder, situation: Situation) -> dict[str, Any]:
        if self.fails(due.reminder.key):
            raise RuntimeError("told to fail")
        moved = due.reminder.moved_from
        return {
            "key": due.reminder.key,
            "due": due.reminder.due.isoformat(),
            "on": situation.as_of.isoformat(),
            "late": due.late_days,
            "told_before": due.told_before,
            "moved_from": None if moved is None else moved.isoformat(),
            "called_off": due.reminder.called_off,
        }


@dataclass
class Clockwork:
    """One process: plans and says when it ticks."""

    database: Database
    clock: FixedClock
    tools: Tools = field(default_factory=tools)

    def __post_init__(self) -> None:
        self.renderer = Listing()
        self.planner = Planner(self.tools)
        self.speaker = Speaker(self.planner, self.renderer)
        self.replan = replanning(self.planner)
        self.remind, self.forget = reminding(self.speaker)
        self.take_back = taking_back()
        self.reachable = True

    async def tick(self) -> None:
        """Plan for whoever is marked, take back what may not be sent any more, say what is due, and carry it."""
        await self.replan.run(self.database, self.clock)
        await self.take_back.run(self.database, self.clock)
        await self.remind.run(self.database, self.clock)
        if self.reachable:
            await self.carry()

    async def carry(self) -> None:
        """Send what may be sent now; each keeps the instant at which it arrived."""

        def claim(tx: Transaction, now: datetime) -> tuple[ClaimedDelivery, ...]:
            return tx.deliveries.claim("telegram", now, LEASE, ROOM).deliveries

        def arrived(tx: Transaction, now: datetime) -> None:
            for one in claimed:
                tx.deliveries.sent(one.outbox_id, one.fence, now.isoformat())

        while claimed := await self.do(claim):
            await self.do(arrived)

    async def until(self, day: date, every: timedelta = timedelta(hours=6)) -> None:
        """Tick through the days up to noon of one."""
        end = at(day)
        while self.clock.now() < end:
            await self.tick()
            self.clock.set(min(self.clock.now() + every, end))
        await self.tick()

    async def do(self, work: Callable[[Transaction, datetime], T]) -> T:
        """Something happens now, in one transaction."""
        return await self.database.run(lambda tx: work(tx, self.clock.now()))

    # What people and officers do

    async def somebody(self, name: str = "1", *, consent: bool = True, channel: str = "telegram") -> Chat:
        """Somebody in a chat."""

        def begin(tx: Transaction, now: datetime) -> Chat:
            chat = tx.chats.open(channel, name, "zh_CN", now)
            if consent:
                tx.people.set_consent(chat.person_id, "given", now)
                organisation = tx.organisations.create(Organisation(name="青禾精密"))
                tx.people.set_organisation(chat.person_id, organisation)
            return chat

        return await self.do(begin)

    async def asks_for(self, chat: Chat, programme: str, wanted: bool | None = True) -> None:
        """Hear of a programme, or not."""
        await self.do(lambda tx, now: tx.reminder_preferences.subscribe(chat.id, programme, wanted, now))

    async def prefers(self, chat: Chat, **changes: Any) -> None:
        """Change how to be reminded."""

        def save(tx: Transaction, now: datetime) -> None:
            wanted: Preferences = replace(tx.reminder_preferences.get(chat.id), **changes)
            tx.reminder_preferences.save(chat.id, wanted, now)

        await self.do(save)

    async def states(self, chat: Chat, facts: Mapping[str, Any]) -> None:
        """State facts about the organisation."""

        def record(tx: Transaction, now: datetime) -> None:
            organisation = tx.people.get(chat.person_id).organisation_id
            assert organisation is not None
            for fact, value in facts.items():
                tx.facts.record(organisation, fact, value, now, "self_stated", f"person:{chat.person_id}")
            tx.replanning.of_organisation(organisation, "facts", now)

        await self.do(record)

    async def checks(self, chat: Chat, programme: str, facts: Mapping[str, Any] | None = None) -> str:
        """State facts and do a self-check; gives the verdict."""
        await self.states(chat, facts or {})

        def check(tx: Transaction, now: datetime) -> str:
            situation = self.planner.situation(tx, tx.chats.get(chat.id), now)
            loaded = self.tools.programmes.on(programme, situation.as_of)
            evaluation = self.tools.examiner.examination(loaded.programme, situation.as_of).evaluate(
                situation.values
            )
            receipt = make_receipt(evaluation, loaded.content_hash)
            tx.receipts.add(
                chat_id=chat.id,
                organisation_id=tx.people.get(chat.person_id).organisation_id,
                programme=programme,
                version=receipt.version,
                content_hash=receipt.content_hash,
                as_of=receipt.as_of,
                verdict=receipt.verdict,
                receipt_json=receipt.to_json(),
                created_at=now,
            )
            tx.replanning.mark(chat.id, "check", now)
            return receipt.verdict

        return await self.do(check)

    async def announces(
        self, closes: date, *, opens: date | None = None, programme: str = HANGZHOU, district: str = ""
    ) -> Round:
        """An officer opens and announces a round."""
        terms = Terms(
            name=Bilingual("一批"),
            opens=opens,
            closes_safe=closes,
            hand_in=Bilingual("市局"),
            contact=Bilingual("质量科"),
        )

        def carry_out(tx: Transaction, now: datetime) -> Round:
            draft = tx.rounds.carry_out(open_round(programme, district, terms, "新一批"), None, now)
            told = tx.rounds.carry_out(announce(draft, "通知", self.clock.today()), None, now)
            tx.replanning.all_of_programme(programme, "round", now)
            return told

        return await self.do(carry_out)

    async def moves(self, round_: Round, closes: date) -> Round:
        """An officer moves the closing day."""

        def carry_out(tx: Transaction, now: datetime) -> Round:
            later = replace(round_.terms, closes_safe=closes)
            moved = tx.rounds.carry_out(change(round_, later, "调整", self.clock.today()), None, now)
            tx.replanning.all_of_programme(round_.programme, "round", now)
            return moved

        return await self.do(carry_out)

    async def calls_off(self, round_: Round) -> Round:
        """An officer cancels a round."""

        def carry_out(tx: Transaction, now: datetime) -> Round:
            ended = tx.rounds.carry_out(cancel(round_, "取消"), None, now)
            tx.replanning.all_of_programme(round_.programme, "round", now)
            return ended

        return await self.do(carry_out)

    # What is seen

    async def messages(self, chat: Chat) -> list[dict[str, Any]]:
        """Every reminder message that arrived in a chat, or stands there to be read."""
        return [json.loads(text) for text, _ in await self.arrived(chat)]

    async def arrived(self, chat: Chat) -> list[tuple[str, datetime]]:
        """The same as they are kept, each with the instant at which it arrived, in the order of their numbers."""

        def look(tx: Transaction) -> list[tuple[str, datetime]]:
            found = []
            for row in tx.outbox.all(chat.id):
                way = tx.deliveries.get(row.id)
                if row.lane != "reminder" or (way is not None and way.state != "sent"):
                    continue
                at = row.created_at if way is None else datetime.fromisoformat(way.message_ref)
                found.append((row.message_json, at))
            return found

        return await self.database.read(look)

    async def queued(self, chat: Chat) -> int:
        """How many reminder messages are on their way to a chat."""

        def look(tx: Transaction) -> int:
            ways = [tx.deliveries.get(row.id) for row in tx.outbox.all(chat.id) if row.lane == "reminder"]
            return sum(way is not None and way.state in {"waiting", "sending"} for way in ways)

        return await self.database.read(look)

    async def said(self, chat: Chat) -> list[dict[str, Any]]:
        """Everything that was said, message by message."""
        return [line for message in await self.messages(chat) for line in message["says"]]

    async def keys(self, chat: Chat) -> list[str]:
        """The keys of everything that was said."""
        return [line["key"] for line in await self.said(chat)]

    async def states_of(self, chat: Chat) -> dict[str, str]:
        """The state of every reminder kept, with the reason where there is one."""
        kept = await self.database.read(lambda tx: tx.reminders.of_chat(chat.id))
        return {one.reminder.key: f"{one.state} {one.reason}".strip() for one in kept}


def facts_of(plain: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as a facts file states them, typed."""
    return read_facts(plain, tools().vocabulary)
