"""Reminders, preferences and marks as they are kept, on both back ends."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from domain.organisations import Organisation
from domain.reminders.model import Preferences, Reminder
from domain.store import Chat, Database, Transaction
from domain.store.instants import from_stored
from domain.store.repositories import preferences, reminders, replanning
from domain.store.statements import SqlSession, Statement
from tests.store.conftest import NOW
from tests.support.database import KEY, SynchronousDatabase, open_database

DUE = date(2025, 8, 1)
REMINDER = Reminder(
    key="window_closes:a-programme:2025-08-01:14",
    thread="window_closes:a-programme",
    kind="window_closes",
    programme="a-programme",
    subject={"round": 7, "names": ["一", "二"], "nested": {"yes": True}},
    due=DUE,
    outer=date(2025, 8, 31),
    paper_safe=DUE,
    provisional=True,
    clause="第五条",
    offset=14,
    send_on=date(2025, 7, 18),
    until=date(2025, 8, 31),
    urgent=True,
    moved_from=date(2025, 7, 1),
)


def another(key: str, thread: str = "window_closes:a-programme") -> Reminder:
    return replace(REMINDER, key=key, thread=thread)


async def test_a_reminder_is_kept_whole_and_once(database: Database, chat: Chat) -> None:
    assert await database.run(lambda tx: tx.reminders.add(chat.id, REMINDER, NOW))
    assert not await database.run(lambda tx: tx.reminders.add(chat.id, REMINDER, NOW + timedelta(days=1)))
    (kept,) = await database.read(lambda tx: tx.reminders.of_chat(chat.id))
    assert kept.reminder == REMINDER
    assert (kept.state, kept.send_at, kept.told, kept.to_say) == ("planned", NOW, 0, True)
    assert await database.read(lambda tx: tx.reminders.get(kept.id)) == kept
    assert await database.read(lambda tx: tx.reminders.get(kept.id + 1)) is None


def test_what_it_is_about_is_sealed(tmp_path: Path) -> None:
    def keep(tx: Transaction) -> None:
        chat = tx.chats.open("telegram", "1", "en", NOW)
        tx.reminders.add(chat.id, replace(REMINDER, subject={"fact": "a secret"}), NOW)
        tx.reminder_preferences.save(chat.id, Preferences(kinds={"certificate_expires": False}), NOW)

    with SynchronousDatabase(tmp_path) as database:
        database.run(keep)
    everything = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert b"a secret" not in everything
    assert b"certificate_expires" not in everything


async def test_only_what_is_due_is_found_and_it_is_said_once(database: Database, chat: Chat) -> None:
    def keep(tx: Transaction) -> None:
        for number in range(4):
            tx.reminders.add(chat.id, another(str(number)), NOW + timedelta(days=number))

    await database.run(keep)
    later = NOW + timedelta(days=1)
    assert await database.read(lambda tx: tx.reminders.due_chats(NOW - timedelta(seconds=1), 9)) == ()
    assert await database.read(lambda tx: tx.reminders.due_chats(later, 9)) == (chat.id,)
    assert await database.read(lambda tx: tx.reminders.overdue(later)) == (2, NOW)
    due = await database.read(lambda tx: tx.reminders.due(chat.id, later))
    assert [one.reminder.key for one in due] == ["0", "1"]
    await database.run(lambda tx: tx.reminders.sent([one.id for one in due], 1, later))
    assert await database.read(lambda tx: tx.reminders.due_chats(later, 9)) == ()
    bundle = await database.read(lambda tx: tx.reminders.bundle(chat.id, due[0].id))
    assert [(one.reminder.key, one.state, one.told, one.told_at) for one in bundle] == [
        ("0", "sent", 1, later),
        ("1", "sent", 1, later),
    ]
    await database.run(lambda tx: tx.reminders.sent([due[0].id], 2, later))
    assert (await database.read(lambda tx: tx.reminders.bundle(chat.id, due[0].id)))[0].told == 1
    assert [one.reminder.key for one in await database.read(lambda tx: tx.reminders.upcoming(chat.id))] == [
        "2",
        "3",
    ]
    assert [one.reminder.key for one in await database.read(lambda tx: tx.reminders.next(1))] == ["2"]


async def test_what_was_said_can_be_said_again_until_it_is_done(database: Database, chat: Chat) -> None:
    def keep(tx: Transaction) -> None:
        tx.reminders.add(chat.id, another("a"), NOW)
        tx.reminders.add(chat.id, another("b"), NOW + timedelta(days=9))
        tx.reminders.add(chat.id, another("c", thread="other"), NOW + timedelta(days=9))

    await database.run(keep)
    first = (await database.read(lambda tx: tx.reminders.upcoming(chat.id)))[0]
    again = NOW + timedelta(days=3)
    assert not await database.run(lambda tx: tx.reminders.snooze(first.id, again)), "nobody heard it yet"
    await database.run(lambda tx: tx.reminders.sent([first.id], 1, NOW))
    assert await database.run(lambda tx: tx.reminders.snooze(first.id, again))
    (due,) = await database.read(lambda tx: tx.reminders.due(chat.id, again))
    assert (due.state, due.told) == ("snoozed", 1)
    assert await database.run(lambda tx: tx.reminders.done(due))
    done = await database.read(lambda tx: tx.reminders.get(first.id))
    assert done is not None
    assert not await database.run(lambda tx: tx.reminders.done(done)), "that was known"
    assert not await database.run(lambda tx: tx.reminders.snooze(first.id, again))
    states = {
        one.reminder.key: one.state for one in await database.read(lambda tx: tx.reminders.of_chat(chat.id))
    }
    assert states == {"a": "done", "b": "done", "c": "planned"}


async def test_what_ended_stays_ended_until_it_is_planned_again(database: Database, chat: Chat) -> None:
    await database.run(lambda tx: tx.reminders.add(chat.id, REMINDER, NOW))
    (kept,) = await database.read(lambda tx: tx.reminders.of_chat(chat.id))
    assert await database.run(lambda tx: tx.reminders.end(kept.id, "dropped", "over"))
    assert not await database.run(lambda tx: tx.reminders.end(kept.id, "withdrawn"))
    ended = await database.read(lambda tx: tx.reminders.get(kept.id))
    assert ended is not None
    assert (ended.state, ended.reason) == ("dropped", "over")
    changed = replace(REMINDER, provisional=False)
    await database.run(lambda tx: tx.reminders.plan_again(ended, changed, NOW + timedelta(days=1)))
    (found,) = await database.read(lambda tx: tx.reminders.upcoming(chat.id))
    assert (found.reminder, found.send_at, found.reason) == (changed, NOW + timedelta(days=1), "")


async def test_failures_are_counted_and_what_is_set_aside_is_shown(database: Database, chat: Chat) -> None:
    await database.run(lambda tx: tx.reminders.add(chat.id, REMINDER, NOW))
    (kept,) = await database.read(lambda tx: tx.reminders.of_chat(chat.id))
    later = NOW + timedelta(hours=1)
    await database.run(lambda tx: tx.reminders.put_off(kept.id, later, failed=True))
    (found,) = await database.read(lambda tx: tx.reminders.of_chat(chat.id))
    assert (found.send_at, found.failures) == (later, 1)
    await database.run(lambda tx: tx.reminders.end(kept.id, "set_aside", "not_made"))
    (aside,) = await database.read(lambda tx: tx.reminders.set_aside(9))
    assert aside.id == kept.id


async def test_preferences_are_kept_as_they_were_chosen(database: Database, chat: Chat) -> None:
    assert await database.read(lambda tx: tx.reminder_preferences.get(chat.id)) == Preferences()
    chosen = Preferences(
        quiet_from=time(22, 15),
        quiet_until=time(9),
        working_days_only=False,
        bundling="one_by_one",
        at=time(18, 30),
        kinds={"window_opens": False},
        programmes={"a-programme": True, "another": False},
        paused=True,
    )
    for wanted in (chosen, replace(chosen, programmes={"another": True}), Preferences()):
        await database.run(partial(_save, chat=chat, wanted=wanted))
        assert await database.read(lambda tx: tx.reminder_preferences.get(chat.id)) == wanted
    mark = await database.read(lambda tx: tx.replanning.get(chat.id))
    assert mark is not None
    assert mark.why == {"preferences"}


def _save(tx: Transaction, chat: Chat, wanted: Preferences) -> None:
    tx.reminder_preferences.save(chat.id, wanted, NOW)


async def test_everybody_a_programme_concerns_is_marked_and_nobody_else(database: Database) -> None:
    def begin(tx: Transaction) -> list[int]:
        asked, refused, checked, stranger = (tx.chats.open("web", name, "en", NOW).id for name in "abcd")
        tx.reminder_preferences.subscribe(asked, "a-programme", True, NOW)
        tx.reminder_preferences.subscribe(refused, "a-programme", False, NOW)
        tx.reminder_preferences.subscribe(stranger, "another", True, NOW)
        tx.receipts.add(
            chat_id=checked,
            organisation_id=None,
            programme="a-programme",
            version="1",
            content_hash="0" * 64,
            as_of=DUE,
            verdict="no_obstacle_found",
            receipt_json="{}",
            created_at=NOW,
        )
        return [asked, refused, checked]

    concerned = await database.run(begin)
    later = NOW + timedelta(hours=1)
    assert await database.run(lambda tx: tx.replanning.all_of_programme("a-programme", "round", later)) == 3
    marked = await database.read(
        lambda tx: [one for one in concerned if "round" in (tx.replanning.get(one) or _nothing()).why]
    )
    assert marked == concerned
    assert await database.read(lambda tx: tx.replanning.concerned_by("a-programme")) == tuple(concerned)


def _nothing() -> replanning.Replan:
    return replanning.Replan(NOW, None, None, frozenset())


async def test_marks_come_together_and_are_taken_once(database: Database, chat: Chat) -> None:
    async def found() -> replanning.Replan:
        mark = await database.read(lambda tx: tx.replanning.get(chat.id))
        assert mark is not None
        return mark

    assert await database.read(lambda tx: tx.replanning.get(chat.id)) is None
    later = NOW + timedelta(minutes=5)
    await database.run(lambda tx: tx.replanning.mark(chat.id, "check", NOW))
    await database.run(lambda tx: tx.replanning.mark(chat.id, "round", later))
    await database.run(lambda tx: tx.replanning.mark(chat.id, "check", later))
    at_once = from_stored(replanning.AT_ONCE)
    assert await found() == replanning.Replan(at_once, NOW, None, frozenset({"check", "round"}))
    assert await database.read(lambda tx: tx.replanning.due(NOW, 9)) == (chat.id,)
    assert await database.read(lambda tx: tx.replanning.overdue(later)) == (1, NOW)
    month = NOW + timedelta(days=30)
    await database.run(lambda tx: tx.replanning.planned(chat.id, later, month))
    assert await found() == replanning.Replan(month, None, later, frozenset({"time"}))
    assert await database.read(lambda tx: tx.replanning.due(later, 9)) == ()
    await database.run(lambda tx: tx.replanning.everybody("holidays", later))
    assert (await found()).why == {"holidays"}
    assert await database.read(lambda tx: tx.replanning.due(later, 9)) == (chat.id,)


async def test_everybody_who_speaks_for_an_organisation_is_marked(database: Database) -> None:
    def begin(tx: Transaction) -> tuple[int, list[int]]:
        organisation = tx.organisations.create(Organisation(name="青禾精密"))
        chats = [tx.chats.open("web", name, "en", NOW) for name in "ab"]
        for one in chats:
            tx.people.set_consent(one.person_id, "given", NOW)
            tx.people.set_organisation(one.person_id, organisation)
        tx.chats.open("web", "c", "en", NOW)
        return organisation, [one.id for one in chats]

    organisation, chats = await database.run(begin)
    assert await database.run(lambda tx: tx.replanning.of_organisation(organisation, "facts", NOW)) == 2
    assert sorted(await database.read(lambda tx: tx.replanning.due(NOW, 9))) == chats


async def test_however_many_it_concerns_one_statement_marks_each_as_it_would_be_alone(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    hour = timedelta(hours=1)
    ran: list[Statement] = []

    def begin(tx: Transaction) -> tuple[int, ...]:
        waiting, planned, again = (tx.chats.open("web", name, "en", NOW).id for name in "abc")
        for one in (waiting, planned, again):
            tx.reminder_preferences.subscribe(one, "a-programme", True, NOW)
        tx.replanning.planned(planned, NOW, NOW + timedelta(days=30))
        tx.replanning.planned(again, NOW, NOW + timedelta(days=30))
        tx.replanning.mark(again, "round", NOW + 2 * hour)
        return waiting, planned, again

    def mark(tx: Transaction) -> int:
        session = type(tx.replanning._context.sql)
        for way in ("change", "row", "rows"):
            monkeypatch.setattr(session, way, counted(getattr(session, way)))
        return tx.replanning.all_of_programme("a-programme", "round", NOW + hour)

    def counted(run: Callable[..., Any]) -> Callable[..., Any]:
        def count(self: SqlSession, statement: Statement, /, **values: Any) -> Any:
            ran.append(statement)
            return run(self, statement, **values)

        return count

    concerned = await database.run(begin)
    assert await database.run(mark) == 3
    monkeypatch.undo()
    assert ran == [replanning._MARK_PROGRAMME]
    at_once = from_stored(replanning.AT_ONCE)
    marks = await database.read(lambda tx: [tx.replanning.get(one) for one in concerned])
    assert marks == [
        replanning.Replan(at_once, NOW, None, frozenset({"preferences", "round"})),
        replanning.Replan(at_once, NOW + hour, NOW, frozenset({"round"})),
        replanning.Replan(at_once, NOW + hour, NOW, frozenset({"round"})),
    ]


async def test_a_clock_that_was_set_back_is_noticed_also_by_another_process(
    database: Database, url: str, chat: Chat
) -> None:
    far = NOW + timedelta(days=400)
    assert not await database.run(lambda tx: tx.replanning.see_clock(NOW))
    await database.run(lambda tx: tx.replanning.mark(chat.id, "check", NOW))
    assert not await database.run(lambda tx: tx.replanning.see_clock(far))
    await database.run(lambda tx: tx.replanning.planned(chat.id, far, far + timedelta(days=30)))
    async with await Database.open(url, master_key=KEY) as other:
        back = NOW + timedelta(hours=1)
        assert await other.run(lambda tx: tx.replanning.see_clock(back))
        assert await other.read(lambda tx: tx.replanning.due(back, 9)) == (chat.id,)
        assert not await other.run(lambda tx: tx.replanning.see_clock(back))


async def test_what_plans_are_made_with_is_new_once(database: Database) -> None:
    assert await database.run(lambda tx: tx.replanning.made_with("holidays", "a"))
    assert not await database.run(lambda tx: tx.replanning.made_with("holidays", "a"))
    assert await database.run(lambda tx: tx.replanning.made_with("holidays", "b"))


async def test_reminders_are_in_what_people_take_away_and_go_with_them(
    database: Database, chat: Chat
) -> None:
    def live(tx: Transaction) -> None:
        tx.people.set_consent(chat.person_id, "given", NOW)
        tx.reminders.add(chat.id, REMINDER, NOW)
        tx.reminder_preferences.save(chat.id, Preferences(programmes={"a-programme": True}, paused=True), NOW)

    await database.run(live)
    exported = json.dumps(await database.read(lambda tx: tx.privacy.export(chat.person_id)))
    assert REMINDER.key in exported
    assert '"a-programme": true' in exported
    await database.run(lambda tx: tx.privacy.erase(chat.person_id))
    assert await database.read(lambda tx: tx.reminders.of_chat(chat.id)) == ()
    assert await database.read(lambda tx: tx.reminder_preferences.get(chat.id)) == Preferences()
    assert await database.read(lambda tx: tx.replanning.get(chat.id)) is None


async def test_who_takes_consent_back_keeps_nothing_that_followed_from_facts(
    database: Database, chat: Chat
) -> None:
    def live(tx: Transaction) -> None:
        tx.people.set_consent(chat.person_id, "given", NOW)
        tx.reminders.add(chat.id, REMINDER, NOW)
        tx.reminder_preferences.subscribe(chat.id, "a-programme", True, NOW)
        tx.people.set_consent(chat.person_id, "refused", NOW)

    await database.run(live)
    assert await database.read(lambda tx: tx.reminders.of_chat(chat.id)) == ()
    wanted = await database.read(lambda tx: tx.reminder_preferences.get(chat.id))
    assert wanted.programmes == {"a-programme": True}


@pytest.mark.parametrize(("channel", "stays"), [("telegram", True), ("web", False)])
async def test_who_only_asked_to_be_reminded_is_remembered_where_messages_reach_them(
    database: Database, channel: str, *, stays: bool
) -> None:
    def ask(tx: Transaction) -> int:
        chat = tx.chats.open(channel, "somebody", "en", NOW)
        tx.reminder_preferences.subscribe(chat.id, "a-programme", True, NOW)
        return chat.id

    chat_id = await database.run(ask)
    await database.run(lambda tx: tx.privacy.purge_unconsented(NOW + timedelta(days=2)))
    found = await database.read(lambda tx: tx.chats.find(channel, "somebody"))
    assert (found is not None) is stays
    if stays:
        refuse = partial(_refuse, chat_id=chat_id)
        await database.run(refuse)
    await database.run(lambda tx: tx.privacy.purge_unconsented(NOW + timedelta(days=2)))
    assert await database.read(lambda tx: tx.chats.find(channel, "somebody")) is None


def _refuse(tx: Transaction, chat_id: int) -> None:
    tx.reminder_preferences.subscribe(chat_id, "a-programme", False, NOW)


THROUGH_AN_INDEX = [
    (reminders._DUE_CHATS, "ix_planned_reminders_to_say (send_at<?)"),
    (reminders._OVERDUE, "ix_planned_reminders_to_say (send_at<?)"),
    (reminders._DUE, "sqlite_autoindex_planned_reminders_1 (chat_id=?)"),
    (reminders._DONE, "sqlite_autoindex_planned_reminders_1 (chat_id=?)"),
    (reminders._PURGE, "ix_planned_reminders_over (due<?)"),
    (replanning._DUE, "ix_replans_due_at (due_at<?)"),
    (replanning._CONCERNED_BY_PROGRAMME, "ix_receipts_programme_chat_id (programme=?)"),
    (replanning._MARK_ORGANISATION, "ix_chats_person_id (person_id=?)"),
    (preferences._PROGRAMMES, "sqlite_autoindex_subscriptions_1 (chat_id=?)"),
]


@pytest.mark.parametrize(("statement", "index"), THROUGH_AN_INDEX)
async def test_what_is_stored_is_never_walked_through(
    tmp_path: Path, statement: Statement, index: str
) -> None:
    async with await open_database(tmp_path):
        pass
    text, parameters = statement.sqlite
    with closing(sqlite3.connect(tmp_path / "zhuoyue.sqlite3")) as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", [1] * len(parameters))]
    assert any(index in step for step in plan), plan
    assert not any("SCAN" in step for step in plan), plan
