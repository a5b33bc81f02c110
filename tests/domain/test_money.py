"""What a money line can pay at most, after what was granted before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import Payable, money_line, payable
from tests.support.programmes import programme

HANGZHOU = "hangzhou-quality-award"


def paid(line: str, granted: dict[str, int]) -> Payable:
    return payable(money_line(programme(HANGZHOU), line), granted)


def test_the_highest_applies_and_nothing_is_paid_twice() -> None:
    # project funding, then the Innovation Award, then the Quality Award, then the provincial award
    assert paid("HZ-M07", {}) == Payable(200_000, 200_000)
    assert paid("HZ-M06", {"HZ-M07": 200_000}) == Payable(100_000, 100_000)
    assert paid("HZ-M05", {"HZ-M07": 200_000, "HZ-M06": 100_000}) == Payable(300_000, 300_000)
    granted = {"HZ-M07": 200_000, "HZ-M06": 100_000, "HZ-M05": 300_000}
    assert paid("HZ-M03", granted) == Payable(1_400_000, 2_000_000), "the readings differ across levels"


def test_nothing_is_ever_paid_back() -> None:
    assert paid("HZ-M07", {"HZ-M05": 600_000}) == Payable(0, 0)


def test_a_line_that_is_no_amount_and_a_negative_grant_are_errors() -> None:
    priority = money_line(programme("zhengzhou-incubation-base"), "ZZ-M02")
    with pytest.raises(ValueError, match="ZZ-M02 is not an amount"):
        payable(priority, {})
    with pytest.raises(ValueError, match="negative"):
        paid("HZ-M07", {"HZ-M05": -1})
    with pytest.raises(KeyError):
        money_line(programme(HANGZHOU), "HZ-M99")


@given(st.dictionaries(st.sampled_from([f"HZ-M0{n}" for n in range(1, 8)]), st.integers(0, 10**7)))
def test_what_is_paid_lies_between_nothing_and_the_ceiling(granted: dict[str, int]) -> None:
    for line in programme(HANGZHOU).money:
        found = payable(line, granted)
        assert line.ceiling is not None
        assert 0 <= found.conservative <= found.alternative <= line.ceiling
