"""What staff may do is asked where it is done, on every call: every role, every command, at home and abroad."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dialogs import staff_acts
from dialogs.staff_commands import ActOnRound, OpenRound
from domain.rounds import Bilingual, Round, RoundAct, RoundRefused, RoundState
from domain.staff import (
    ALLOWED,
    GIVES,
    OPERATOR,
    Actor,
    Grant,
    LastAdministrator,
    Member,
    NotAllowed,
    Role,
    Scope,
)
from domain.store import NotFound, StaleRevision, Transaction
from tests.support.conversation import Person, a_person
from tests.support.staff import HANGZHOU, TERMS, WUHU, a_round, kept_round, trail

HOME, ABROAD, ELSEWHERE = Scope(HANGZHOU, "西湖区"), Scope(HANGZHOU, "滨江区"), Scope(WUHU, "西湖区")
WHOLE_CITY = Scope(HANGZHOU)
PLACES = (HOME, ABROAD, ELSEWHERE, WHOLE_CITY)


class UndoneError(Exception):
    """Takes a transaction back after it was seen to work."""


def attempt(person: Person, work: Callable[[Transaction], object]) -> bool:
    """Whether it is allowed; what it did is taken back either way."""

    def work_and_undo(tx: Transaction) -> None:
        work(tx)
        raise UndoneError

    try:
        person.database.run(work_and_undo)
    except UndoneError:
        return True
    except NotAllowed:
        return False
    raise AssertionError("unreachable")


def a_member(person: Person, grant: Grant, name: str) -> Member:
    def work(tx: Transaction) -> Member:
        chat = tx.chats.open("terminal", name, "en", person.clock.now())
        tx.staff.add(chat.person_id, grant, person.clock.now(), None)
        (member,) = tx.staff.of_person(chat.person_id)
        return member

    return person.database.run(work)


def grant_of(role: Role) -> Grant:
    return Grant(role) if role is Role.ADMINISTRATOR else Grant(role, HOME)


@pytest.mark.parametrize("role", Role)
def test_every_command_on_rounds_by_every_role_at_home_and_abroad(tmp_path: Path, role: Role) -> None:
    with a_person(tmp_path, "en") as person:
        member = a_member(person, grant_of(role), "member")
        actor = Actor((member,))
        now, today = person.clock.now(), person.clock.today()
        rounds = {
            (place, told): a_round(person, place.programme, place.district, told=told)
            for place in PLACES
            for told in (True, False)
        }
        before = trail(person)
        for place in PLACES:
            inside = role is Role.ADMINISTRATOR or place == HOME
            for act in RoundAct:
                command: OpenRound | ActOnRound
                if act is RoundAct.OPEN:
                    command = OpenRound(place.programme, place.district, TERMS, "因为")
                else:
                    round_ = rounds[place, act is not RoundAct.ANNOUNCE]
                    terms = replace(TERMS, quotas=Bilingual("8家"))
                    command = ActOnRound(round_.id, round_.revision, act, "因为", terms)

                def work(tx: Transaction, command: OpenRound | ActOnRound = command) -> Round:
                    return staff_acts.act_on_round(tx, actor, command, now, today)

                assert attempt(person, work) is (inside and role in ALLOWED[act.staff_act]), (act, place)
        assert trail(person) == before


@pytest.mark.parametrize("role", Role)
def test_every_command_on_staff_by_every_role_at_home_and_abroad(tmp_path: Path, role: Role) -> None:
    with a_person(tmp_path, "en") as person:
        actor = Actor((a_member(person, grant_of(role), "member"),))
        now = person.clock.now()
        others = [
            Grant(other, place)
            for other in Role
            for place in PLACES
            if other is not Role.ADMINISTRATOR and (place.district or other is not Role.COUNTY_OFFICER)
        ]
        for number, grant in enumerate([Grant(Role.ADMINISTRATOR), *others]):
            inside = role is Role.ADMINISTRATOR or grant.scope == HOME
            allowed = inside and grant.role in GIVES.get(role, frozenset())
            other = a_member(person, grant, f"other {number}")
            invitation = person.database.run(
                lambda tx, grant=grant: staff_acts.invite(tx, OPERATOR, grant, now)  # type: ignore[misc]
            ).invitation
            works: tuple[Callable[[Transaction], object], ...] = (
                lambda tx, grant=grant: staff_acts.invite(tx, actor, grant, now),  # type: ignore[misc]
                lambda tx, other=other: staff_acts.revoke_member(tx, actor, other.id, now),  # type: ignore[misc]
                lambda tx, invitation=invitation: staff_acts.revoke_invitation(tx, actor, invitation, now),  # type: ignore[misc]
            )
            assert [attempt(person, work) for work in works] == [allowed] * 3, grant


def test_a_round_that_moved_on_is_not_acted_on_blindly(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as person:
        round_ = a_round(person)
        stale = ActOnRound(round_.id, round_.revision - 1, RoundAct.CLOSE, "满")
        with pytest.raises(StaleRevision):
            person.database.run(
                lambda tx: staff_acts.act_on_round(
                    tx, OPERATOR, stale, person.clock.now(), person.clock.today()
                )
            )
        assert kept_round(person).state is RoundState.ANNOUNCED


def test_what_is_not_there_is_not_found(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as person:
        now, today = person.clock.now(), date(2026, 11, 21)
        close = ActOnRound(7, 1, RoundAct.CLOSE, "满")
        works: tuple[Callable[[Transaction], object], ...] = (
            lambda tx: staff_acts.act_on_round(tx, OPERATOR, close, now, today),
            lambda tx: staff_acts.revoke_member(tx, OPERATOR, 7, now),
            lambda tx: staff_acts.revoke_invitation(tx, OPERATOR, 7, now),
            lambda tx: staff_acts.accept(tx, 1, 7, now),
        )
        for work in works:
            with pytest.raises(NotFound):
                person.database.run(work)


def test_a_refused_act_leaves_no_line_in_the_trail(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as person:
        round_ = a_round(person)
        before = trail(person)
        silent = ActOnRound(round_.id, round_.revision, RoundAct.CLOSE, " ")
        with pytest.raises(RoundRefused):
            person.database.run(
                lambda tx: staff_acts.act_on_round(
                    tx, OPERATOR, silent, person.clock.now(), person.clock.today()
                )
            )
        assert trail(person) == before
        assert len(person.database.run(lambda tx: tx.rounds.changes(round_.id))) == 2


def test_the_last_administrator_cannot_be_revoked_by_anybody(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as person:
        now, chief = person.clock.now(), a_member(person, Grant(Role.ADMINISTRATOR), "chief")
        for actor in (Actor((chief,)), OPERATOR):
            with pytest.raises(LastAdministrator):
                person.database.run(lambda tx, by=actor: staff_acts.revoke_member(tx, by, chief.id, now))  # type: ignore[misc]
        assert person.database.run(lambda tx: tx.staff.of_person(chief.person_id or 0)) == (chief,)
        assert trail(person) == []
        second = a_member(person, Grant(Role.ADMINISTRATOR), "second")
        assert person.database.run(lambda tx: staff_acts.revoke_member(tx, Actor((second,)), chief.id, now))
        # What is over already is no reason to refuse.
        assert not person.database.run(lambda tx: staff_acts.revoke_member(tx, OPERATOR, chief.id, now))
        with pytest.raises(LastAdministrator):
            person.database.run(lambda tx: staff_acts.revoke_member(tx, Actor((second,)), second.id, now))


def test_somebody_who_was_erased_is_no_administrator_who_is_left(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as person:
        now = person.clock.now()
        chief, gone = (a_member(person, Grant(Role.ADMINISTRATOR), name) for name in ("chief", "gone"))
        person.database.run(lambda tx: tx.privacy.erase(gone.person_id or 0))
        with pytest.raises(LastAdministrator):
            person.database.run(lambda tx: staff_acts.revoke_member(tx, OPERATOR, chief.id, now))


def test_where_that_is_meant_the_last_administrator_goes_too(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as person:
        now, chief = person.clock.now(), a_member(person, Grant(Role.ADMINISTRATOR), "chief")
        assert person.database.run(
            lambda tx: staff_acts.revoke_member(tx, OPERATOR, chief.id, now, also_the_last=True)
        )
