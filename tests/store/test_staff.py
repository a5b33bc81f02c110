"""Roles and invitations as they are kept."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from domain.privacy import hash_token, new_token
from domain.staff import Act, Grant, InvitationState, Role, Scope
from domain.store import Chat, Conflict, Database, Transaction
from tests.store.conftest import NOW

OFFICER = Grant(Role.COUNTY_OFFICER, Scope("zhengzhou-incubation-base", "中原区"))
LATER = NOW + timedelta(hours=1)


async def test_a_person_holds_roles_until_they_are_taken_back(database: Database, chat: Chat) -> None:
    member = await database.run(lambda tx: tx.staff.add(chat.person_id, OFFICER, NOW, None))
    (held,) = await database.read(lambda tx: tx.staff.of_person(chat.person_id))
    assert (held.id, held.grant, held.joined_at, held.holds) == (member, OFFICER, NOW, True)
    assert await database.run(lambda tx: tx.staff.revoke(member, LATER, None))
    assert not await database.run(lambda tx: tx.staff.revoke(member, LATER, None))
    assert await database.read(lambda tx: tx.staff.of_person(chat.person_id)) == ()
    kept = await database.read(lambda tx: tx.staff.get(member))
    assert kept is not None
    assert (kept.holds, kept.revoked_at) == (False, LATER)
    actor = await database.read(lambda tx: tx.staff.actor(chat.person_id))
    assert not actor.may_somewhere(Act.SEE_DRAFTS)


async def test_one_role_is_held_once_and_several_side_by_side(database: Database, chat: Chat) -> None:
    member = await database.run(lambda tx: tx.staff.add(chat.person_id, OFFICER, NOW, None))
    with pytest.raises(Conflict):
        await database.run(lambda tx: tx.staff.add(chat.person_id, OFFICER, NOW, None))
    expert = await database.run(lambda tx: tx.staff.add(chat.person_id, Grant(Role.EXPERT), NOW, member))
    held = await database.read(lambda tx: tx.staff.of_person(chat.person_id))
    assert [one.id for one in held] == [member, expert]
    # Taken back, it can be given again.
    await database.run(lambda tx: tx.staff.revoke(member, LATER, expert))
    again = await database.run(lambda tx: tx.staff.add(chat.person_id, OFFICER, LATER, None))
    assert [one.id for one in await database.read(lambda tx: tx.staff.all())] == [member, expert, again]


async def test_an_erased_person_holds_no_role_and_the_record_of_it_stays(
    database: Database, chat: Chat
) -> None:
    member = await database.run(lambda tx: tx.staff.add(chat.person_id, OFFICER, NOW, None))
    exported = await database.read(lambda tx: tx.privacy.export(chat.person_id))
    assert exported["roles"] == [
        {
            "role": "county_officer",
            "programme": "zhengzhou-incubation-base",
            "district": "中原区",
            "joined_at": NOW.isoformat(),
        }
    ]
    await database.run(lambda tx: tx.privacy.erase(chat.person_id))
    kept = await database.read(lambda tx: tx.staff.get(member))
    assert kept is not None
    assert (kept.person_id, kept.holds, kept.grant) == (None, False, OFFICER)


async def test_somebody_who_holds_a_role_is_not_forgotten_with_those_who_gave_no_consent(
    database: Database, chat: Chat
) -> None:
    stranger = await database.run(lambda tx: tx.chats.open("web", "another", "en", NOW))
    await database.run(lambda tx: tx.staff.add(chat.person_id, OFFICER, NOW, None))
    await database.run(lambda tx: tx.privacy.purge_unconsented(NOW + timedelta(days=30)))
    assert await database.read(lambda tx: tx.chats.get(chat.id)) == chat
    assert await database.read(lambda tx: tx.chats.find("web", stranger.address)) is None


async def invited(database: Database) -> tuple[str, int]:
    token = new_token()
    number = await database.run(
        lambda tx: tx.invitations.add(hash_token(token), OFFICER, NOW, NOW + timedelta(hours=48), None)
    )
    return token, number


async def test_an_invitation_is_found_by_its_token_which_is_not_kept(database: Database) -> None:
    token, number = await invited(database)
    found = await database.read(lambda tx: tx.invitations.find(hash_token(token)))
    assert found is not None
    assert (found.id, found.grant, found.expires_at) == (number, OFFICER, NOW + timedelta(hours=48))
    assert found.state(NOW) is InvitationState.OPEN
    assert await database.read(lambda tx: tx.invitations.find(hash_token(new_token()))) is None
    with pytest.raises(Conflict):
        await database.run(lambda tx: tx.invitations.add(token, OFFICER, NOW, LATER, None))


async def test_an_invitation_is_used_once(database: Database, chat: Chat) -> None:
    _, number = await invited(database)
    member = await database.run(lambda tx: tx.staff.add(chat.person_id, OFFICER, NOW, None))
    assert await database.run(lambda tx: tx.invitations.use(number, member, LATER))
    assert not await database.run(lambda tx: tx.invitations.use(number, member, LATER))
    assert not await database.run(lambda tx: tx.invitations.revoke(number, LATER, None))
    found = await database.read(lambda tx: tx.invitations.get(number))
    assert found is not None
    assert (found.used_at, found.staff_id, found.state(NOW)) == (LATER, member, InvitationState.USED)


async def test_a_revoked_invitation_is_worth_nothing(database: Database, chat: Chat) -> None:
    _, number = await invited(database)
    assert await database.run(lambda tx: tx.invitations.revoke(number, LATER, None))
    member = await database.run(lambda tx: tx.staff.add(chat.person_id, OFFICER, NOW, None))
    assert not await database.run(lambda tx: tx.invitations.use(number, member, LATER))
    (found,) = await database.read(lambda tx: tx.invitations.all())
    assert found.state(NOW) is InvitationState.REVOKED


async def test_of_many_who_use_one_invitation_at_once_one_joins(database: Database) -> None:
    _, number = await invited(database)
    chats = [
        await database.run(lambda tx, name=name: tx.chats.open("web", name, "en", NOW))  # type: ignore[misc]
        for name in ("a", "b", "c", "d")
    ]

    def join(tx: Transaction, person: int) -> bool:
        invitation = tx.invitations.lock(number)
        if invitation is None or invitation.state(NOW) is not InvitationState.OPEN:
            return False
        return tx.invitations.use(number, tx.staff.add(person, invitation.grant, NOW, None), NOW)

    joined = await asyncio.gather(
        *(database.run(lambda tx, person=one.person_id: join(tx, person)) for one in chats)  # type: ignore[misc]
    )
    assert sorted(joined) == [False, False, False, True]
    assert len(await database.read(lambda tx: tx.staff.all())) == 1


LINK = f"https://quality.example.org/invitation#i_{'a' * 43}"
SAID = f'{{"text": "Pass it on:\\n{LINK}"}}'


def links(tx: Transaction, chat: int) -> list[bool]:
    return [LINK in one.message_json for one in tx.outbox.all(chat)]


async def test_a_link_that_is_read_where_it_lies_goes_after_minutes(database: Database, chat: Chat) -> None:
    def invite(tx: Transaction) -> None:
        member = tx.staff.add(chat.person_id, Grant(Role.ADMINISTRATOR), NOW, None)
        tx.invitations.add("a" * 64, OFFICER, NOW, LATER, member)
        tx.outbox.put(chat.id, SAID, NOW)
        tx.outbox.put(chat.id, SAID, NOW + timedelta(seconds=1))

    def forget(tx: Transaction, minutes: int) -> int:
        now = NOW + timedelta(minutes=minutes)
        return tx.invitations.forget_links(now - timedelta(days=90), now - timedelta(minutes=10))

    await database.run(invite)
    assert await database.run(lambda tx: forget(tx, 9)) == 0
    assert await database.run(lambda tx: forget(tx, 10)) == 1
    # Only what was said in the turn that made it.
    assert await database.read(lambda tx: links(tx, chat.id)) == [False, True]
    first = (await database.read(lambda tx: tx.outbox.all(chat.id)))[0]
    assert first.message_json == '{"text": "Pass it on:\\n…"}'
    assert await database.run(lambda tx: forget(tx, 60)) == 0


async def test_a_link_that_is_carried_goes_with_its_delivery(database: Database) -> None:
    def invite(tx: Transaction) -> Chat:
        chief = tx.chats.open("telegram", "7", "zh_CN", NOW)
        member = tx.staff.add(chief.person_id, Grant(Role.ADMINISTRATOR), NOW, None)
        tx.invitations.add("a" * 64, OFFICER, NOW, LATER, member)
        tx.outbox.put(chief.id, SAID, NOW)
        return chief

    def forget(tx: Transaction) -> int:
        return tx.invitations.forget_links(LATER - timedelta(days=90), LATER - timedelta(minutes=10))

    def deliver(tx: Transaction) -> bool:
        (claimed,) = tx.deliveries.claim("telegram", LATER, timedelta(seconds=15), {"reply": 1}).deliveries
        assert LINK in claimed.message_json
        return tx.deliveries.sent(claimed.outbox_id, claimed.fence, "m1")

    chief = await database.run(invite)
    assert await database.run(forget) == 0
    assert await database.run(deliver)
    assert await database.run(forget) == 1
    assert await database.read(lambda tx: links(tx, chief.id)) == [False]
