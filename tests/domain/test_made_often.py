"""Values of which every turn makes many are what a frozen dataclass is, but for its guard at run time."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace

import pytest

from domain.made_often import made_often


@made_often(frozen=True, slots=True)
class Often:
    a: int
    b: str = "b"
    aside: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Seldom:
    a: int
    b: str = "b"
    aside: int = field(default=0, compare=False)


def test_they_are_equal_and_hashed_by_the_same_fields_as_a_frozen_dataclass() -> None:
    assert [one.name for one in fields(Often)] == [one.name for one in fields(Seldom)]
    for one, other in (((1, "x", 2), (1, "x", 3)), ((1, "x", 2), (2, "x", 2)), ((1, "x"), (1, "y"))):
        assert (Often(*one) == Often(*other)) is (Seldom(*one) == Seldom(*other))
        assert hash(Often(*one)) == hash(Seldom(*one))
    assert len({Often(1), Often(1), Often(2)}) == 2


def test_they_have_slots_match_and_are_replaced() -> None:
    assert not hasattr(Often(1), "__dict__")
    assert replace(Often(1), b="c") == Often(1, "c")
    match Often(1, "x"):
        case Often(a, b):
            assert (a, b) == (1, "x")


@pytest.mark.parametrize(("frozen", "slots"), [(True, False), (False, True)])
def test_what_may_change_or_has_no_slots_is_not_made_like_this(frozen: bool, slots: bool) -> None:
    with pytest.raises(TypeError, match="never changes and has slots"):
        made_often(frozen=frozen, slots=slots)
