"""What is missing, in words: by how much, with the unit, in both languages, and never rounded onto the bound."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from dialogs.gap_words import duration, tell_gap, tell_gaps
from dialogs.world import World
from domain.eligibility import gaps as g
from domain.facts.vocabulary import Fact, Vocabulary
from domain.organisations import Person
from domain.values import NEVER, Certificate, Event, PartialDate
from locales.words import Catalogues
from tests.support.programmes import examiner, vocabulary

YIELD = Fact.model_validate(
    {"id": "some_share", "type": "percentage", "short": "合格率", "question": "多少？"}
)
FACTS = Vocabulary([*vocabulary().values(), YIELD])


def world(language: str) -> World:
    return World(
        words=Catalogues.load().words("zh_CN" if language == "zh_CN" else "en"),
        programmes=(),
        hashes={},
        vocabulary=FACTS,
        examiner=examiner(),
        now=datetime(2026, 5, 20, 8, tzinfo=ZoneInfo("Asia/Shanghai")),
        person=Person(id=0, consent="unasked"),
    )


SINCE = PartialDate(2024, 6, 20)
TEACHING = Event(PartialDate(2024, 5), "quality")


@pytest.mark.parametrize(
    ("gap", "english", "chinese"),
    [
        (g.NotAnswered("registered_city"), "not answered yet", "还没回答"),
        (g.NotAnswered("net_profit", (2023, 2025)), "the figures of 2023 and 2025 are missing", "2023 和 2025"),
        (g.NotSure("registered_city"), "you answered not sure", "不清楚"),
        (g.NotAccepted("county_bureau_recommends", value=False), "no", "否"),
        (g.NotAccepted("registered_city", "hangzhou", ("zhengzhou",)), "Hangzhou; needed: Zhengzhou", "郑州"),
        (g.NotAccepted("excellence_model_since", NEVER), "Not applied so far", "还没有应用"),
        (
            g.TooShort("excellence_model_since", SINCE, 24, 1, 0, date(2026, 6, 20)),
            "1 month short of 2 years",
            "还差 1 个月",
        ),
        (
            g.TooShort("excellence_model_since", SINCE, 36, 13, 2, date(2027, 6, 22)),
            "1 year 1 month 2 days short of 3 years",
            "还差 1 年 1 个月 2 天",
        ),
        (g.OutOfBounds("committed_incubatees", 9, 10, "at_least", 1), "; at least 10", "10"),
        (g.OutOfBounds("market_share_rank", 4, 3, "at_most", 1, 2024), "2024", "2024"),
        (g.OutOfBounds("net_profit", -1, 0, "at_least", 1, 2024), "-CNY 1", "-1 元"),
        (g.OutOfBounds("net_profit", 0, 0, "more_than", 0, 2024), "more than CNY 0", "0 元"),
        (g.EventCounts("major_accidents", TEACHING, date(2028, 1, 1)), "no longer counts from", "起不再计入"),
        (g.EventCounts("major_accidents", TEACHING, None), "May 2024", "2024年5月"),
        (g.NotHeld("iso_9001_certificate"), "not held", "没有"),
        (g.Expired("iso_9001_certificate", PartialDate(2026, 5, 19)), "expired on", "到期"),
        (g.ValidityNotTold("iso_9001_certificate"), "not known exactly", "不"),
        (g.NotExact("excellence_model_since", PartialDate(2024)), "2024 is too rough", "2024"),
        (g.TextLeavesOpen(), "the policy text leaves this open", "没有写"),
    ],
)  # fmt: skip
def test_every_kind_of_gap_is_told_in_both_languages(gap: g.Gap, english: str, chinese: str) -> None:
    assert english in tell_gap(world("en"), gap)
    told = tell_gap(world("zh_CN"), gap)
    assert chinese in told
    assert not any(word in told for word in ("short", "least", "answered", "not "))


@pytest.mark.parametrize(
    ("value", "bound", "told"),
    [
        (Decimal("94.999"), 95, "94.999%"),
        (Decimal("94.99"), 95, "94.99%"),
        (Decimal(94), 95, "94%"),
        (Decimal(100) / 3, 50, "33.33%"),
        (Decimal(300) / 3, 101, "100%"),
    ],
)
def test_a_figure_is_never_rounded_onto_its_bound(value: Decimal, bound: int, told: str) -> None:
    gap = g.OutOfBounds("some_share", value, bound, "at_least", bound - value)
    assert f"{told}; at least {bound}%" in tell_gap(world("en"), gap)


def test_a_fact_that_is_no_longer_known_is_told_by_its_id() -> None:
    assert tell_gap(world("en"), g.NotAnswered("gone")) == "gone: not answered yet"


def test_several_gaps_stand_in_one_line() -> None:
    both = (g.NotSure("registered_city"), g.NotHeld("iso_9001_certificate"))
    assert tell_gaps(world("en"), both).count("; ") == 1
    assert tell_gaps(world("en"), ()) == ""


@pytest.mark.parametrize(
    ("months", "days", "english", "chinese"),
    [
        (0, 0, "0 days", "0 天"),
        (1, 0, "1 month", "1 个月"),
        (12, 0, "1 year", "1 年"),
        (25, 1, "2 years 1 month 1 day", "2 年 1 个月 1 天"),
        (0, 30, "30 days", "30 天"),
    ],
)
def test_a_length_of_time_leaves_out_what_is_none(months: int, days: int, english: str, chinese: str) -> None:
    tell: Callable[[str], str] = lambda language: duration(world(language).words, months, days)  # noqa: E731
    assert tell("en") == english
    assert tell("zh_CN") == chinese


def test_a_certificate_told_as_such_reads_well() -> None:
    gap = g.NotAccepted("iso_9001_certificate", Certificate(held=True, valid_to=PartialDate(2027, 3, 1)))
    assert "held, valid to" in tell_gap(world("en"), gap)
