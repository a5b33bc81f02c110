"""Who may do what, where: every role, every act, at home and abroad."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.privacy import new_token
from domain.staff import (
    ALLOWED,
    EVERYWHERE,
    GIVES,
    LONGEST_INVITATION_HOURS,
    NOBODY,
    OPERATOR,
    Act,
    Actor,
    Grant,
    GrantError,
    Invitation,
    InvitationState,
    Member,
    NotAllowed,
    Role,
    Scope,
    expiry,
    may,
    start_argument,
    token_in,
    without_links,
)
from tests.store.conftest import NOW

ZHENGZHOU, HANGZHOU = "zhengzhou-incubation-base", "hangzhou-quality-award"
PROGRAMMES = ("", ZHENGZHOU, HANGZHOU)
DISTRICTS = ("", "中原区", "金水区")
SCOPES = tuple(Scope(programme, district) for programme, district in product(PROGRAMMES, DISTRICTS))


def grants() -> list[Grant]:
    found = []
    for role, scope in product(Role, SCOPES):
        if role is Role.COUNTY_OFFICER and not scope.district:
            continue
        if role is Role.ADMINISTRATOR and scope != EVERYWHERE:
            continue
        found.append(Grant(role, scope))
    return found


def member(grant: Grant, number: int = 1) -> Member:
    return Member(number, 7, grant, NOW)


@pytest.mark.parametrize("grant", grants(), ids=lambda g: f"{g.role}-{g.scope.programme}-{g.scope.district}")
@pytest.mark.parametrize("act", Act)
def test_who_may_do_what_at_home_and_abroad(grant: Grant, act: Act) -> None:
    for scope in SCOPES:
        abroad = (grant.scope.programme and grant.scope.programme != scope.programme) or (
            grant.scope.district and grant.scope.district != scope.district
        )
        allowed = grant.role in ALLOWED[act] and not abroad
        assert may(member(grant), act, scope) is allowed
        assert Actor((member(grant),)).may(act, scope) is allowed
        if allowed:
            assert Actor((member(grant, 5),)).permit(act, scope) == 5
        else:
            with pytest.raises(NotAllowed):
                Actor((member(grant),)).permit(act, scope)


def test_the_matrix_names_every_act_and_leaves_lookers_on_to_look_on() -> None:
    assert set(ALLOWED) == set(Act)
    looking = {Act.SEE_DRAFTS, Act.SEE_STAFF, Act.SEE_ANNOUNCEMENTS}
    for role in (Role.VIEWER, Role.SUPERVISOR, Role.EXPERT, Role.SERVICE_STATION):
        assert {act for act, roles in ALLOWED.items() if role in roles} <= looking
    changing_rounds = {act for act in Act if act.value.endswith("_round")}
    assert len(changing_rounds) == 5
    for act in changing_rounds:
        assert ALLOWED[act] == {Role.ADMINISTRATOR, Role.CITY_OFFICER, Role.COUNTY_OFFICER}


@pytest.mark.parametrize("giver", grants(), ids=lambda g: f"{g.role}-{g.scope.programme}-{g.scope.district}")
@pytest.mark.parametrize("act", [Act.INVITE_STAFF, Act.REVOKE_STAFF])
def test_who_may_give_and_take_which_role(giver: Grant, act: Act) -> None:
    actor = Actor((member(giver, 3),))
    for given_ in grants():
        inside = giver.scope.covers(given_.scope)
        if inside and given_.role in GIVES.get(giver.role, frozenset()):
            assert actor.permit_grant(act, given_) == 3
        else:
            with pytest.raises(NotAllowed):
                actor.permit_grant(act, given_)


def test_nobody_gives_more_than_they_have() -> None:
    for giver, roles in GIVES.items():
        if giver is Role.ADMINISTRATOR:
            continue
        for role in roles:
            for act, allowed in ALLOWED.items():
                assert role not in allowed or giver in allowed, (giver, role, act)
    assert Role.SUPERVISOR not in GIVES[Role.CITY_OFFICER]
    assert Role.CITY_OFFICER not in GIVES[Role.CITY_OFFICER]


@given(act=st.sampled_from(Act), scope=st.sampled_from(SCOPES))
def test_who_is_nobody_or_nobody_any_more_may_do_nothing(act: Act, scope: Scope) -> None:
    administrator = member(Grant(Role.ADMINISTRATOR))
    assert not NOBODY.may(act, scope)
    assert not NOBODY.may_somewhere(act)
    for gone in (replace(administrator, revoked_at=NOW), replace(administrator, person_id=None)):
        assert not gone.holds
        assert not Actor((gone,)).may(act, scope)
        with pytest.raises(NotAllowed):
            Actor((gone,)).permit(act, scope)
    assert OPERATOR.permit(act, scope) is None


@given(st.lists(st.sampled_from(grants()), max_size=4), st.sampled_from(Act), st.sampled_from(SCOPES))
def test_several_roles_allow_what_one_of_them_allows(held: list[Grant], act: Act, scope: Scope) -> None:
    members = tuple(member(grant, number) for number, grant in enumerate(held))
    actor = Actor(members)
    able = [one.id for one in members if may(one, act, scope)]
    assert actor.may(act, scope) is bool(able)
    if able:
        assert actor.permit(act, scope) == able[0]
        assert actor.may_somewhere(act)


@given(st.sampled_from(SCOPES), st.sampled_from(SCOPES), st.sampled_from(SCOPES))
def test_scopes_nest(outer: Scope, middle: Scope, inner: Scope) -> None:
    assert EVERYWHERE.covers(outer)
    assert outer.covers(outer)
    if outer.covers(middle) and middle.covers(inner):
        assert outer.covers(inner)
    if outer.covers(middle) and middle.covers(outer):
        assert outer == middle


def test_the_name_of_a_district_is_compared_however_it_was_typed() -> None:
    assert Scope(district="  Zhongyuan \u3000District ").covers(Scope(district="zhongyuan district"))
    assert Scope(district="高新区Ａ").covers(Scope(district="高新区A"))
    assert not Scope(district="中原区").covers(Scope(district="金水区"))


def test_roles_that_make_no_sense_cannot_be_given() -> None:
    with pytest.raises(GrantError, match="needs a district"):
        Grant(Role.COUNTY_OFFICER)
    for scope in (Scope(ZHENGZHOU), Scope(district="中原区")):
        with pytest.raises(GrantError, match="everywhere"):
            Grant(Role.ADMINISTRATOR, scope)
    with pytest.raises(GrantError, match="too long"):
        Grant(Role.EXPERT, Scope(district="区" * 61))


def test_an_invitation_is_open_until_it_is_used_or_revoked_or_over() -> None:
    fresh = Invitation(1, Grant(Role.VIEWER), NOW, expiry(NOW, 48))
    assert fresh.expires_at - NOW == timedelta(hours=48)
    assert fresh.state(NOW) is InvitationState.OPEN
    assert fresh.state(fresh.expires_at - timedelta(microseconds=1)) is InvitationState.OPEN
    assert fresh.state(fresh.expires_at) is InvitationState.EXPIRED
    for later in (NOW, fresh.expires_at + timedelta(days=1)):
        assert replace(fresh, used_at=NOW, staff_id=1).state(later) is InvitationState.USED
        assert replace(fresh, revoked_at=NOW).state(later) is InvitationState.REVOKED


@pytest.mark.parametrize("hours", [0, -1, LONGEST_INVITATION_HOURS + 1])
def test_an_invitation_lasts_neither_no_time_nor_for_ever(hours: int) -> None:
    with pytest.raises(ValueError, match=str(hours)):
        expiry(NOW, hours)


def test_a_deep_link_carries_what_telegram_allows() -> None:
    token = new_token()
    argument = start_argument(token)
    assert len(argument) <= 64
    assert argument.replace("_", "").replace("-", "").isalnum()
    assert token_in(argument) == token


@given(st.text(max_size=80))
def test_other_arguments_of_a_start_are_no_invitations(text: str) -> None:
    found = token_in(text)
    assert found is None or text.strip() == start_argument(found)


@pytest.mark.parametrize(
    "link",
    [
        "https://t.me/zhuoyue_bot?start=i_{}",
        "http://127.0.0.1:8642/invitation#i_{}",
        "/invitation#i_{}",
        "i_{}",
    ],
)
def test_a_link_is_taken_out_of_a_text_and_of_its_json(link: str) -> None:
    text = f"请转给本人\n{link.format('aB3_-' * 8 + 'xyz')}\n完"
    assert without_links(text) == "请转给本人\n…\n完"
    assert json.loads(without_links(json.dumps({"text": text}, ensure_ascii=False))) == {
        "text": "请转给本人\n…\n完"
    }
    assert json.loads(without_links(json.dumps({"text": text}))) == {"text": "请转给本人\n…\n完"}


@given(st.text())
def test_what_holds_no_link_stays_as_it_is(text: str) -> None:
    if "i_" not in text:
        assert without_links(text) == text
