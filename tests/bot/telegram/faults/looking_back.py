"""What is left when all is over: against what people did, replayed where nothing goes wrong."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final, Literal, get_args

from bot.assembly import open_house
from bot.settings import Settings
from bot.telegram.callback_data import Press, pack, unpack
from bot.telegram.notes import outgoing
from bot.telegram.reading import Identity
from bot.telegram.reception import CHANNEL, Reception
from dialogs.engine.screen import Link, Screen, ScreenMessage
from domain.clock import FixedClock
from domain.privacy import load_or_create
from domain.store import Database, DeliveryState, OutboxRow, StoredConversation, Transaction
from tests.bot.telegram.faults.crowd import Crowd
from tests.support.telegram_api import TelegramApi
from tests.support.telegram_api.answers import Json
from tests.support.telegram_api.updates import Lane, Update

STATES: Final = get_args(DeliveryState)
UNFINISHED: Final[tuple[Literal["waiting", "sending"], ...]] = ("waiting", "sending")


class Ledger:
    """Every update people gave rise to, in the order in which they did."""

    def __init__(self, api: TelegramApi) -> None:
        self.updates: list[Update] = []
        put = api.updates.put

        def entered(kind: str, payload: Json, lane: Lane, *seconds: float) -> Update | None:
            update = put(kind, payload, lane, *seconds)
            if update is not None:
                self.updates.append(update)
            return update

        setattr(api.updates, "put", entered)  # noqa: B010 - the method of this one object

    def of(self, person: int) -> list[Update]:
        """What one person did."""
        return [update for update in self.updates if update.lane[1] == person]


@dataclass(frozen=True)
class Kept:
    """One chat in the store: its messages, and its conversations with their answers."""

    rows: tuple[OutboxRow, ...]
    conversations: tuple[StoredConversation, ...]
    refs: Mapping[int, str]
    """By message of the outbox: the message of Telegram that shows it."""

    @classmethod
    def of(cls, tx: Transaction, person: int) -> Kept:
        chat = tx.chats.find(CHANNEL, str(person))
        assert chat is not None, f"{person} was never heard"
        found = sorted(tx.conversations.of_chat(chat.id), key=lambda one: one.id)
        rows = tx.outbox.all(chat.id)
        sent = {row.id: tx.deliveries.get(row.id) for row in rows}
        return cls(rows, tuple(found), {one: row.message_ref for one, row in sent.items() if row is not None})

    @property
    def times(self) -> list[datetime]:
        """When each screen was put."""
        messages = [(outgoing(row.message_json), row.created_at) for row in self.rows]
        return [at for message, at in messages if isinstance(message, ScreenMessage)]


@dataclass(frozen=True)
class Told:
    """What was said in one chat by both sides, without what differs from one run to the next."""

    answers: tuple[tuple[str, str], ...]
    screens: tuple[str, ...]
    last: str

    @classmethod
    def of(cls, kept: Kept) -> Told:
        messages = [outgoing(row.message_json) for row in kept.rows]
        screens = [message.screen for message in messages if isinstance(message, ScreenMessage)]
        return cls(
            tuple((answer.state, answer.said) for one in kept.conversations for answer in one.answers),
            tuple(_plain(screen) for screen in screens),
            screens[-1].state if screens else "",
        )


def _plain(screen: Screen) -> str:
    blocks = tuple(block for block in screen.blocks if not isinstance(block, Link))
    return screen.model_copy(update={"conversation": 0, "blocks": blocks}).model_dump_json()


@dataclass(frozen=True)
class Left:
    """What the store holds in the end."""

    chats: dict[int, Kept]
    updates: Counter[str]
    deliveries: Counter[str]


async def left(settings: Settings, people: list[int]) -> Left:
    """Look when no process runs."""

    def look(tx: Transaction) -> Left:
        chats = {person: Kept.of(tx, person) for person in people}
        updates = Counter(
            {state: len(tx.updates.list(state, 10_000)) for state in ("waiting", "done", "set_aside")}
        )
        deliveries = Counter({state: len(tx.deliveries.list(state, 1_000_000)) for state in STATES})
        return Left(chats, updates, deliveries)

    async with await Database.open(
        settings.database, master_key=load_or_create(settings.master_key_file)
    ) as database:
        return await database.read(look)


async def unfinished(settings: Settings) -> int:
    """How many messages and updates still wait."""

    def look(tx: Transaction) -> int:
        return len(tx.updates.list("waiting")) + sum(len(tx.deliveries.list(one)) for one in UNFINISHED)

    async with await Database.open(
        settings.database, master_key=load_or_create(settings.master_key_file)
    ) as database:
        return await database.read(look)


async def replayed(folder: Path, ledger: Ledger, api: TelegramApi, kept: dict[int, Kept]) -> dict[int, Told]:
    """The same people doing the same things, one after the other, where nothing goes wrong."""
    me = Identity(api.world.bot.id, api.username)
    clock = FixedClock(next(iter(kept.values())).rows[0].created_at)
    found: dict[int, Told] = {}
    async with open_house(Settings(data_dir=folder, _env_file=None), clock) as house:
        reception = Reception(house, me)
        for person, before in kept.items():
            updates, times = ledger.of(person), before.times
            # Each thing a person does is answered by one screen.
            assert len(updates) == len(times), (
                f"{person} did {len(updates)} things and was answered {len(times)} times"
            )
            numbers = [one.id for one in before.conversations]
            own: list[int] = []
            for update, at in zip(updates, times, strict=True):
                clock.set(at)
                text = _translated(update, numbers, own)
                own = await house.database.run(partial(_take, reception, text, person))
            found[person] = Told.of(await house.database.read(lambda tx: Kept.of(tx, person)))  # noqa: B023
    return found


def _take(reception: Reception, text: str, person: int, tx: Transaction) -> list[int]:
    """Handle one update; gives the numbers of the conversations there are then."""
    reception.take(tx, text)
    chat = tx.chats.find(CHANNEL, str(person))
    return [] if chat is None else sorted(one.id for one in tx.conversations.of_chat(chat.id))


def _translated(update: Update, numbers: list[int], own: list[int]) -> str:
    """The update as it would have been where conversations have other numbers."""
    told = update.json()
    query = told.get("callback_query") or {}
    button = unpack(query.get("data", ""))
    if isinstance(button, Press):
        place = numbers.index(button.conversation)
        data = pack(Press(own[place], button.revision, button.choice))
        told = {**told, "callback_query": {**query, "data": data}}
    return json.dumps(told, ensure_ascii=False)


def compare(crowd: Crowd, ledger: Ledger, found: Left, again: dict[int, Told]) -> tuple[int, int]:
    """Nothing lost, nothing twice, and every verdict is that of the answers; gives answers and screens compared."""
    answers = screens = 0
    for one in crowd.people:
        told, wanted = Told.of(found.chats[one.person.id]), again[one.person.id]
        assert told.answers == wanted.answers, f"person {one.number}"
        assert told.last == wanted.last
        assert told.screens == wanted.screens, _difference(one.number, told.screens, wanted.screens)
        answers += len(told.answers)
        screens += len(told.screens)
    assert found.updates["set_aside"] == found.updates["waiting"] == 0
    assert found.deliveries.total() == found.deliveries["sent"], found.deliveries
    return answers, screens


def _difference(person: int, had: tuple[str, ...], wanted: tuple[str, ...]) -> str:
    """The first place where what somebody saw is not what they should have seen, with a little around it."""
    number = next(index for index, (one, other) in enumerate(zip(had, wanted, strict=True)) if one != other)
    pairs = enumerate(zip(had[number], wanted[number], strict=False))
    place = next((index for index, (one, other) in pairs if one != other), 0)
    around = slice(max(place - 200, 0), place + 200)
    return f"person {person}, screen {number}:\n{had[number][around]}\nand not\n{wanted[number][around]}"


def look_back(
    settings: Settings, folder: Path, crowd: Crowd, ledger: Ledger, api: TelegramApi
) -> tuple[Left, str]:
    """Compare everything; gives what was found, and in words what was compared."""

    async def look() -> tuple[Left, dict[int, Told]]:
        found = await left(settings, [one.person.id for one in crowd.people])
        return found, await replayed(folder, ledger, api, found.chats)

    found, again = asyncio.run(look())
    answers, screens = compare(crowd, ledger, found, again)
    return found, (
        f"{len(crowd.people)} people, {len(ledger.updates)} updates, {crowd.checks} self-checks to their verdict; "
        f"{answers} answers and {screens} screens compared with an undisturbed run: 0 lost, 0 applied twice"
    )
