"""Options are chosen by number, key, label or the beginning of a label."""

from __future__ import annotations

import pytest

from dialogs.understanding.choice import Option, read_choice, read_choices
from dialogs.understanding.result import Ambiguous, NotUnderstood, Reason, Understood

OPTIONS = (
    Option("manufacturing", "制造业"),
    Option("services", "服务业"),
    Option("research", "研究和开发"),
    Option("farming", "农业"),
    Option("three", "3年以上"),
    Option("outsourcing", "服务外包"),
)
YEARS = (Option("y3", "3"), Option("y2", "2"), Option("y1", "1"))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("1", "manufacturing"),
        ("２", "services"),
        ("2.", "services"),
        ("（4）", "farming"),
        ("第二个", "services"),
        ("选3", "research"),
        ("3", "research"),
        ("二", "services"),
        ("制造业", "manufacturing"),
        ("农", "farming"),
        ("3年", "three"),
        ("SERVICES", "services"),
        ("研究和开发", "research"),
    ],
)
def test_one_option(text: str, key: str) -> None:
    assert read_choice(text, OPTIONS) == Understood(key)


def test_a_beginning_two_labels_share_is_ambiguous() -> None:
    assert read_choice("服务", OPTIONS) == Ambiguous(("services", "outsourcing"))


def test_a_number_that_is_a_label_elsewhere_in_the_list_is_ambiguous() -> None:
    assert read_choice("1", YEARS) == Ambiguous(("y3", "y1"))
    assert read_choice("2", YEARS) == Understood("y2")


@pytest.mark.parametrize("text", ["9", "0", "不是制造业", "业", "-1", "采矿"])
def test_what_is_not_on_the_list_is_not_chosen(text: str) -> None:
    assert read_choice(text, OPTIONS) == NotUnderstood(Reason.NO_SUCH_CHOICE)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("1,3、5", {"manufacturing", "research", "three"}),
        ("1 2 4", {"manufacturing", "services", "farming"}),
        ("1 和 2", {"manufacturing", "services"}),
        ("2 and 4", {"services", "farming"}),
        ("1-3", {"manufacturing", "services", "research"}),
        ("1到3，6", {"manufacturing", "services", "research", "outsourcing"}),
        ("制造业、农业", {"manufacturing", "farming"}),
        ("服务业 农业", {"services", "farming"}),
        ("研究和开发和农业", {"research", "farming"}),
        ("1;;2", {"manufacturing", "services"}),
        ("全部", {option.key for option in OPTIONS}),
        ("all of them", {option.key for option in OPTIONS}),
        ("都没有", set()),
        ("none", set()),
    ],
)
def test_several_options(text: str, keys: set[str]) -> None:
    assert read_choices(text, OPTIONS) == Understood(frozenset(keys))


@pytest.mark.parametrize("text", ["1，9", "除了2", "all except 2", "1, 采矿", "3-1", ","])
def test_one_part_that_is_not_on_the_list_spoils_the_whole(text: str) -> None:
    result = read_choices(text, OPTIONS)
    assert isinstance(result, NotUnderstood)
    assert result.reason is Reason.NO_SUCH_CHOICE
