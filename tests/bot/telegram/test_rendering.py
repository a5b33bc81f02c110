from __future__ import annotations

from datetime import date
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.markup import ICONS, block_html, links_in
from bot.telegram.rendering import PLACEHOLDER, render
from dialogs.engine.screen import (
    Block,
    Details,
    Echo,
    Expectation,
    Heading,
    Item,
    Items,
    Link,
    Mark,
    Notice,
    Paragraph,
    Progress,
    Span,
    Table,
    plain,
    strong,
)
from locales.words import Catalogues
from tests.bot.telegram.screens import a_choice, a_screen
from tests.support.telegram_api.html_texts import parse_html, utf16

TODAY = date(2026, 11, 21)
ZH, EN = Catalogues.load().words("zh_CN"), Catalogues.load().words("en")
HOSTILE = "<b>&amp;</b> \"'> </blockquote> <a href=x>"

TEXT = st.text(max_size=30)
SPANS = st.lists(st.builds(Span, text=TEXT, strong=st.booleans()), max_size=3).map(tuple)
LEAVES = st.one_of(
    st.builds(Paragraph, spans=SPANS),
    st.builds(Heading, text=TEXT),
    st.builds(
        Items,
        items=st.lists(
            st.builds(Item, mark=st.sampled_from(get_args(Mark)), spans=SPANS, clause=TEXT, detail=SPANS),
            max_size=3,
        ).map(tuple),
    ),
    st.builds(
        Table,
        header=st.just(("a", "b", "c")),
        rows=st.lists(st.tuples(TEXT, TEXT, TEXT), max_size=3).map(tuple),
    ),
    st.builds(Notice, tone=st.sampled_from(["info", "warning", "error", "success"]), spans=SPANS),
    st.builds(Echo, spans=SPANS),
    st.builds(Link, label=TEXT, path=st.just("/my-data.json")),
)
BLOCKS = st.recursive(
    LEAVES,
    lambda inner: st.builds(Details, summary=TEXT, blocks=st.lists(inner, max_size=3).map(tuple)),
    max_leaves=6,
)


@given(st.lists(BLOCKS, max_size=6))
def test_whatever_a_screen_holds_telegram_can_read_it(blocks: list[Block]) -> None:
    rendered = render(a_screen(*blocks), ZH, TODAY)
    for text in rendered.texts:
        shown, _ = parse_html(text)
        assert 0 < utf16(shown) <= 4096
        assert shown.strip()


def test_what_a_person_typed_is_never_markup() -> None:
    for block in (
        Paragraph(spans=(*plain(HOSTILE), *strong(HOSTILE))),
        Heading(text=HOSTILE),
        Items(items=(Item(mark="met", spans=plain(HOSTILE), clause=HOSTILE, detail=plain(HOSTILE)),)),
        Table(header=(HOSTILE, HOSTILE, HOSTILE), rows=((HOSTILE, HOSTILE, HOSTILE),)),
        Notice(tone="error", spans=plain(HOSTILE)),
        Echo(spans=plain(HOSTILE)),
        Details(summary=HOSTILE, blocks=(Paragraph(spans=plain(HOSTILE)),)),
    ):
        shown, entities = parse_html(block_html(block))
        assert HOSTILE in shown
        assert {one["type"] for one in entities} <= {"bold", "italic", "expandable_blockquote"}


def test_half_a_character_and_a_zero_are_left_out() -> None:
    assert block_html(Paragraph(spans=plain("a\ud800b\x00c"))) == "abc"


@pytest.mark.parametrize("mark", get_args(Mark))
def test_every_mark_has_a_sign_of_its_own_meaning(mark: Mark) -> None:
    html = block_html(Items(items=(Item(mark=mark, spans=plain("条件"), clause="第六条（一）"),)))
    assert html == f"{'•' if mark == 'info' else ICONS[mark]} 条件 <i>第六条（一）</i>"


def test_a_wide_table_becomes_a_card_for_each_row() -> None:
    table = Table(
        header=("项目", "状态", "贵单位"), rows=(("郑州", "即将到期", "可以"), ("杭州", "施行中", ""))
    )
    assert (
        parse_html(block_html(table))[0]
        == "• 郑州\n    状态: 即将到期\n    贵单位: 可以\n\n• 杭州\n    状态: 施行中"
    )


def test_a_table_of_two_columns_is_a_list() -> None:
    table = Table(header=("问题", "回答"), rows=(("城市", "郑州"),))
    assert block_html(table) == "• <b>城市</b>: 郑州"


def test_details_are_folded_and_never_one_in_another() -> None:
    inner = Details(summary="里层", blocks=(Paragraph(spans=plain("细节")),))
    html = block_html(Details(summary="已满足 11 项", blocks=(Paragraph(spans=plain("甲")), inner)))
    assert html.count("<blockquote") == 1
    assert parse_html(html)[0] == "已满足 11 项\n甲\n里层\n细节"


def test_a_link_is_a_button_and_not_a_text() -> None:
    link = Link(label="打印或保存结果", path="/results/12")
    screen = a_screen(
        Details(summary="更多", blocks=(link,)), choices=[a_choice("@menu", "菜单", "navigation")]
    )
    rendered = render(screen, ZH, TODAY)
    assert list(links_in(screen.blocks)) == [link]
    assert [[key.label for key in row] for row in rendered.rows] == [["📄 打印或保存结果"], ["菜单"]]
    assert rendered.rows[0][0].data == "d:/results/12"


def test_the_echo_and_the_error_come_before_the_question_and_the_example_last() -> None:
    rendered = render(
        a_screen(
            Notice(tone="error", spans=plain("这不是金额。")),
            Echo(spans=(*plain("记为 "), *strong("2024 年 10 月"))),
            Paragraph(spans=plain("按审计报告填写。")),
            expects=Expectation(kind="money", example="3000万"),
            progress=Progress(step=2, about=5),
        ),
        ZH,
        TODAY,
    )
    assert [parse_html(text)[0] for text in rendered.texts] == [
        "⛔ 这不是金额。\n\n✏️ 记为 2024 年 10 月\n\n第 2 题，约共 5 题\n近三年有没有亏损？\n\n按审计报告填写。\n\n例如：3000万"
    ]


def test_progress_without_an_end_in_sight_is_told_as_such() -> None:
    rendered = render(a_screen(progress=Progress(step=4)), EN, TODAY)
    assert "Question 4\n" in parse_html(rendered.texts[0])[0]


def test_the_menu_greets_before_it_asks() -> None:
    rendered = render(
        a_screen(Paragraph(spans=plain("您好！")), title="您想做什么？", dialog="menu"), ZH, TODAY
    )
    assert rendered.texts == ("您好！\n\n<b>您想做什么？</b>",)


def test_a_long_screen_becomes_several_messages() -> None:
    items = tuple(Item(mark="met", spans=plain("条件" * 100)) for _ in range(60))
    rendered = render(a_screen(Items(items=items)), ZH, TODAY)
    assert len(rendered.texts) == 4
    assert rendered.texts[0].startswith("<b>近三年有没有亏损？</b>")


def test_a_screen_without_any_text_is_still_a_message() -> None:
    assert render(a_screen(title=""), ZH, TODAY).texts == (PLACEHOLDER,)
