"""Odd answers to real questions: what may be meant otherwise is asked back, and nothing is misread silently."""

from __future__ import annotations

from datetime import date

import pytest

from dialogs.engine.answers import Json
from dialogs.engine.question import Drafted, Question, Reading, Refused, Took
from dialogs.fact_questions import question_for
from dialogs.world import World
from domain.calendar.working_days import WorkingCalendar
from domain.clock import FixedClock
from domain.eligibility.evaluate import Examiner
from domain.organisations import Person
from domain.programme.loader import Programmes
from locales.words import Catalogues

_PROGRAMMES = Programmes.load()
WORLD = World(
    words=Catalogues.load().words("zh_CN"),
    programmes=tuple(loaded.programme for loaded in _PROGRAMMES.all_on(date(2026, 11, 21))),
    hashes={},
    vocabulary=_PROGRAMMES.vocabulary,
    examiner=Examiner(WorkingCalendar.load()),
    now=FixedClock(date(2026, 11, 21)).now(),
    person=Person(id=1, consent="unasked"),
)
ASKS_BACK = "asks back"
REFUSES = "refuses"


def question(fact: str) -> Question:
    return question_for(WORLD, WORLD.vocabulary[fact])


def came_to(asked: Question, reading: Reading) -> Json:
    """The answer; or that the person is asked what was meant, or to answer otherwise."""
    match reading:
        case Took(value):
            assert asked.echo(value), "what was understood is told"
            return value
        case Refused(reason):
            assert "".join(span.text for span in reason)
            return REFUSES
        case Drafted(draft):
            keys = {choice.key for choice in asked.prompt(draft, None).choices}
            return ASKS_BACK if "@again" in keys else draft


PROFIT: tuple[tuple[str, Json], ...] = (
    ("三点五个亿左右", ASKS_BACK),
    ("约1200万", ASKS_BACK),
    ("120", ASKS_BACK),
    ("1.5", ASKS_BACK),
    ("1 2 3", ASKS_BACK),
    ("2023 120万 2024 -30 2025 0", ASKS_BACK),
    ("1亿5千万", {"2023": 150_000_000}),
    ("亏损30万", {"2023": -300_000}),
    ("1200万元", {"2023": 12_000_000}),
    ("120元", {"2023": 120}),
    ("0", {"2023": 0}),
    ("都是0", {"2023": 0, "2024": 0, "2025": 0}),
    ("2023年 0，2024年 1元，2025年 500万", {"2023": 0, "2024": 1, "2025": 5_000_000}),
    ("不清楚", "unclear"),
    ("5/6/2024", REFUSES),
    ("2024-05-06", REFUSES),
    ("2024", REFUSES),
    ("100%", REFUSES),
    ("3000万-4000万", REFUSES),
    ("没有问题", REFUSES),
    ("100万美元", REFUSES),
)
RANK: tuple[tuple[str, Json], ...] = (
    ("前三", ASKS_BACK),
    ("第4", {"2023": 4}),
    ("每年都是第3", {"2023": 3, "2024": 3, "2025": 3}),
    ("全都第一", {"2023": 1, "2024": 1, "2025": 1}),
    ("３，３，３", {"2023": 3, "2024": 3, "2025": 3}),
    ("5/6/2024", REFUSES),
    ("2024", REFUSES),
    ("去年6月", REFUSES),
    ("100%", REFUSES),
)
SINCE: tuple[tuple[str, Json], ...] = (
    ("２０２４年５月", "2024-05"),
    ("去年6月", "2025-06"),
    ("5/6/2024", ASKS_BACK),
    ("24年", ASKS_BACK),
    ("好像是2023年", ASKS_BACK),
    ("明年3月", REFUSES),
    ("100%", REFUSES),
    ("没有问题", REFUSES),
)
ACCIDENTS: tuple[tuple[str, Json], ...] = (
    ("没有发生过", []),
    ("没出过", REFUSES),
    ("0", []),
    ("2023年5月火灾", {"done": [], "open": [{"date": "2023-05", "note": "火灾"}]}),
    ("去年和前年", {"done": [], "open": [{"date": "2025"}, {"date": "2024"}]}),
    ("5/6/2024", ASKS_BACK),
    ("好像是2023年", ASKS_BACK),
    ("2023年没有，2024年有", REFUSES),
    ("2023 120万 2024 -30 2025 0", REFUSES),
    ("明年3月", REFUSES),
    ("没有问题", REFUSES),
)
CERTIFICATE: tuple[tuple[str, Json], ...] = (
    ("有，到2027年3月", {"held": True, "valid_to": "2027-03"}),
    ("有效期至2028年3月1日", {"held": True, "valid_to": "2028-03-01"}),
    ("有，2027年3月到期", {"held": True, "valid_to": "2027-03"}),
    ("没有", {"held": False}),
    ("5/6/2027", ASKS_BACK),
    ("好像是2027年", ASKS_BACK),
    ("没有，去年到期了", REFUSES),
    ("100%", REFUSES),
)
COUNT: tuple[tuple[str, Json], ...] = (
    ("二十", 20),
    ("大概3个", ASKS_BACK),
    ("24年", REFUSES),
    ("2030年", REFUSES),
    ("100%", REFUSES),
    ("第4", REFUSES),
    ("500元", REFUSES),
)
YES: tuple[tuple[str, Json], ...] = (
    ("是的，没错", True),
    ("不，没有", False),
    ("应该有", ASKS_BACK),
    ("没有问题", REFUSES),
    ("是，不是", REFUSES),
    ("去年6月", REFUSES),
)
CITY: tuple[tuple[str, Json], ...] = (
    ("郑州", "zhengzhou"),
    ("第4", "shenzhen"),
    ("不是郑州的", REFUSES),
    ("100%", REFUSES),
)
CASES = {
    "net_profit": PROFIT,
    "first_pass_yield_rank": RANK,
    "excellence_model_since": SINCE,
    "major_accidents": ACCIDENTS,
    "iso_9001_certificate": CERTIFICATE,
    "committed_incubatees": COUNT,
    "county_bureau_recommends": YES,
    "registered_city": CITY,
}


@pytest.mark.parametrize(
    ("fact", "said", "meant"),
    [(fact, said, meant) for fact, cases in CASES.items() for said, meant in cases],
)
def test_an_odd_answer_is_read_as_it_was_meant_or_asked_back(fact: str, said: str, meant: Json) -> None:
    asked = question(fact)
    assert came_to(asked, asked.type(said, None)) == meant


@pytest.mark.parametrize(
    "said", ["", "   ", "😀", "<script>alert(1)</script>", "一" * 10_000, "\u200b", "'; --"]
)
@pytest.mark.parametrize("fact", CASES)
def test_what_says_nothing_is_no_answer_to_anything(fact: str, said: str) -> None:
    assert isinstance(question(fact).type(said, None), Refused)
