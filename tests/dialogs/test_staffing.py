"""The staff in chat: who is there, inviting within one's own scope, and taking back."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from domain.staff import Grant, Role, Scope
from domain.store import Transaction
from scheduler.housekeeping import Retention, housekeeping
from tests.support.conversation import Person, a_person
from tests.support.staff import (
    ADMINISTRATOR,
    HANGZHOU,
    OF_HANGZHOU,
    OF_ZHONGYUAN,
    VIEWER,
    another,
    joins,
    trail,
)

RETENTION = Retention(
    session_idle=timedelta(hours=12), unconsented=timedelta(hours=24), consented=timedelta(days=1095)
)
LINK = re.compile(r"/invitation#(i_[A-Za-z0-9_-]{43})")


def keys(person: Person) -> list[str]:
    return [choice.key for choice in person.now_sees.choices]


def link_shown(person: Person) -> str:
    found = LINK.search(person.text)
    assert found is not None, person.text
    return found[1]


@pytest.mark.parametrize(("language", "menu"), [("zh_CN", "工作人员"), ("en", "Staff")])
def test_the_staff_is_in_the_menu_of_staff_alone(tmp_path: Path, language: str, menu: str) -> None:
    with a_person(tmp_path, language) as person:
        person.commands("start")
        assert "staff" not in keys(person)
        joins(person, VIEWER)
        person.sees_choices(menu)
        person.presses("staff")
        # A viewer looks on: nobody is listed, nobody can be invited.
        assert not {"invite", "revoke"} & set(keys(person))


def test_somebody_invites_and_the_guest_joins(tmp_path: Path) -> None:
    with a_person(tmp_path) as chief:
        joins(chief, ADMINISTRATOR)
        chief.presses("staff", "invite", "county_officer", "zz")
        chief.says("  中原区 ")
        chief.sees("区县工作人员", "中原区", "48 小时")
        chief.presses("yes")
        chief.is_at("staff")
        argument = link_shown(chief)
        guest = another(chief, "guest")
        guest.commands("start", argument)
        guest.presses("accept")
        guest.sees("您现在是：区县工作人员")
        chief.commands("menu")
        chief.presses("staff")
        chief.sees("工作人员 2 号", "中原区")
        members = chief.database.run(lambda tx: tx.staff.all())
        assert [(one.grant, one.invited_by) for one in members] == [(ADMINISTRATOR, None), (OF_ZHONGYUAN, 1)]
        assert ("staff_invited", {"invitation": 2, "role": "county_officer", "by": 1}) in trail(chief)


def test_the_link_is_shown_once(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as chief:
        joins(chief, ADMINISTRATOR)
        chief.presses("staff", "invite", "administrator", "yes")
        link_shown(chief)
        chief.commands("where")
        assert LINK.search(chief.text) is None
        chief.sees("Invitations nobody has used yet")


@pytest.mark.parametrize("channel", ["web", "terminal"])
def test_a_link_is_not_kept_after_it_was_shown(tmp_path: Path, channel: str) -> None:
    with a_person(tmp_path, "en") as first:
        chief = another(first, "chief", "en", channel)
        joins(chief, ADMINISTRATOR)
        chief.presses("staff", "invite", "administrator", "yes")
        token = link_shown(chief)
        chief.sees("it is kept for a few minutes only")
        guest = another(chief, "guest", "en", channel)
        guest.commands("start", token)
        guest.presses("accept")

        def everything(tx: Transaction) -> str:
            return "".join(one.message_json for who in (chief, guest) for one in tx.outbox.all(who.chat))

        forgetting = next(one for one in housekeeping(RETENTION) if one.id == "forget_links")
        for minutes, kept in ((9, True), (1, False)):
            chief.clock.advance(timedelta(minutes=minutes))
            chief.database.run(lambda tx: forgetting.work(tx, chief.clock.now()))
            assert (token in chief.database.run(everything)) is kept
        assert "Pass the link on" in chief.database.run(everything)


def test_a_city_officer_invites_within_their_own_scope_alone(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as officer:
        joins(officer, OF_HANGZHOU)
        officer.presses("staff", "invite")
        assert {"county_officer", "expert", "service_station", "viewer"} <= set(keys(officer))
        assert not {"administrator", "city_officer", "supervisor"} & set(keys(officer))
        officer.presses("expert")
        assert "hz" in keys(officer)
        assert not {"all", "zz", "wh"} & set(keys(officer))
        officer.presses("hz", "whole", "yes")
        link_shown(officer)
        (_, kept) = officer.database.run(lambda tx: tx.invitations.all())
        assert kept.grant == Grant(Role.EXPERT, Scope(HANGZHOU))


def test_whoever_is_limited_to_a_district_invites_for_that_district(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as officer:
        joins(officer, Grant(Role.CITY_OFFICER, Scope(HANGZHOU, "西湖区")))
        officer.presses("staff", "invite", "viewer", "hz")
        officer.sees_choices("西湖区")
        assert "whole" not in keys(officer)
        officer.presses("西湖区", "yes")
        (_, kept) = officer.database.run(lambda tx: tx.invitations.all())
        assert kept.grant == Grant(Role.VIEWER, Scope(HANGZHOU, "西湖区"))


def test_a_county_officer_cannot_be_invited_without_a_district(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as chief:
        joins(chief, ADMINISTRATOR)
        chief.presses("staff", "invite", "county_officer", "all")
        assert "whole" not in keys(chief)


def test_a_role_is_taken_back_and_ends_at_once(tmp_path: Path) -> None:
    with a_person(tmp_path) as chief:
        joins(chief, ADMINISTRATOR)
        officer = another(chief, "officer")
        joins(officer, OF_HANGZHOU)
        chief.commands("menu")
        chief.presses("staff", "revoke", "member:2")
        chief.sees("市级工作人员")
        chief.presses("yes")
        chief.sees("已收回。")
        assert ("staff_revoked", {"staff": 2, "by": 1}) in trail(chief)
        officer.commands("menu")
        officer.commands("start")
        assert "staff" not in keys(officer)


def test_the_last_administrator_cannot_leave(tmp_path: Path) -> None:
    with a_person(tmp_path) as chief:
        joins(chief, ADMINISTRATOR)
        chief.commands("menu")
        chief.presses("staff", "revoke", "member:1", "yes")
        chief.sees("不能收回最后一位管理员的角色，请先邀请另一位。")
        assert chief.database.run(lambda tx: [one.holds for one in tx.staff.all()]) == [True]


def test_staff_who_erase_everything_are_told_that_their_role_goes_and_whether_nobody_can_appoint_another(
    tmp_path: Path,
) -> None:
    alone = "您是唯一的管理员"
    with a_person(tmp_path) as chief:
        joins(chief, ADMINISTRATOR)
        chief.commands("data")
        chief.presses("erase")
        chief.sees("您在此的角色也随之终止：管理员", alone)
        chief.presses("no")
        officer = another(chief, "officer")
        joins(officer, OF_ZHONGYUAN)
        officer.commands("data")
        officer.presses("erase")
        officer.sees("您在此的角色也随之终止：")
        officer.does_not_see(alone)
        second = another(chief, "second")
        joins(second, ADMINISTRATOR)
        chief.presses("erase")
        chief.sees("您在此的角色也随之终止：")
        chief.does_not_see(alone)
        guest = another(chief, "guest")
        guest.commands("data")
        guest.presses("erase")
        guest.does_not_see("角色", alone)


def test_an_open_invitation_is_taken_back(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as chief:
        joins(chief, ADMINISTRATOR)
        chief.presses("staff", "invite", "administrator", "yes")
        argument = link_shown(chief)
        chief.presses("revoke", "invitation:2", "yes")
        chief.sees("It was taken back.")
        guest = another(chief, "guest", "en")
        guest.commands("start", argument)
        guest.is_at("invitation", "gone")
        assert ("invitation_revoked", {"invitation": 2, "by": 1}) in trail(chief)


def test_invitations_that_are_over_are_not_listed(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as chief:
        joins(chief, ADMINISTRATOR)
        chief.presses("staff", "invite", "administrator", "yes")
        chief.sees("invitation no. 2")
        chief.clock.advance(timedelta(hours=49))
        chief.commands("menu")
        chief.presses("staff")
        chief.does_not_see("invitation no. 2")


def test_nobody_takes_a_role_back_that_they_could_not_give(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as officer:
        joins(officer, OF_HANGZHOU)
        joins(another(officer, "chief", "en"), ADMINISTRATOR)
        joins(another(officer, "abroad", "en"), OF_ZHONGYUAN)
        joins(another(officer, "expert", "en"), Grant(Role.EXPERT, Scope(HANGZHOU)))
        officer.commands("menu")
        officer.presses("staff")
        officer.does_not_see("administrator", "中原区")
        officer.presses("revoke")
        listed = [key for key in keys(officer) if key.startswith("member:")]
        assert listed == ["member:4"]


def test_what_a_role_allows_is_asked_when_it_is_done_and_not_when_it_was_shown(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as chief:
        number = joins(chief, ADMINISTRATOR)
        chief.presses("staff", "invite", "administrator")
        before = chief.now_sees
        chief.database.run(lambda tx: tx.staff.revoke(number, chief.clock.now(), None))
        chief.presses_again(before, "yes")
        assert LINK.search(chief.text) is None
        assert len(chief.database.run(lambda tx: tx.invitations.all())) == 1
