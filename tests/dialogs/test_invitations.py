"""Taking a role by a link: once, in time, by a press, and nothing without it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from domain.staff import Actor, Grant, Role, Scope, start_argument
from domain.store import Transaction
from tests.support.conversation import Person, a_person, screen_text
from tests.support.staff import (
    ADMINISTRATOR,
    OF_HANGZHOU,
    OF_ZHONGYUAN,
    VIEWER,
    another,
    invited,
    joins,
    opens_link,
    trail,
)


def roles(person: Person) -> tuple[Grant, ...]:
    def work(tx: Transaction) -> tuple[Grant, ...]:
        return tuple(one.grant for one in tx.staff.of_person(tx.chats.get(person.chat).person_id))

    return person.database.run(work)


@pytest.mark.parametrize(
    ("language", "asked", "role", "joined"),
    [
        ("zh_CN", "您受邀担任一个角色", "区县工作人员", "您现在是："),
        ("en", "You are invited to take a role", "county officer", "You are now: "),
    ],
)
def test_a_role_is_taken_by_a_press_and_not_by_opening_the_link(
    tmp_path: Path, language: str, asked: str, role: str, joined: str
) -> None:
    with a_person(tmp_path, language) as person:
        opens_link(person, invited(person, OF_ZHONGYUAN))
        person.is_at("invitation", "asked")
        person.is_asked(asked)
        person.sees(role, "中原区")
        assert roles(person) == ()
        person.presses("accept")
        person.is_at("menu")
        person.sees(joined, role)
        assert roles(person) == (OF_ZHONGYUAN,)
        assert trail(person) == [
            ("staff_invited", {"invitation": 1, "role": "county_officer", "by": "operator"}),
            ("staff_joined", {"staff": 1, "person": 1, "invitation": 1, "role": "county_officer"}),
        ]


def test_a_link_is_good_for_one_person_once(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as person:
        invitation = invited(person, VIEWER)
        second = another(person, "second", "en")
        opens_link(person, invitation)
        opens_link(second, invitation)
        person.presses("accept")
        # The second stood before the question already: what counts is checked when it is carried out.
        second.presses("accept")
        second.sees("This invitation was used already.")
        assert (roles(person), roles(second)) == ((VIEWER,), ())
        opens_link(second, invitation)
        second.is_at("invitation", "gone")
        second.sees("This invitation was used already.")


def test_declining_leaves_the_link_good(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as person:
        invitation = invited(person, VIEWER)
        opens_link(person, invitation)
        person.presses("decline")
        person.sees("The role was not taken.")
        assert roles(person) == ()
        opens_link(person, invitation)
        person.presses("accept")
        assert roles(person) == (VIEWER,)


def test_a_link_ends_in_time(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as person:
        invitation = invited(person, VIEWER, hours=2)
        opens_link(person, invitation)
        person.clock.advance(timedelta(hours=2))
        person.presses("accept")
        person.sees("This invitation has expired.")
        opens_link(person, invitation)
        person.is_at("invitation", "gone")
        assert roles(person) == ()


def test_a_link_that_was_taken_back_is_worth_nothing(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as person:
        invitation = invited(person, VIEWER)
        opens_link(person, invitation)
        person.database.run(lambda tx: tx.invitations.revoke(1, person.clock.now(), None))
        person.presses("accept")
        person.sees("This invitation was taken back.")
        assert roles(person) == ()


def test_links_of_somebody_who_lost_the_role_to_make_them_are_worth_nothing(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as officer:
        number = joins(officer, OF_HANGZHOU)
        actor = Actor(officer.database.run(lambda tx: tx.staff.all()))
        guest = another(officer, "guest", "en")
        invitation = invited(guest, Grant(Role.EXPERT, Scope("hangzhou-quality-award")), actor)
        opens_link(guest, invitation)
        officer.database.run(lambda tx: tx.staff.revoke(number, officer.clock.now(), None))
        guest.presses("accept")
        guest.sees("This invitation was taken back.")
        opens_link(guest, invitation)
        guest.is_at("invitation", "gone")
        assert roles(guest) == ()


@pytest.mark.parametrize("argument", [start_argument("unknown" + "A" * 36), "i_", "i_short", "i_" + "x" * 44])
def test_what_is_no_invitation_gives_nothing(tmp_path: Path, argument: str) -> None:
    with a_person(tmp_path, "en") as person:
        person.commands("start", argument)
        assert person.now_sees.dialog in {"invitation", "menu"}
        assert "accept" not in [choice.key for choice in person.now_sees.choices]
        assert roles(person) == ()


def test_a_role_somebody_holds_uses_no_second_invitation(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as person:
        joins(person, VIEWER)
        second = invited(person, VIEWER)
        opens_link(person, second)
        person.presses("accept")
        person.sees("You hold this role already. The invitation was not used.")
        assert roles(person) == (VIEWER,)
        other = another(person, "other", "en")
        opens_link(other, second)
        other.presses("accept")
        assert roles(other) == (VIEWER,)


def test_the_link_interrupts_nothing_for_good(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as person:
        person.commands("start", "zhengzhou-incubation-base")
        person.presses("check", "no", "quick", "@unsure")
        opens_link(person, invited(person, VIEWER))
        person.presses("accept")
        assert any(choice.label.startswith("Go on: ") for choice in person.now_sees.choices)


def test_on_the_web_it_is_said_how_to_come_back_with_the_role(tmp_path: Path) -> None:
    with a_person(tmp_path, "en", "web") as person:
        opens_link(person, invited(person, VIEWER))
        person.presses("accept")
        person.sees("write down the return code")


def test_whoever_is_erased_holds_no_role_any_more(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as person:
        joins(person, ADMINISTRATOR)
        person.sees_choices("Staff")
        person.commands("data")
        person.presses("erase", "yes")
        assert roles(person) == ()
        assert "Staff" not in [choice.label for choice in person.now_sees.choices]
        (kept,) = person.database.run(lambda tx: tx.staff.all())
        assert kept.person_id is None
        assert trail(person)[-2:] == [("staff_erased", {"staff": 1}), ("person_erased", {"person": 1})]


def test_no_token_is_kept_anywhere(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as person:
        invitation = invited(person, VIEWER)
        opens_link(person, invitation)
        assert invitation.token not in screen_text(person.now_sees)

        def kept(tx: Transaction) -> str:
            active = tx.conversations.active(person.chat)
            messages = [row.message_json for row in tx.outbox.all(person.chat)]
            return f"{active} {messages} {list(tx.audit.entries())}"

        assert invitation.token not in person.database.run(kept)
    for file in tmp_path.iterdir():
        assert invitation.token.encode() not in file.read_bytes()
