"""Events come with a date; "none" is an answer too."""

from __future__ import annotations

from datetime import date

import pytest

from dialogs.understanding.events import read_events
from dialogs.understanding.result import Ambiguous, NotUnderstood, Reason, Result, Understood
from domain.values import Event, PartialDate

TODAY = date(2026, 11, 21)


def read(text: str) -> Result[tuple[Event, ...]]:
    return read_events(text, TODAY)


def event(day: str, note: str = "") -> Event:
    return Event(PartialDate.parse(day), note=note)


@pytest.mark.parametrize("text", ["没有", "无", "没有发生过。", "0次", "none", "No", "从来没有"])
def test_nothing_happened(text: str) -> None:
    assert read(text) == Understood(())


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("2023年5月 火灾; 去年8月", (event("2023-05", "火灾"), event("2025-08"))),
        ("2023年5月火灾，去年8月机械伤害", (event("2023-05", "火灾"), event("2025-08", "机械伤害"))),
        ("2023-05-01 火灾，两人受伤", (event("2023-05-01", "火灾，两人受伤"),)),
        ("火灾 2023年5月", (event("2023-05", "火灾"),)),
        ("fire in May 2023", (event("2023-05", "fire"),)),
        ("去年8月15日：客户投诉（已处理）", (event("2025-08-15", "客户投诉（已处理）"),)),
        (
            "May 2023: fire\n2024-03-04 minor injury",
            (event("2023-05", "fire"), event("2024-03-04", "minor injury")),
        ),
        ("2023-05、2024-06", (event("2023-05"), event("2024-06"))),
    ],
)
def test_dated_events(text: str, events: tuple[Event, ...]) -> None:
    assert read(text) == Understood(events)


def test_an_event_to_come_is_flagged() -> None:
    result = read("2027年1月 火灾")
    assert isinstance(result, Understood)
    assert result.future


def test_a_date_of_unsure_order_is_asked_about() -> None:
    assert read("03/04/2024 fire") == Ambiguous(
        ((event("2024-04-03", "fire"),), (event("2024-03-04", "fire"),))
    )


def test_an_impossible_date_is_named() -> None:
    assert read("2023年2月30日 火灾") == NotUnderstood(Reason.IMPOSSIBLE_DATE, "2023年2月30日")


@pytest.mark.parametrize("text", ["火灾", "事故3起", "停产3天", "不是没有", "不清楚", "有"])
def test_an_event_without_a_date_is_not_understood(text: str) -> None:
    assert read(text) == NotUnderstood(Reason.NOT_RECOGNISED, text)
