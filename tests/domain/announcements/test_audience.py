"""Who is meant by an announcement: everybody it concerns, nobody else, and never whoever stopped such announcements."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from domain.announcements import Audience, Candidate, belongs, overlaps
from domain.programme.parts import Verdict
from domain.staff import EVERYWHERE, Grant, GrantError, Role, Scope

PROGRAMMES = ("one", "two", "three")
DISTRICTS = ("", "西湖区", "滨江区", "Binjiang")

some_programmes = st.frozensets(st.sampled_from(PROGRAMMES))
districts = st.sampled_from(DISTRICTS)
scopes = st.builds(Scope, st.sampled_from(("", *PROGRAMMES)), districts)


@st.composite
def grants(draw: st.DrawFn) -> Grant:
    try:
        return Grant(draw(st.sampled_from(Role)), draw(scopes))
    except GrantError:
        return Grant(Role.VIEWER, draw(scopes))


@st.composite
def candidates(draw: st.DrawFn) -> Candidate:
    asked = draw(some_programmes)
    return Candidate(
        chat=1,
        asked=asked,
        declined=draw(some_programmes) - asked,
        verdicts=draw(
            st.dictionaries(st.sampled_from(PROGRAMMES), st.sampled_from([one.value for one in Verdict]))
        ),
        stopped=draw(st.frozensets(st.sampled_from(("", *PROGRAMMES)))),
        district=draw(districts),
        grants=tuple(draw(st.lists(grants(), max_size=3))),
    )


@st.composite
def audiences(draw: st.DrawFn) -> Audience:
    programme = draw(st.sampled_from(("", *PROGRAMMES)))
    role = draw(st.none() | st.sampled_from(Role))
    verdict = draw(st.none() | st.sampled_from(Verdict)) if programme and role is None else None
    round_district = draw(districts) if programme and role is None else ""
    return Audience(
        programme=programme,
        round=1 if round_district else None,
        round_district=round_district,
        district=draw(districts),
        role=role,
        verdict=verdict,
    )


@given(candidates(), audiences())
def test_whoever_stopped_such_announcements_is_never_meant(candidate: Candidate, audience: Audience) -> None:
    stopped = replace(candidate, stopped=candidate.stopped | {audience.programme})
    assert not belongs(stopped, audience)
    assert not belongs(stopped, replace(audience, corrects=1))


@given(candidates(), audiences())
def test_who_has_nothing_to_do_with_the_programme_is_not_meant(
    candidate: Candidate, audience: Audience
) -> None:
    stranger = replace(candidate, asked=frozenset(), verdicts={}, grants=())
    assert not belongs(stranger, audience)


@given(candidates(), audiences(), districts, st.sampled_from(Verdict))
def test_every_further_condition_only_leaves_people_out(
    candidate: Candidate, audience: Audience, district: str, verdict: Verdict
) -> None:
    open_to_all = audience.role is None and audience.programme and audience.verdict is None
    if open_to_all and belongs(candidate, replace(audience, verdict=verdict)):
        assert belongs(candidate, audience)
    if not audience.district and belongs(candidate, replace(audience, district=district)):
        assert belongs(candidate, audience)


@given(candidates(), audiences())
def test_refusing_a_programme_outweighs_having_checked_it(candidate: Candidate, audience: Audience) -> None:
    if audience.role is not None or not audience.programme:
        return
    refused = replace(
        candidate,
        asked=candidate.asked - {audience.programme},
        declined=candidate.declined | {audience.programme},
    )
    assert not belongs(refused, audience)


@given(candidates(), audiences())
def test_somebody_of_another_district_hears_nothing_meant_for_one(
    candidate: Candidate, audience: Audience
) -> None:
    if audience.role is None and audience.district and belongs(candidate, audience):
        assert candidate.district.casefold() == audience.district.casefold()
    if audience.role is None and audience.round_district and belongs(candidate, audience):
        assert candidate.district in {"", audience.round_district}


@given(candidates(), audiences())
def test_staff_are_meant_by_a_role_they_hold_where_it_holds(candidate: Candidate, audience: Audience) -> None:
    if audience.role is None or not belongs(candidate, audience):
        return
    assert any(one.role is audience.role and overlaps(one.scope, audience.scope) for one in candidate.grants)


@given(scopes, scopes)
def test_scopes_overlap_both_ways_or_not_at_all(one: Scope, other: Scope) -> None:
    assert overlaps(one, other) == overlaps(other, one)
    assert overlaps(one, EVERYWHERE)
    if one.covers(other):
        assert overlaps(one, other)


def test_a_correction_goes_to_whoever_was_reached_whatever_they_are_now() -> None:
    moved = Candidate(chat=1, district="滨江区")
    first = Audience(programme="one", district="西湖区")
    assert not belongs(moved, first)
    assert belongs(moved, replace(first, corrects=7))


def test_about_no_single_programme_only_those_hear_who_left_one_on() -> None:
    about_any = Audience()
    both = Candidate(chat=1, asked=frozenset({"one", "two"}), stopped=frozenset({"one"}))
    assert belongs(both, about_any)
    assert not belongs(replace(both, stopped=frozenset({"one", "two"})), about_any)


def test_an_unknown_district_is_not_another_one_for_a_round_but_is_none_of_a_named_one() -> None:
    unknown = Candidate(chat=1, asked=frozenset({"one"}))
    assert belongs(unknown, Audience(programme="one", round=1, round_district="西湖区"))
    assert not belongs(unknown, Audience(programme="one", district="西湖区"))


def test_names_of_districts_are_compared_in_one_normal_form() -> None:
    there = Candidate(chat=1, asked=frozenset({"one"}), district=" ＢＩＮＪＩＡＮＧ ")
    assert belongs(there, Audience(programme="one", district="Binjiang"))
