"""The rounds of a programme on a day: what staff opened, and what its own text has every year."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.rounds import Bilingual, Round, RoundState, Terms, cancel, left_out, rounds_on
from tests.support.programmes import BUILT_IN_IDS, calendar, programme

ZHENGZHOU = programme("zhengzhou-incubation-base")
HANGZHOU = programme("hangzhou-quality-award")


def stored(state: RoundState, closes: date, *, district: str = "", number: int = 1) -> Round:
    terms = Terms(name=Bilingual("一批"), closes_safe=closes)
    return Round(id=number, programme=ZHENGZHOU.id, district=district, state=state, revision=1, terms=terms)


def test_the_yearly_window_is_a_round_that_nobody_announced() -> None:
    (found,) = rounds_on(ZHENGZHOU, (), date(2026, 3, 1), calendar())
    assert found.computed
    assert (found.opens, found.closes_safe, found.closes_outer) == (
        date(2026, 1, 1),
        date(2026, 5, 31),
        date(2026, 6, 30),
    )
    # 31 May 2026 is a Sunday: papers have to be there on the Friday before.
    assert found.paper_safe == date(2026, 5, 29)
    assert not found.provisional
    assert found.clause == "第五条"


def test_it_stays_until_the_outer_day_has_passed() -> None:
    (found,) = rounds_on(ZHENGZHOU, (), date(2026, 6, 30), calendar())
    assert found.closes_safe == date(2026, 5, 31)
    assert not found.is_over(date(2026, 6, 30))
    assert found.is_over(date(2026, 7, 1))


@pytest.mark.parametrize("day", [date(2026, 7, 1), date(2026, 11, 22), date(2027, 2, 1), date(2028, 3, 1)])
def test_a_window_after_the_end_of_the_programme_is_no_round_and_it_is_said_why(day: date) -> None:
    assert rounds_on(ZHENGZHOU, (), day, calendar()) == ()
    (left,) = left_out(ZHENGZHOU, (), day, calendar())
    assert left.round.closes_safe is not None
    assert left.standing == ZHENGZHOU.status_on(left.round.closes_safe)
    assert left.standing.accepts_applications is False


@pytest.mark.parametrize("programme_id", BUILT_IN_IDS)
def test_programmes_without_a_window_of_their_own_have_no_round_until_staff_open_one(
    programme_id: str,
) -> None:
    if programme_id == ZHENGZHOU.id:
        return
    assert rounds_on(programme(programme_id), (), date(2026, 3, 1), calendar()) == ()
    assert left_out(programme(programme_id), (), date(2026, 3, 1), calendar()) == ()


@pytest.mark.parametrize("state", [RoundState.ANNOUNCED, RoundState.CLOSED, RoundState.CANCELLED])
def test_what_people_were_told_of_takes_the_place_of_the_computed_round(state: RoundState) -> None:
    told = stored(state, date(2026, 4, 30))
    (found,) = rounds_on(ZHENGZHOU, (told,), date(2026, 3, 1), calendar())
    assert (found.id, found.computed) == (1, False)


def test_drafts_and_rounds_of_one_district_leave_the_computed_round_where_it_is() -> None:
    day = date(2026, 3, 1)
    draft = stored(RoundState.DRAFTED, date(2026, 4, 30))
    local = stored(RoundState.ANNOUNCED, date(2026, 4, 20), district="中原区", number=2)
    last_year = stored(RoundState.ANNOUNCED, date(2025, 5, 30), number=3)
    found = rounds_on(ZHENGZHOU, (draft, local, last_year), day, calendar())
    assert [one.id for one in found] == [3, 2, 1, 0]


def test_a_draft_that_is_called_off_leaves_the_computed_round_where_it_is() -> None:
    dropped = cancel(stored(RoundState.DRAFTED, date(2026, 4, 30)), "作废").after
    assert not dropped.public
    found = rounds_on(ZHENGZHOU, (dropped,), date(2026, 3, 1), calendar())
    assert [one.id for one in found] == [1, 0]


def test_papers_are_due_on_a_working_day_where_papers_are_handed_in() -> None:
    told = stored(RoundState.ANNOUNCED, date(2026, 5, 31))
    (found,) = rounds_on(ZHENGZHOU, (told,), date(2026, 3, 1), calendar())
    assert found.paper_safe == date(2026, 5, 29)
    (later,) = rounds_on(
        ZHENGZHOU, (stored(RoundState.ANNOUNCED, date(2031, 5, 31)),), date(2031, 3, 1), calendar()
    )
    assert later.provisional


def test_rounds_of_other_programmes_are_not_shown() -> None:
    foreign = replace(stored(RoundState.ANNOUNCED, date(2026, 4, 30)), programme=HANGZHOU.id)
    (found,) = rounds_on(ZHENGZHOU, (foreign,), date(2026, 3, 1), calendar())
    assert found.computed


@settings(max_examples=60, deadline=None)
@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)))
def test_a_computed_round_is_never_over_and_never_outlives_its_programme(day: date) -> None:
    for round_ in rounds_on(ZHENGZHOU, (), day, calendar()):
        assert round_.closes_safe is not None
        assert round_.closes_outer is not None
        assert day <= round_.closes_outer
        assert ZHENGZHOU.status_on(round_.closes_safe).accepts_applications is not False
        assert round_.paper_safe is not None
        assert round_.paper_safe <= round_.closes_safe
