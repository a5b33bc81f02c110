"""What follows from rounds, facts, self-checks and programmes: each source by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.calendar.holiday_lists import official_lists
from domain.calendar.working_days import WorkingCalendar
from domain.eligibility.evaluate import Examiner
from domain.eligibility.receipts import Receipt, make_receipt
from domain.programme.archive import archive
from domain.programme.loader import LoadedProgramme, Programmes
from domain.programme.parts import Force
from domain.reminders.model import Known, Preferences, Reminder, Situation
from domain.reminders.planning import plan
from domain.reminders.tools import Tools
from domain.rounds import Bilingual, Round, RoundState, Terms
from domain.staff import Role
from tests.support.reminding import HANGZHOU, ZHENGZHOU, facts_of, tools, tools_with

TODAY = date(2026, 3, 2)
WUHU = "wuhu-incubation-pool"
YOUNG = {"related_licence_since": "2023-06-15"}
CURED = date(2026, 6, 15)
"""Wuhu wants three years of it."""


def known(plain: Mapping[str, Any], on: date = TODAY) -> dict[str, Known]:
    return {fact: Known(value, on) for fact, value in facts_of(plain).items()}


def receipt(programme: str, plain: Mapping[str, Any], on: date = TODAY) -> Receipt:
    loaded = tools().programmes.on(programme, on)
    evaluation = tools().examiner.examination(loaded.programme, on).evaluate(facts_of(plain))
    return make_receipt(evaluation, loaded.content_hash)


def checked(programme: str, plain: Mapping[str, Any], on: date = TODAY, **more: Any) -> Situation:
    """Somebody who stated facts and checked a programme on a day."""
    return Situation(
        as_of=on, facts=known(plain, on), receipts={programme: receipt(programme, plain, on)}, **more
    )


def asked(programme: str, **more: Any) -> Situation:
    """Somebody who asked to be reminded of a programme."""
    return Situation(as_of=TODAY, preferences=Preferences(programmes={programme: True}), **more)


def planned(situation: Situation, kind: str, with_: Tools | None = None) -> list[Reminder]:
    return [one for one in plan(situation, with_ or tools()) if one.kind == kind]


def round_of(
    programme: str, closes: date, number: int = 1, state: RoundState = RoundState.ANNOUNCED, **more: Any
) -> Round:
    terms = Terms(name=Bilingual("一批"), closes_safe=closes, **more)
    return Round(id=number, programme=programme, state=state, revision=2, terms=terms)


# Rounds ---------------------------------------------------------------------------------------------


def test_the_yearly_window_of_a_programme_is_reminded_of_by_its_safe_day() -> None:
    found = planned(asked(ZHENGZHOU), "window_closes")
    assert {one.due for one in found} == {date(2026, 5, 31)}
    # Two days before is the Friday on which papers have to be there.
    assert sorted(one.offset for one in found) == [0, 1, 2, 3, 7, 14, 30, 60]
    first = found[0]
    assert (first.outer, first.paper_safe, first.clause) == (date(2026, 6, 30), date(2026, 5, 29), "第五条")
    assert first.subject["computed"] is True


def test_a_programme_without_a_window_has_no_days_until_staff_announce_a_round() -> None:
    assert planned(asked(HANGZHOU), "window_closes") == []
    closes = date(2026, 6, 12)
    found = planned(
        asked(HANGZHOU, rounds=(round_of(HANGZHOU, closes, opens=date(2026, 4, 1)),)), "window_closes"
    )
    assert {one.due for one in found} == {closes}
    opening = planned(
        asked(HANGZHOU, rounds=(round_of(HANGZHOU, closes, opens=date(2026, 4, 1)),)), "window_opens"
    )
    assert [(one.due, one.offset) for one in opening] == [(date(2026, 4, 1), 7), (date(2026, 4, 1), 0)]


def test_a_round_that_takes_the_place_of_the_yearly_window_is_the_same_date_moved() -> None:
    expected = planned(asked(ZHENGZHOU), "window_closes")
    announced = planned(asked(ZHENGZHOU, rounds=(round_of(ZHENGZHOU, date(2026, 5, 20)),)), "window_closes")
    assert {one.thread for one in announced} == {one.thread for one in expected}
    assert {one.due for one in announced} == {date(2026, 5, 20)}


def test_a_round_of_a_district_concerns_who_is_there_or_did_not_say() -> None:
    here = replace(round_of(HANGZHOU, date(2026, 6, 12)), district="上城区")
    for district, hears in (("上城区", True), ("", True), ("西湖区", False)):
        found = planned(asked(HANGZHOU, rounds=(here,), district=district), "window_closes")
        assert bool(found) is hears


@pytest.mark.parametrize("state", [RoundState.CANCELLED, RoundState.CLOSED])
def test_of_a_round_that_ended_early_only_that_is_said(state: RoundState) -> None:
    over = round_of(HANGZHOU, date(2026, 6, 12), state=state)
    (only,) = plan(asked(HANGZHOU, rounds=(over,)), tools())
    assert (only.kind, only.called_off) == ("window_closes", True)


@pytest.mark.parametrize(("closes", "hears"), [(date(2026, 6, 12), False), (date(2026, 6, 16), True)])
def test_who_met_an_obstacle_hears_of_a_window_only_when_time_cures_it_before_the_end(
    closes: date, *, hears: bool
) -> None:
    situation = checked(WUHU, YOUNG, rounds=(round_of(WUHU, closes),))
    assert situation.receipts[WUHU].verdict == "obstacle_found"
    assert bool(planned(situation, "window_closes")) is hears


# Time ------------------------------------------------------------------------------------------------


def test_the_day_a_criterion_will_be_met_is_said_on_that_day_with_its_clause() -> None:
    """Where another obstacle stays, the verdict does not change, but the condition does."""
    situation = checked(WUHU, {**YOUNG, "registered_city": "zhengzhou"})
    (found,) = planned(situation, "criterion_met")
    assert (found.due, found.send_on, found.offset) == (CURED, CURED, 0)
    assert found.clause
    assert planned(situation, "verdict_changed") == []


def test_a_verdict_that_time_changes_says_what_changes_and_where_it_stands() -> None:
    (found,) = planned(checked(WUHU, YOUNG), "verdict_changed")
    assert found.due == CURED
    assert found.subject["before"] == "obstacle_found"
    criteria = found.subject["criteria"]
    assert isinstance(criteria, list)
    assert len(criteria) == 1
    line = criteria[0]
    assert isinstance(line, dict)
    assert (line["before"], line["after"]) == ("not_met", "met")
    assert line["clause"] == found.clause
    assert planned(checked(WUHU, YOUNG), "criterion_met") == [], "one message says it all"


def test_a_self_check_that_was_never_finished_has_no_verdict_to_change() -> None:
    held = {"iso_9001_certificate": {"held": True, "valid_to": "2026-05-15"}}
    base = checked(ZHENGZHOU, held)
    assert base.receipts[ZHENGZHOU].verdict == "more_answers_needed"
    assert planned(base, "verdict_changed") == []


def test_a_newer_self_check_leaves_nothing_of_the_older_one() -> None:
    again = checked(WUHU, YOUNG, CURED)
    assert again.receipts[WUHU].verdict != "obstacle_found"
    assert planned(again, "verdict_changed") == planned(again, "criterion_met") == []


def test_a_text_that_changes_the_verdict_says_which_conditions_come_out_differently() -> None:
    facts = {"registered_city": "zhengzhou"}
    situation = checked(WUHU, facts)
    assert situation.receipts[WUHU].verdict == "obstacle_found"
    assert planned(situation, "text_changed") == []
    programme = tools().programmes.on(WUHU, TODAY).programme
    softer = tuple(
        one.model_copy(update={"force": Force.PREFERENCE}) if one.force is Force.HARD else one
        for one in programme.criteria
    )
    later = tools_with(programme.model_copy(update={"criteria": softer, "version": "2"}))
    (found,) = planned(situation, "text_changed", later)
    assert found.at_once
    assert found.subject["before"] == "obstacle_found"
    assert found.subject["version"] == "2"
    lines = found.subject["criteria"]
    assert isinstance(lines, list)
    assert {line["after"] for line in lines if isinstance(line, dict)} == {None}


def test_a_text_that_changes_nothing_for_somebody_is_not_spoken_of() -> None:
    situation = checked(WUHU, {"registered_city": "zhengzhou"})
    programme = tools().programmes.on(WUHU, TODAY).programme
    later = tools_with(programme.model_copy(update={"version": "2"}))
    assert later.programmes.on(WUHU, TODAY).content_hash != situation.receipts[WUHU].content_hash
    assert planned(situation, "text_changed", later) == []


# Facts -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("valid_to", "due", "outer"),
    [
        ("2026-12-31", date(2026, 12, 31), None),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
    ],
)
def test_a_certificate_is_reminded_of_by_the_first_day_it_may_end(
    valid_to: str, due: date, outer: date | None
) -> None:
    facts = {"iso_9001_certificate": {"held": True, "valid_to": valid_to}}
    found = planned(checked(WUHU, facts), "certificate_expires")
    assert [(one.due, one.outer, one.offset) for one in found] == [(due, outer, n) for n in (90, 30, 7)]
    assert found[0].clause


def test_a_certificate_nobody_asks_for_or_without_a_day_is_not_spoken_of() -> None:
    held = {"iso_9001_certificate": {"held": True, "valid_to": "2026-12-31"}}
    stranger = Situation(as_of=TODAY, facts=known(held))
    assert planned(stranger, "certificate_expires") == []
    assert planned(checked(WUHU, {"iso_9001_certificate": {"held": True}}), "certificate_expires") == []
    assert planned(checked(WUHU, {"iso_9001_certificate": {"held": False}}), "certificate_expires") == []


def test_yearly_answers_are_asked_for_again_after_a_year() -> None:
    facts = {"mu_yield_grade": "a", "manufacturing_enterprise": True, "above_designated_size": True}
    (found,) = planned(checked(HANGZHOU, facts, date(2026, 2, 28)), "fact_to_refresh")
    assert (found.subject, found.due) == ({"fact": "mu_yield_grade"}, date(2027, 2, 28))
    leap = checked(HANGZHOU, facts, date(2028, 2, 29))
    assert [one.due for one in planned(leap, "fact_to_refresh")] == [date(2029, 2, 28)]


# Programmes and upkeep ---------------------------------------------------------------------------------


def test_a_programme_that_lapses_is_told_half_a_year_before_its_safe_end() -> None:
    found = planned(asked(ZHENGZHOU), "policy_lapses")
    assert {one.due for one in found} == {date(2027, 1, 9)}
    assert [one.offset for one in found] == [180, 90, 30, 7]
    assert found[0].clause
    assert planned(asked(HANGZHOU), "policy_lapses") == []


def test_a_text_newly_in_force_is_told_on_its_first_day() -> None:
    early = replace(asked(HANGZHOU), as_of=date(2025, 11, 1))
    (found,) = planned(early, "policy_in_force")
    assert (found.due, found.send_on) == (date(2025, 11, 30), date(2025, 11, 30))


def test_a_later_version_is_told_to_whoever_watches_the_programme() -> None:
    programme = tools().programmes.on(WUHU, TODAY).programme
    since = date(2026, 9, 1)
    later = programme.model_copy(
        update={"version": "2", "in_force": programme.in_force.model_copy(update={"since": since})}
    )
    before = tools()
    both = [one for versions in before.programmes.values() for one in versions]
    both.append(LoadedProgramme(later, archive(later, before.vocabulary), both[0].folder))
    with_both = replace(before, programmes=Programmes(both, before.vocabulary))
    (found,) = planned(asked(WUHU), "policy_in_force", with_both)
    assert (found.due, found.subject) == (since, {"version": "2"})


def test_a_missing_holiday_list_is_told_to_those_who_keep_the_calendar() -> None:
    lists = official_lists()
    without = replace(lists, years=lists.years - {2026})
    short = replace(tools(), examiner=Examiner(WorkingCalendar(without)))
    for roles, hears in (
        (frozenset({Role.ADMINISTRATOR}), True),
        (frozenset({Role.CITY_OFFICER}), True),
        (frozenset({Role.EXPERT}), False),
        (frozenset(), False),
    ):
        situation = Situation(as_of=date(2025, 11, 20), roles=roles)
        found = planned(situation, "holiday_list_missing", short)
        assert bool(found) is hears
        assert {one.due for one in found} <= {date(2026, 1, 1)}


# All of it -------------------------------------------------------------------------------------------


def test_a_stranger_is_reminded_of_nothing() -> None:
    assert plan(Situation(as_of=TODAY), tools()) == ()


def test_who_paused_or_switched_a_kind_off_is_not_reminded() -> None:
    situation = asked(ZHENGZHOU)
    wants = situation.preferences
    assert plan(replace(situation, preferences=replace(wants, paused=True)), tools()) == ()
    off = replace(situation, preferences=replace(wants, kinds={"window_closes": False}))
    assert planned(off, "window_closes") == []
    assert plan(off, tools())


def test_what_lies_far_ahead_or_is_over_is_left_out() -> None:
    far = round_of(HANGZHOU, TODAY + timedelta(days=900))
    near = round_of(HANGZHOU, TODAY + timedelta(days=430), 2)
    found = planned(asked(HANGZHOU, rounds=(far, near)), "window_closes")
    assert {one.subject["round"] for one in found} == {2}
    assert sorted(one.offset for one in found) == [30, 60]
    later = replace(asked(ZHENGZHOU), as_of=date(2026, 7, 1))
    assert planned(later, "window_closes") == []
