"""Typed values: a date keeps its own precision, and not sure is neither no nor nothing."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.values import NEVER, UNCLEAR, PartialDate


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2023-02", date(2023, 2, 1), date(2023, 2, 28)),
        ("2024-10-20", date(2024, 10, 20), date(2024, 10, 20)),
    ],
)
def test_a_date_means_every_day_it_can_be(text: str, earliest: date, latest: date) -> None:
    found = PartialDate.parse(text)
    assert (found.earliest, found.latest) == (earliest, latest)
    assert str(found) == text
    assert found.exact is (earliest == latest)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "24",
        "2024-1",
        "2024-13",
        "2024-02-30",
        "2024-00",
        "0000",
        " 2024",
        "2024\n",
        "2024/01/01",
        "２０２４",
    ],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        PartialDate.parse(text)


def test_a_day_without_a_month_is_refused() -> None:
    with pytest.raises(ValueError, match="a day needs a month"):
        PartialDate(2024, day=1)


@given(st.dates(date(1000, 1, 1)))
def test_an_exact_day_is_written_and_read_the_same(day: date) -> None:
    assert PartialDate.parse(str(PartialDate.of(day))) == PartialDate.of(day)
    assert str(PartialDate.of(day)) == day.isoformat()


def test_not_sure_and_never_are_values_of_their_own() -> None:
    assert repr(UNCLEAR) == "UNCLEAR"
    assert repr(NEVER) == "NEVER"
