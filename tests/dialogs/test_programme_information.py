"""What a programme says: standing first, then every part with clauses, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from dialogs.programme_parts import PARTS
from tests.support.conversation import a_person

PROGRAMMES = (
    "zhengzhou-incubation-base",
    "hangzhou-quality-award",
    "wuhu-incubation-pool",
    "national-quality-benchmark",
    "shenzhen-quality-promotion",
)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("programme", PROGRAMMES)
def test_every_part_of_every_programme_is_told_with_a_way_back(
    tmp_path: Path, programme: str, language: str
) -> None:
    with a_person(tmp_path, language) as person:
        person.commands("start", programme)
        assert person.now_sees.blocks[0].block == "notice"
        for part in PARTS:
            person.presses(part)
            person.is_at("programme", part)
            assert person.now_sees.blocks
            person.presses("@back")
            person.is_at("programme", "overview")


def test_conditions_carry_clauses_and_both_readings(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        person.commands("start", "zhengzhou-incubation-base")
        person.presses("条件")
        person.sees("卓越绩效模式已持续应用2年以上 (第六条（一）)", "两种理解：", "由谁确认：")


def test_papers_carry_the_number_of_copies(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        person.commands("start", "zhengzhou-incubation-base")
        person.presses("材料")
        person.sees("3 份 · 纸质", "第七条（五）")


def test_dates_are_safe_and_outer_and_provisional_where_no_holiday_list_is_out(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        person.commands("start", "zhengzhou-incubation-base")
        person.presses("时间")
        person.sees("稳妥 2027年5月31日，最晚 2027年6月30日", "暂定：当年放假安排尚未公布")
        person.sees("命名之后 3 年", "收到申报之后 3 个月")


def test_money_is_a_ceiling(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        person.commands("start", "hangzhou-quality-award")
        person.presses("资金")
        person.sees("不高于 5,000,000 元")


def test_what_is_not_from_the_text_says_so(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        person.commands("start", "zhengzhou-incubation-base")
        person.presses("时间")
        person.sees("（本助手的默认做法，不是政策原文）")
        person.presses("返回", "疑点")
        person.sees("本助手的默认值（不是政策原文）", "由主管部门判断的", "稳妥的理解：")
