from __future__ import annotations

from datetime import date
from itertools import pairwise, product

import pytest

from bot.telegram.callback_data import Fill, Look, Press, unpack
from bot.telegram.keyboards import View, _arranged
from bot.telegram.rendering import render
from bot.telegram.rows import Key, Rows
from dialogs.engine.screen import Expectation, ExpectationKind, Screen
from locales.words import Catalogues
from tests.bot.telegram.screens import a_choice, a_screen, many_choices

TODAY = date(2026, 11, 21)
ZH, EN = Catalogues.load().words("zh_CN"), Catalogues.load().words("en")


def rows(screen: Screen, view: str = "") -> Rows:
    return render(screen, ZH, TODAY, View.of(view) if view else None).rows


def labels(found: Rows) -> list[list[str]]:
    return [[key.label for key in row] for row in found]


def data_of(found: Rows, label: str) -> str:
    return next(key.data for row in found for key in row if key.label == label)


def test_a_button_carries_the_conversation_the_revision_and_its_key() -> None:
    found = rows(a_screen(choices=[a_choice("@menu", "菜单", "navigation")]))
    assert unpack(found[0][0].data) == Press(7, 3, "@menu")


def test_short_answers_share_a_row_and_ways_on_come_last() -> None:
    screen = a_screen(
        choices=[
            a_choice("no", "都没有"),
            a_choice("yes", "有"),
            a_choice("@unsure", "不清楚"),
            a_choice("@back", "返回", "navigation"),
            a_choice("@menu", "菜单", "navigation"),
            a_choice("@help", "帮助", "navigation"),
        ]
    )
    assert labels(rows(screen)) == [["都没有", "有"], ["不清楚"], ["返回", "菜单", "帮助"]]


def test_long_answers_have_a_row_each() -> None:
    screen = a_screen(
        choices=[
            a_choice("a", "近三年无亏损且营业收入连续增长"),
            a_choice("b", "其他"),
            a_choice("c", "没有"),
        ]
    )
    assert labels(rows(screen)) == [["近三年无亏损且营业收入连续增长"], ["其他", "没有"]]


def test_an_answer_too_long_for_a_button_is_written_out_with_its_number() -> None:
    long = "获得国家级、省级或市级政府质量奖并且仍在有效期之内的组织及其全资子公司和分支机构"
    rendered = render(a_screen(choices=[a_choice("a", long), a_choice("b", "没有")]), ZH, TODAY)
    assert f"1. {long}\n2. 没有" in rendered.texts[0]
    assert labels(rendered.rows)[0][0].startswith("1. 获得国家级")


def test_of_several_answers_the_chosen_ones_are_ticked() -> None:
    screen = a_screen(
        choices=[
            a_choice("a", "甲", selected=True),
            a_choice("b", "乙"),
            a_choice("@done", "完成（已选 1 项）"),
        ],
        expects=Expectation(kind="choices", example="1、3"),
    )
    assert labels(rows(screen)) == [["☑️ 甲", "⬜ 乙"], ["完成（已选 1 项）"]]


def test_the_answer_given_before_is_marked() -> None:
    screen = a_screen(choices=[a_choice("a", "甲", selected=True), a_choice("b", "乙")])
    assert labels(rows(screen)) == [["✓ 甲", "乙"]]


def test_many_answers_are_shown_page_by_page() -> None:
    screen = a_screen(choices=[*many_choices(25), a_choice("@menu", "菜单", "navigation")])
    first, last = rows(screen), rows(screen, "o3")
    assert labels(first)[10:] == [["第 1 页，共 3 页", "▶"], ["菜单"]]
    assert unpack(data_of(first, "▶")) == Look(7, 3, "o2")
    assert labels(last)[5:] == [["◀", "第 3 页，共 3 页"], ["菜单"]]
    assert labels(last)[0] == ["第 21 个选项的名称比较长一些"]


@pytest.mark.parametrize("view", ["o0", "o99", "o", "x", "y99999", "m0000", "e2024-13", "m20"])
def test_a_view_that_does_not_exist_shows_one_that_does(view: str) -> None:
    screen = a_screen(choices=many_choices(25), expects=Expectation(kind="date", example=""))
    assert rows(screen, view)


def test_a_date_is_chosen_by_year_month_and_day() -> None:
    screen = a_screen(expects=Expectation(kind="date", example="2024年5月"))
    opening = rows(screen)
    years = rows(screen, view_of(data_of(opening, "🗓 选择日期")))
    assert "2026年" in [label for row in labels(years) for label in row]
    months = rows(screen, view_of(data_of(years, "2024年")))
    days = rows(screen, view_of(data_of(months, "2024年2月")))
    assert unpack(data_of(days, "29")) == Fill(7, 3, "2024-02-29")
    assert unpack(data_of(days, "2024年2月，不记得哪一天")) == Fill(7, 3, "2024-02")
    assert labels(rows(screen, view_of(data_of(days, "收起日历")))) == labels(opening)


def test_where_only_a_year_is_asked_choosing_it_is_the_answer() -> None:
    screen = a_screen(expects=Expectation(kind="year", example="2024"))
    years = rows(screen, view_of(data_of(rows(screen), "🗓 选择年份")))
    assert unpack(data_of(years, "2024年")) == Fill(7, 3, "2024")


def view_of(data: str) -> str:
    look = unpack(data)
    assert isinstance(look, Look)
    return look.view


@pytest.mark.parametrize("kind", ["choice", "money", "text"])
def test_only_dates_and_years_have_a_calendar(kind: ExpectationKind) -> None:
    assert rows(a_screen(expects=Expectation(kind=kind, example=""))) == ()


@pytest.mark.parametrize("count", range(9))
def test_neighbours_share_a_row_as_long_as_all_of_them_are_short(count: int) -> None:
    widths = {1: "一二三四五六七八", 2: "一二三四五", 3: "一二"}
    for shape in product((1, 2, 3), repeat=count):
        arranged = _arranged([Key(widths[per_row], str(place)) for place, per_row in enumerate(shape)])
        assert [key.data for row in arranged for key in row] == [str(place) for place in range(count)]
        lengths = [len(row) for row in arranged]
        if shape and min(shape) > 1:
            assert set(lengths[:-1]) <= {min(shape)}
            assert lengths[-1] <= min(shape)
            continue
        rows_of_labels = [[key.label for key in row] for row in arranged]
        assert all(len(row) == 1 or (len(row) == 2 and widths[1] not in row) for row in rows_of_labels)
        # Two rows of one short button each never follow each other: they would share one.
        assert not any(
            len(row) == len(after) == 1 and widths[1] not in (row[0], after[0])
            for row, after in pairwise(rows_of_labels)
        )
