"""What is known of visits is what is stored: whoever writes, whatever is undone, and nothing stays of whom was erased."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from domain.organisations import Organisation
from domain.store import Database, Living, StoredAnswer, StoreError, Transaction, Visit
from domain.store.records import Json
from domain.store.statements import SqlSession
from domain.store.visits import KEPT, Visits
from tests.support.database import open_database
from tests.support.size import size

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
PLACES = ("1", "2", "3", "4")
VALUES: list[Json] = [1, "x", ["a"], {"b": None}]


@pytest.fixture
async def ours(tmp_path: Path) -> AsyncIterator[Database]:
    async with await open_database(tmp_path) as opened:
        yield opened


@pytest.fixture
async def theirs(ours: Database, tmp_path: Path) -> AsyncIterator[Database]:
    async with await open_database(tmp_path) as opened:
        yield opened


def known(tx: Transaction) -> Visits:
    visits = tx.context.sql.visits
    assert visits is not None
    return visits


def look(tx: Transaction, place: str) -> Visit:
    return tx.chats.visit_at("telegram", place, "en", NOW)


def stored(tx: Transaction, place: str) -> Visit:
    """What is really there."""
    sql = cast(Any, tx.context.sql)
    visits, sql.visits = sql.visits, None
    try:
        return look(tx, place)
    finally:
        sql.visits = visits


class Told(Exception):  # noqa: N818
    """Told to fail."""


class Changes:
    """Changes of whatever a visit shows, drawn by chance."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._now = NOW

    def one(self, tx: Transaction) -> None:
        """Look at somebody, change something about them, and look again."""
        place = self._chance.choice(PLACES)
        visit = look(tx, place)
        assert visit == stored(tx, place)
        self._now += timedelta(seconds=1)
        change = self._chance.choice(
            [self._answer] * 6
            + [self._living] * 3
            + [self._begin, self._way, self._chat, self._person] * 2
            + [self._erase]
        )
        change(tx, visit)
        for other in PLACES:
            if self._chance.random() < 0.4:
                assert look(tx, other) == stored(tx, other)
                assert look(tx, other) == stored(tx, other)

    def _answer(self, tx: Transaction, visit: Visit) -> None:
        stands = visit.conversation
        if stands is None:
            self._begin(tx, visit)
            return
        answer = StoredAnswer(str(len(stands.answers)), self._chance.choice(VALUES), "said", self._now)
        renewed = replace(stands, answers=(*stands.answers, answer), updated_at=self._now)
        match self._chance.randrange(4):
            case 0:
                tx.conversations.save(replace(renewed, subject={"about": "it"}, version=2), stands.revision)
            case 1:
                # Whatever else it says is not stored, and must not be believed.
                tx.conversations.save_answers(
                    replace(renewed, dialog="other", subject={"no": 1}), stands.revision
                )
            case _:
                tx.conversations.save_answers(renewed, stands.revision)

    def _living(self, tx: Transaction, visit: Visit) -> None:
        number = self._chance.randrange(9)
        match self._chance.randrange(3):
            case 0:
                tx.chats.set_living(visit.chat.id, self._chance.choice([None, Living(7, f"{number}@1")]))
            case 1:
                tx.chats.set_living(visit.chat.id, Living(7, f"{number}@1", number))
            case _:
                tx.chats.heard(visit.chat.id, number)

    def _begin(self, tx: Transaction, visit: Visit) -> None:
        tx.conversations.start(visit.chat.id, "menu", 1, {"greet": True}, self._now)

    def _way(self, tx: Transaction, visit: Visit) -> None:
        parked = tx.conversations.parked(visit.chat.id)
        stands = visit.conversation
        match self._chance.randrange(4):
            case 0 if parked:
                tx.conversations.resume(self._chance.choice(parked).id)
            case 1 if stands is not None:
                tx.conversations.park(stands.id)
            case 2 if stands is not None:
                tx.conversations.end(stands.id)
            case _:
                tx.conversations.touch(visit.chat.id, self._now)

    def _chat(self, tx: Transaction, visit: Visit) -> None:
        match self._chance.randrange(4):
            case 0:
                tx.chats.set_language(visit.chat.id, self._chance.choice(["en", "zh_CN"]))
            case 1:
                tx.chats.block(visit.chat.id, self._now)
            case 2:
                tx.chats.revive(visit.chat.id)
            case _:
                tx.chats.migrate(visit.chat.id, self._chance.choice([*PLACES, "9"]))

    def _person(self, tx: Transaction, visit: Visit) -> None:
        person = visit.person
        if person.consent != "given":
            tx.people.set_consent(person.id, "given", self._now)
            return
        match self._chance.randrange(4):
            case 0:
                tx.people.set_consent(person.id, "refused", self._now)
            case 1 if person.organisation_id is None:
                tx.people.set_organisation(person.id, tx.organisations.create(Organisation(name="云帆")))
            case 2:
                tx.people.set_organisation(person.id, None)
            case _:
                tx.people.set_contact(person.id, name="林小雨", phone=None, email=None)

    def _erase(self, tx: Transaction, visit: Visit) -> None:
        if self._chance.random() < 0.5:
            tx.privacy.erase(visit.person.id)
            assert len(known(tx)) == 0
        else:
            tx.privacy.purge_unconsented(self._now - timedelta(seconds=30))


@pytest.mark.parametrize("seed", range(size(12, 300)))
async def test_what_is_known_is_what_is_stored(ours: Database, theirs: Database, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    changes = Changes(chance)

    def several(tx: Transaction) -> None:
        for _ in range(chance.randrange(1, 4)):
            if chance.random() < 0.3:
                tx.alone(failing if chance.random() < 0.5 else changes.one)
            changes.one(tx)

    def failing(tx: Transaction) -> None:
        changes.one(tx)
        raise Told

    for _ in range(60):
        match chance.randrange(5):
            case 0:
                await theirs.run(several)
            case 1:
                with pytest.raises(Told):
                    await ours.run(failing)
            case _:
                await ours.run(several)
        for place in PLACES:
            there = await ours.run(lambda tx, place=place: look(tx, place))  # type: ignore[misc]
            assert there == await ours.run(lambda tx, place=place: stored(tx, place))  # type: ignore[misc]


async def test_who_comes_again_is_not_read_again(ours: Database) -> None:
    first = await ours.run(lambda tx: look(tx, "1"))
    assert await ours.run(lambda tx: look(tx, "1")) == first

    def asked(tx: Transaction) -> list[str]:
        texts: list[str] = []
        sql = cast(Any, tx.context.sql)
        execute = sql._execute

        def noting(text: str, *values: Any) -> Any:
            texts.append(text)
            return execute(text, *values)

        sql._execute = noting
        visit = look(tx, "1")
        tx.conversations.start(visit.chat.id, "menu", 1, {}, NOW)
        begun = look(tx, "1").conversation
        assert begun is not None
        texts.clear()
        saved = tx.conversations.save_answers(replace(begun, answers=(StoredAnswer("a", 1, "", NOW),)), 0)
        assert look(tx, "1").conversation is saved
        return texts

    assert [text.split()[0] for text in await ours.run(asked)] == ["UPDATE"]


async def test_what_another_process_wrote_is_seen_at_once(ours: Database, theirs: Database) -> None:
    visit = await ours.run(lambda tx: look(tx, "1"))
    await theirs.run(lambda tx: tx.chats.set_language(visit.chat.id, "zh_CN"))
    assert (await ours.run(lambda tx: look(tx, "1"))).chat.language == "zh_CN"


async def test_nobody_stays_known_who_was_erased_or_took_their_consent_back(ours: Database) -> None:
    async def how_many(work: Callable[[Transaction, Visit], Any]) -> int:
        await ours.run(lambda tx: look(tx, "2"))
        visit = await ours.run(lambda tx: look(tx, "1"))
        await ours.run(lambda tx: work(tx, visit))
        return await ours.run(lambda tx: len(known(tx)))

    assert await how_many(lambda tx, visit: tx.people.set_consent(visit.person.id, "given", NOW)) == 1
    assert await how_many(lambda tx, visit: tx.people.set_consent(visit.person.id, "refused", NOW)) == 0
    assert await how_many(lambda tx, visit: tx.privacy.erase(visit.person.id)) == 0


async def test_no_more_chats_are_known_than_there_is_room_for(ours: Database) -> None:
    def many(tx: Transaction) -> int:
        for number in range(KEPT + 20):
            look(tx, f"a{number}")
            look(tx, "a0")
        return len(known(tx))

    assert await ours.run(many) == KEPT
    await ours.run(lambda tx: look(tx, "a0") == stored(tx, "a0"))


async def test_readers_know_nothing_by_heart(ours: Database) -> None:
    def visits(tx: Transaction) -> Visits | None:
        sql: SqlSession = tx.context.sql
        return sql.visits

    assert await ours.read(visits) is None


async def test_after_a_stale_save_the_visit_is_read_anew(ours: Database) -> None:
    def stale(tx: Transaction) -> None:
        visit = look(tx, "1")
        begun = tx.conversations.start(visit.chat.id, "menu", 1, {}, NOW)
        look(tx, "1")
        try:
            tx.conversations.save_answers(replace(begun, version=9), 5)
        except StoreError:
            assert look(tx, "1") == stored(tx, "1")
            raise

    with pytest.raises(StoreError):
        await ours.run(stale)
    assert await ours.run(lambda tx: look(tx, "1") == stored(tx, "1"))
