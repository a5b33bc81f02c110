"""Rounds as they are kept: every change with its reason, and no change over somebody else's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain.rounds import (
    Bilingual,
    Round,
    RoundAct,
    RoundState,
    Terms,
    announce,
    cancel,
    change,
    close,
    open_round,
)
from domain.staff import Grant, Role
from domain.store import Chat, Database, StaleRevision, Transaction
from tests.store.conftest import NOW

TODAY = date(2026, 11, 22)
TERMS = Terms(
    name=Bilingual("2027年第一批", "First round of 2027"),
    opens=date(2027, 1, 4),
    closes_safe=date(2027, 5, 31),
    hand_in=Bilingual("所在区县市场监管局"),
    contact=Bilingual("质量科"),
    conditions=(Bilingual("已通过市级培训"), Bilingual("限中小企业", "small and medium ones only")),
    source_link="https://example.org/call",
)


async def opened(database: Database, programme: str = "wuhu-incubation-pool") -> Round:
    draft = open_round(programme, "鸠江区", TERMS, "新一批")
    return await database.run(lambda tx: tx.rounds.carry_out(draft, None, NOW))


async def test_a_round_is_kept_as_it_was_said(database: Database) -> None:
    kept = await opened(database)
    assert kept.id
    found = await database.read(lambda tx: tx.rounds.get(kept.id))
    assert found == kept
    assert found.terms == TERMS
    assert (found.district, found.state, found.revision) == ("鸠江区", RoundState.DRAFTED, 1)
    assert await database.read(lambda tx: tx.rounds.get(kept.id + 1)) is None


async def test_rounds_are_listed_by_programme(database: Database) -> None:
    first, second = await opened(database), await opened(database)
    other = await opened(database, "hangzhou-quality-award")
    of_one = await database.read(lambda tx: tx.rounds.of_programme("wuhu-incubation-pool"))
    assert [one.id for one in of_one] == [first.id, second.id]
    everything = await database.read(lambda tx: tx.rounds.all())
    assert [one.id for one in everything] == [other.id, first.id, second.id]


async def test_drafts_are_not_public(database: Database) -> None:
    draft, other = await opened(database), await opened(database)
    assert await database.read(lambda tx: tx.rounds.public()) == ()
    told = await database.run(lambda tx: tx.rounds.carry_out(announce(other, "印发", TODAY), None, NOW))
    assert await database.read(lambda tx: tx.rounds.public()) == (told,)
    await database.run(lambda tx: tx.rounds.carry_out(close(told, "满"), None, NOW))
    assert [one.id for one in await database.read(lambda tx: tx.rounds.public())] == [told.id]
    assert draft.id != told.id


async def test_a_draft_that_is_called_off_was_never_public_and_is_not_then(database: Database) -> None:
    draft, other = await opened(database), await opened(database)
    dropped = await database.run(lambda tx: tx.rounds.carry_out(cancel(draft, "作废"), None, NOW))
    told = await database.run(lambda tx: tx.rounds.carry_out(announce(other, "印发", TODAY), None, NOW))
    off = await database.run(lambda tx: tx.rounds.carry_out(cancel(told, "停"), None, NOW))
    assert await database.read(lambda tx: tx.rounds.get(draft.id)) == dropped
    assert (dropped.state, dropped.public) == (RoundState.CANCELLED, False)
    assert await database.read(lambda tx: tx.rounds.get(told.id)) == off
    assert (off.state, off.public) == (RoundState.CANCELLED, True)
    assert await database.read(lambda tx: tx.rounds.public()) == (off,)


async def test_who_is_concerned_asked_for_the_programme_or_checked_it_and_did_not_refuse(
    database: Database,
) -> None:
    programme, other = "wuhu-incubation-pool", "hangzhou-quality-award"

    def prepare(tx: Transaction) -> None:
        def chat(name: str, *, consents: bool = True) -> int:
            opened = tx.chats.open("telegram", name, "en", NOW)
            if consents:
                tx.people.set_consent(opened.person_id, "given", NOW)
            return opened.id

        def check(chat_id: int, of: str) -> None:
            tx.receipts.add(
                chat_id=chat_id,
                organisation_id=None,
                programme=of,
                version="1",
                content_hash="0" * 64,
                as_of=TODAY,
                verdict="no_obstacle_found",
                receipt_json="{}",
                created_at=NOW,
            )

        def choose(chat_id: int, of: str, wanted: bool) -> None:
            tx.reminder_preferences.subscribe(chat_id, of, wanted=wanted, now=NOW)

        chat("nobody asked")
        choose(chat("asked"), programme, wanted=True)
        checked = chat("checked twice")
        check(checked, programme)
        check(checked, programme)
        refused = chat("checked and refused")
        check(refused, programme)
        choose(refused, programme, wanted=False)
        # Their self-check serves the conversation only and leads to no reminder; what they ask for does.
        check(chat("checked without consent", consents=False), programme)
        choose(chat("asked without consent", consents=False), programme, wanted=True)
        elsewhere = chat("asked for another")
        choose(elsewhere, other, wanted=True)
        check(elsewhere, other)
        blocked = chat("asked and blocked")
        choose(blocked, programme, wanted=True)
        tx.chats.block(blocked, NOW)

    await database.run(prepare)
    assert await database.read(lambda tx: tx.rounds.concerned(programme)) == 3
    assert await database.read(lambda tx: tx.rounds.concerned(other)) == 1
    assert await database.read(lambda tx: tx.rounds.concerned("zhengzhou-incubation-base")) == 0


async def test_every_change_leaves_its_reason_and_what_was_before(database: Database, chat: Chat) -> None:
    officer = await database.run(lambda tx: tx.staff.add(chat.person_id, Grant(Role.CITY_OFFICER), NOW, None))
    kept = await opened(database)
    told = await database.run(
        lambda tx: tx.rounds.carry_out(announce(kept, "通知已印发", TODAY), officer, NOW)
    )
    later = replace(TERMS, closes_safe=date(2027, 6, 10), source_link="")
    moved = await database.run(
        lambda tx: tx.rounds.carry_out(change(told, later, "延期", TODAY), officer, NOW + timedelta(days=1))
    )
    await database.run(lambda tx: tx.rounds.carry_out(close(moved, "名额已满"), None, NOW))
    changes = await database.read(lambda tx: tx.rounds.changes(kept.id))
    assert [(one.revision, one.act, one.reason, one.staff_id) for one in changes] == [
        (1, RoundAct.OPEN, "新一批", None),
        (2, RoundAct.ANNOUNCE, "通知已印发", officer),
        (3, RoundAct.CHANGE, "延期", officer),
        (4, RoundAct.CLOSE, "名额已满", None),
    ]
    assert changes[0].before is None
    assert (changes[2].before, changes[2].after) == (TERMS, later)
    assert changes[2].at == NOW + timedelta(days=1)
    found = await database.read(lambda tx: tx.rounds.get(kept.id))
    assert found is not None
    assert (found.state, found.terms, found.revision) == (RoundState.CLOSED, later, 4)


async def test_nobody_changes_a_round_over_somebody_elses_change(database: Database) -> None:
    kept = await opened(database)
    mine = change(kept, replace(TERMS, quotas=Bilingual("5家")), "更正", TODAY)
    theirs = change(kept, replace(TERMS, quotas=Bilingual("8家")), "更正", TODAY)
    await database.run(lambda tx: tx.rounds.carry_out(mine, None, NOW))
    with pytest.raises(StaleRevision):
        await database.run(lambda tx: tx.rounds.carry_out(theirs, None, NOW))
    found = await database.read(lambda tx: tx.rounds.get(kept.id))
    assert found is not None
    assert found.terms.quotas == Bilingual("5家")
    assert len(await database.read(lambda tx: tx.rounds.changes(kept.id))) == 2
