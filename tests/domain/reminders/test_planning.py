"""The plan as a whole: deterministic, each key once, and the same tomorrow as today but for what is over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.eligibility.receipts import make_receipt
from domain.reminders.kept import (
    preferences_from_json,
    preferences_to_json,
    reminder_from_json,
    reminder_to_json,
)
from domain.reminders.model import Known, Preferences, Reminder, Situation
from domain.reminders.planning import plan
from domain.reminders.sources import SOURCES
from domain.reminders.tools import HORIZON, Tools
from domain.rounds import Bilingual, Round, RoundState, Terms
from domain.staff import Role
from tests.support.programmes import BUILT_IN_IDS
from tests.support.reminding import facts_of, tools

FIRST, LAST = date(2026, 1, 1), date(2027, 12, 31)
DAYS = st.dates(FIRST, LAST)
PAST = st.dates(date(2018, 1, 1), date(2026, 6, 30))

FACTS: Final = st.fixed_dictionaries(
    {},
    optional={
        "excellence_model_since": PAST.map(str),
        "excellence_model_uninterrupted": st.booleans(),
        "operating_since": PAST.map(str),
        "related_licence_since": PAST.map(str),
        "registered_city": st.sampled_from(["zhengzhou", "wuhu", "hangzhou", "other"]),
        "mu_yield_grade": st.sampled_from(["a", "b", "below_b"]),
        "iso_9001_certificate": DAYS.map(lambda day: {"held": True, "valid_to": str(day)}),
        "major_accidents": st.lists(PAST.map(lambda day: {"date": str(day), "kind": "quality"}), max_size=2),
        "net_profit": st.dictionaries(
            st.sampled_from(["2023", "2024", "2025"]), st.integers(-100, 100), max_size=3
        ),
    },
)


@st.composite
def rounds(draw: st.DrawFn) -> tuple[Round, ...]:
    found = []
    for number in range(1, draw(st.integers(0, 4)) + 1):
        closes = draw(DAYS)
        terms = Terms(
            name=Bilingual("一批"),
            opens=draw(st.none() | st.just(closes - timedelta(days=draw(st.integers(0, 90))))),
            closes_safe=closes,
            closes_outer=draw(st.none() | st.just(closes + timedelta(days=draw(st.integers(0, 30))))),
        )
        found.append(
            Round(
                id=number,
                programme=draw(st.sampled_from(BUILT_IN_IDS)),
                district=draw(st.sampled_from(["", "鸠江区"])),
                state=draw(st.sampled_from([RoundState.ANNOUNCED, RoundState.CLOSED, RoundState.CANCELLED])),
                revision=draw(st.integers(1, 3)),
                terms=terms,
            )
        )
    return tuple(found)


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    as_of = draw(DAYS)
    plain: Mapping[str, Any] = draw(FACTS)
    values = facts_of(plain)
    checked_on = as_of - timedelta(days=draw(st.integers(0, 200)))
    receipts = {}
    for programme_id in draw(st.sets(st.sampled_from(BUILT_IN_IDS))):
        loaded = tools().programmes.on(programme_id, checked_on)
        evaluation = tools().examiner.examination(loaded.programme, checked_on).evaluate(values)
        receipts[programme_id] = make_receipt(evaluation, loaded.content_hash)
    wanted = draw(st.dictionaries(st.sampled_from(BUILT_IN_IDS), st.booleans()))
    return Situation(
        as_of=as_of,
        district=draw(st.sampled_from(["", "鸠江区", "上城区"])),
        facts={fact: Known(value, checked_on) for fact, value in values.items()},
        receipts=receipts,
        preferences=Preferences(programmes=wanted),
        rounds=draw(rounds()),
        roles=draw(st.sampled_from([frozenset(), frozenset({Role.ADMINISTRATOR})])),
    )


RARELY = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@RARELY
@given(situations())
def test_every_reminder_makes_sense(situation: Situation) -> None:
    planned = plan(situation, tools())
    assert plan(situation, tools()) == planned
    assert len({one.key for one in planned}) == len(planned)
    assert list(planned) == sorted(planned, key=lambda one: (one.send_on, one.key))
    for one in planned:
        assert one.until >= situation.as_of
        assert one.send_on <= situation.as_of + HORIZON
        assert one.key.startswith(f"{one.thread}:")
        assert one.outer is None or one.outer > one.due
        assert one.at_once or one.send_on == one.due - timedelta(days=one.offset)
        assert reminder_from_json(reminder_to_json(one)) == one
        if one.programme is not None:
            asked = situation.preferences.programmes.get(one.programme)
            assert asked is not False
            assert asked or one.programme in situation.receipts
    by_kind = {one.kind for one in planned}
    for kind in by_kind:
        assert plan(situation, tools(), kinds={kind}) == tuple(one for one in planned if one.kind == kind)


@RARELY
@given(situations(), st.integers(1, 60))
def test_what_is_planned_today_is_planned_tomorrow_unless_it_is_over(situation: Situation, days: int) -> None:
    later = replace(situation, as_of=situation.as_of + timedelta(days=days))
    today = {one.key: one for one in plan(situation, tools())}
    tomorrow = {one.key: one for one in plan(later, tools())}
    for key, one in today.items():
        # The round that is next and the version in use depend on the day; what they bring is planned beforehand.
        if (
            one.until >= later.as_of
            and not one.at_once
            and one.kind not in {"policy_in_force", "fact_to_refresh"}
        ):
            assert key in tomorrow, key


def test_two_reminders_with_one_key_are_an_error_of_a_source() -> None:
    def twice(situation: Situation, _tools: Tools) -> Any:
        for _ in range(2):
            yield Reminder(
                key="k",
                thread="k",
                kind="window_closes",
                programme=None,
                due=situation.as_of,
                offset=0,
                send_on=situation.as_of,
                until=situation.as_of,
            )

    with pytest.raises(ValueError, match="two reminders with the key k"):
        plan(Situation(as_of=FIRST), tools(), sources={**SOURCES, twice: frozenset({"window_closes"})})


def test_preferences_survive_being_kept() -> None:
    wanted = Preferences(kinds={"window_opens": False}, programmes={"a": True}, paused=True)
    assert preferences_from_json(preferences_to_json(wanted), {"a": True}) == wanted
    assert preferences_from_json(None, {}) == Preferences()
