"""Announcements as they are kept: who is listed, that nobody is listed twice, and that numbers outlive the people."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dialogs.announcement_acts import act_on_announcement, write_announcement
from dialogs.staff_commands import ActOnAnnouncement, WriteAnnouncement
from domain.announcements import AnnouncementAct, AnnouncementState, Audience, Looked, RecipientState
from domain.programme.parts import Verdict
from domain.staff import OPERATOR, Grant, Role, Scope
from domain.store import Database, StaleRevision, Transaction
from domain.store.context import Context
from domain.store.repositories import announcement_audiences, announcement_candidates, announcement_recipients
from domain.store.statements import Statement
from scheduler.announcing import KNOWN
from tests.store.conftest import NOW
from tests.support.announcing import AUDIENCE, TEXTS, UNCONSENTED, Office
from tests.support.database import open_database
from tests.support.reminding import HANGZHOU, ZHENGZHOU


@pytest.fixture
async def office(database: Database) -> Office:
    return Office(database)


async def listed(office: Office, audience: Audience) -> list[int]:
    """The chats an announcement to an audience is for, found by sending it."""
    sent = await office.writes(audience)

    def look(tx: Transaction, _now: datetime) -> list[int]:
        while office.announcer.list_more(tx, sent.id):
            pass
        return [chat for chat in range(1, 60) if sent.id in dict(tx.recipients.of_chat(chat))]

    found = await office.do(look)
    assert len(found) == await office.database.read(lambda tx: tx.audiences.count(audience))
    return found


async def test_an_announcement_is_kept_as_it_was_written(office: Office) -> None:
    chats = await office.crowd(1)
    member = await office.do(
        lambda tx, now: tx.staff.add(chats[0].person_id, Grant(Role.CITY_OFFICER), now, None)
    )
    actor = await office.database.read(lambda tx: tx.staff.actor(chats[0].person_id))
    audience = Audience(programme=HANGZHOU, district="西湖区", verdict=Verdict.OBSTACLE_FOUND)
    kept = await office.writes(audience, actor=actor, send=False)
    assert kept.created_by == member
    assert await office.state(kept.id) == kept
    assert await office.database.read(lambda tx: tx.announcements.all()) == (kept,)
    assert await office.database.read(lambda tx: tx.announcements.get(kept.id + 1)) is None


async def test_nobody_acts_over_somebody_elses_act(office: Office) -> None:
    await office.crowd(1)
    sent = await office.writes()
    seen = ActOnAnnouncement(sent.id, sent.revision, AnnouncementAct.PAUSE)
    await office.do(lambda tx, now: act_on_announcement(tx, OPERATOR, seen, now))
    with pytest.raises(StaleRevision):
        await office.do(lambda tx, now: act_on_announcement(tx, OPERATOR, seen, now))
    with pytest.raises(StaleRevision):
        await office.do(
            lambda tx, _now: tx.announcements.save(replace(sent, state=AnnouncementState.WITHDRAWN))
        )


async def test_whom_it_concerns_is_listed_and_nobody_else(office: Office) -> None:
    asked, checked, refused, blocked, stopped, moved, unasked = await office.crowd(7)
    stranger, *_ = await office.crowd(1, programme=ZHENGZHOU)

    def prepare(tx: Transaction, now: datetime) -> None:
        for one in (checked, refused, unasked):
            tx.reminder_preferences.subscribe(one.id, HANGZHOU, wanted=None, now=now)
        for one in (checked, refused):
            tx.people.set_consent(one.person_id, "given", now)
        tx.reminder_preferences.subscribe(refused.id, HANGZHOU, wanted=False, now=now)
        tx.chats.block(blocked.id, now)
        tx.announcements.stop(stopped.id, HANGZHOU)
        tx.chats.open("telegram", "elsewhere", "en", now)
        tx.chats.migrate(moved.id, "elsewhere")

    await office.do(prepare)
    await office.checked(checked, "obstacle_found")
    await office.checked(refused, "obstacle_found")
    # Who did not consent was promised that what they say serves the conversation only.
    await office.checked(unasked, "obstacle_found")
    assert await listed(office, AUDIENCE) == [asked.id, checked.id]
    assert await listed(office, Audience()) == [asked.id, checked.id, stranger.id]


async def test_districts_and_the_latest_results_decide(office: Office) -> None:
    here, there, unknown = await office.crowd(3)
    await office.lives_in(here, "西湖区")
    await office.lives_in(there, "滨江区")
    await office.checked(here, "obstacle_found")
    await office.checked(here, "no_obstacle_found")
    await office.checked(there, "obstacle_found")
    assert await listed(office, replace(AUDIENCE, district="西湖区")) == [here.id]
    assert await listed(office, replace(AUDIENCE, verdict=Verdict.NO_OBSTACLE_FOUND)) == [here.id]
    assert await listed(office, replace(AUDIENCE, verdict=Verdict.OBSTACLE_FOUND)) == [there.id]
    assert await office.database.read(lambda tx: tx.audiences.count(AUDIENCE)) == 3
    assert unknown.id


async def test_staff_are_listed_by_the_role_they_hold_now(office: Office) -> None:
    expert, former, elsewhere, _ = await office.crowd(4, programme=ZHENGZHOU)

    def appoint(tx: Transaction, now: datetime) -> None:
        tx.staff.add(expert.person_id, Grant(Role.EXPERT, Scope(HANGZHOU, "西湖区")), now, None)
        tx.staff.add(expert.person_id, Grant(Role.EXPERT), now, None)
        number = tx.staff.add(former.person_id, Grant(Role.EXPERT), now, None)
        tx.staff.revoke(number, now, None)
        tx.staff.add(elsewhere.person_id, Grant(Role.EXPERT, Scope(HANGZHOU, "滨江区")), now, None)

    await office.do(appoint)
    assert await listed(office, Audience(programme=HANGZHOU, role=Role.EXPERT)) == [expert.id, elsewhere.id]
    in_district = Audience(programme=HANGZHOU, role=Role.EXPERT, district="西湖区")
    assert await listed(office, in_district) == [expert.id]


async def test_listing_goes_on_where_it_stood(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announcement_candidates, "PORTION", 3)
    chats = await office.crowd(8)
    sent = await office.writes()
    ticks = [await office.do(lambda tx, _now: office.announcer.list_more(tx, sent.id)) for _ in range(4)]
    assert ticks == [True, True, False, False]
    assert (await office.figures(sent.id)) == {"waiting": len(chats)}
    assert (await office.state(sent.id)).gathered


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """From which chat on each portion was looked at; a portion is two people."""
    monkeypatch.setattr(announcement_candidates, "PORTION", 2)
    found: list[int] = []

    def portion(context: Context, audience: Audience, after: int) -> tuple[tuple[int, ...], int | None]:
        found.append(after)
        return announcement_candidates.portion_of(context, audience, after)

    monkeypatch.setattr(announcement_audiences, "portion_of", portion)
    return found


async def test_whether_there_is_anybody_is_known_from_the_first_portion_with_somebody(
    office: Office, looked: list[int]
) -> None:
    chats = await office.crowd(9)
    await office.lives_in(chats[4], "西湖区")

    async def portions(audience: Audience) -> tuple[bool, int]:
        looked.clear()
        empty = await office.database.read(lambda tx: tx.audiences.told_empty(audience))
        return not empty, len(looked)

    assert await portions(AUDIENCE) == (True, 1)
    assert await portions(replace(AUDIENCE, district="西湖区")) == (True, 3)
    assert await portions(replace(AUDIENCE, district="滨江区")) == (False, 5)
    looked.clear()
    await office.writes()
    assert len(looked) == 2  # Before it is kept, and before it is sent.


async def test_where_nobody_is_found_looking_ends_after_so_many_people_and_it_may_be_sent_all_the_same(
    office: Office, looked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcement_audiences, "GLANCE", 3)
    chats = await office.crowd(9)
    await office.lives_in(chats[8], "西湖区")
    there = replace(AUDIENCE, district="西湖区")
    assert await office.database.read(lambda tx: tx.audiences.glance(there)) == Looked(0, all_of_them=False)
    assert len(looked) == 3
    assert await office.database.read(lambda tx: tx.audiences.count(there)) == 1
    sent = await office.writes(there)
    await office.carries_all()
    assert await office.figures(sent.id) == {"delivered": 1}


async def test_one_sent_to_nobody_because_not_everybody_was_looked_at_ends_with_nobody(
    office: Office, looked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcement_audiences, "GLANCE", 1)
    await office.crowd(5)
    sent = await office.writes(replace(AUDIENCE, district="西湖区"))
    await office.carries_all()
    assert ((await office.state(sent.id)).state, await office.figures(sent.id)) == (
        AnnouncementState.SENT,
        {},
    )
    assert looked


async def test_two_processes_that_list_at_once_list_everybody_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcement_candidates, "PORTION", 2)
    chats = await office.crowd(9)
    sent = await office.writes()
    await asyncio.gather(
        *(office.do(lambda tx, _now: office.announcer.list_more(tx, sent.id)) for _ in range(8))
    )
    assert (await office.figures(sent.id)) == {"waiting": len(chats)}


async def test_who_is_erased_is_forgotten_and_the_numbers_stay(office: Office) -> None:
    erased, late, kept = await office.crowd(3)
    sent = await office.writes()
    await office.carries_all()
    second = await office.writes()
    await office.do(lambda tx, _now: office.announcer.list_more(tx, second.id))
    await office.do(lambda tx, _now: tx.announcements.stop(erased.id, "other"))
    await office.do(lambda tx, _now: tx.privacy.erase(erased.person_id))
    assert await office.database.read(lambda tx: tx.recipients.of_chat(erased.id)) == ()
    assert await office.database.read(lambda tx: tx.announcements.stopped(erased.id)) == frozenset()
    assert await office.figures(sent.id) == {"delivered": 3}
    assert await office.figures(second.id) == {"waiting": 2, "left_out": 1}
    await office.carries_all()
    assert await office.figures(second.id) == {"delivered": 2, "left_out": 1}
    assert (await office.messages(second.id, [erased, late, kept])) == {late.id: 1, kept.id: 1}


async def test_what_somebody_was_told_is_in_what_they_take_away(office: Office) -> None:
    (chat,) = await office.crowd(1)
    sent = await office.writes()
    await office.carries_all()
    await office.do(lambda tx, _now: tx.announcements.stop(chat.id, HANGZHOU))
    taken: Any = await office.database.read(lambda tx: tx.privacy.export(chat.person_id))
    assert taken["chats"][0]["announcements"] == {
        "meant_for": [{"announcement": sent.id, "state": "delivered"}],
        "stopped": [HANGZHOU],
    }


async def test_in_the_end_nobody_knows_to_whom_it_went(office: Office) -> None:
    (chat,) = await office.crowd(1)
    sent = await office.writes()
    await office.carries_all()
    ended = (await office.state(sent.id)).ended_at
    assert ended is not None
    assert await office.do(lambda tx, _now: office.forget.work(tx, ended + KNOWN)) == 0
    assert await office.do(lambda tx, _now: office.forget.work(tx, ended + KNOWN + timedelta(days=1))) == 1
    assert await office.database.read(lambda tx: tx.recipients.of_chat(chat.id)) == ()
    assert await office.figures(sent.id) == {"delivered": 1}


async def test_who_got_what_was_meant_for_a_result_is_forgotten_with_the_result(office: Office) -> None:
    withdrew, agreed = await office.crowd(2)
    for chat in (withdrew, agreed):
        await office.lives_in(chat, "西湖区")
        await office.checked(chat, "obstacle_found")
    for_all = await office.writes()
    sent = await office.writes(replace(AUDIENCE, verdict=Verdict.OBSTACLE_FOUND))
    await office.carries_all()
    await office.do(lambda tx, now: tx.people.set_consent(withdrew.person_id, "refused", now))
    later = office.clock.now() + UNCONSENTED
    assert await office.do(lambda tx, _now: office.forget.work(tx, later)) == 0
    assert await office.do(lambda tx, _now: office.forget.work(tx, later + timedelta(seconds=1))) == 1
    known = await office.database.read(
        lambda tx: [tx.recipients.of_chat(one.id) for one in (withdrew, agreed)]
    )
    assert known == [
        ((for_all.id, "delivered"),),
        ((for_all.id, "delivered"), (sent.id, "delivered")),
    ]
    assert await office.figures(sent.id) == {"delivered": 2}


async def test_a_chat_that_is_removed_takes_nothing_of_the_numbers(office: Office) -> None:
    (chat,) = await office.crowd(1, channel="web")
    sent = await office.writes()
    await office.tick()
    assert await office.figures(sent.id) == {"delivered": 1}
    later = NOW + timedelta(days=4000)
    await office.do(
        lambda tx, now: tx.reminder_preferences.subscribe(chat.id, HANGZHOU, wanted=None, now=now)
    )
    assert await office.do(lambda tx, _now: tx.privacy.purge_unconsented(later))
    assert await office.figures(sent.id) == {"delivered": 1}


async def test_every_state_of_a_recipient_can_be_kept(office: Office) -> None:
    chats = await office.crowd(len(RecipientState))
    sent = await office.writes()
    await office.do(lambda tx, _now: office.announcer.list_more(tx, sent.id))
    due = await office.database.read(lambda tx: tx.recipients.due(sent.id, office.clock.now(), 100))

    def end_all(tx: Transaction, _now: datetime) -> list[bool]:
        return [tx.recipients.end(number, state) for number, state in zip(due, RecipientState, strict=True)]

    assert all(await office.do(end_all))
    progress = await office.database.read(lambda tx: tx.recipients.progress(sent.id))
    assert progress.by_state == dict.fromkeys(RecipientState, 1)
    assert progress.total == len(chats)


async def test_nothing_is_kept_of_what_is_refused(office: Office) -> None:
    command = WriteAnnouncement(TEXTS, AUDIENCE, send=True)

    def attempt(tx: Transaction, now: datetime) -> None:
        with pytest.raises(Exception, match="NOBODY"):
            write_announcement(tx, OPERATOR, command, now)

    await office.do(attempt)
    assert await office.database.read(lambda tx: tx.announcements.all()) == ()


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (announcement_recipients._DUE, "to_queue (announcement_id=? AND due_at<?)"),
        (announcement_recipients._PUT_OFF_TOO_FAR, "to_queue (announcement_id=? AND due_at>?)"),
        (announcement_recipients._LOST, "to_queue (announcement_id=?)"),
        (announcement_recipients._ANY_WAITING, "to_queue (announcement_id=?)"),
        (announcement_recipients._UNDER_WAY, "on_its_way (announcement_id=?)"),
        (announcement_recipients._COUNT_UNDER_WAY, "on_its_way (announcement_id=?)"),
        (announcement_recipients._SETTLED, "USING INDEX ix_announcement_recipients_on_its_way"),
        (announcement_candidates._OF_PROGRAMME, "ix_receipts_programme_chat_id (programme=? AND chat_id>?)"),
        (announcement_candidates._OF_ROLE, "ix_chats_person_id (person_id=?"),
    ],
)
async def test_a_tick_reads_what_is_waiting_or_on_its_way_and_nothing_else(
    tmp_path: Path, statement: Statement, index: str
) -> None:
    async with await open_database(tmp_path):
        pass
    text, parameters = statement.sqlite
    with closing(sqlite3.connect(tmp_path / "zhuoyue.sqlite3")) as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", [1] * len(parameters))]
    assert any(index in step for step in plan), plan
    tables = ("announcement_recipients", "receipts", "subscriptions", "chats")
    assert not [
        step
        for step in plan
        if step.split()[:2] in [["SCAN", table] for table in tables] and "INDEX" not in step
    ]
