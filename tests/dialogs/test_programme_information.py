"""What a programme says: standing first, then every part with clauses, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from dialogs.programme_parts import PARTS
from tests.support.conversation import a_person
from tests.support.self_check import answers_everything, checks

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


def test_what_is_asked_for_in_one_round_alone_says_so(tmp_path: Path) -> None:
    of_round = "Only in this round: Zhumadian recommendation of national quality benchmarks 2021"
    with a_person(tmp_path, "en") as person:
        person.commands("start", "national-quality-benchmark")
        person.presses("materials")
        assert person.text.count(of_round) == 4
        assert of_round not in person.text.partition("selection standards and requirements")[2]
        person.commands("start", "national-quality-benchmark")
        person.presses("conditions")
        assert person.text.count(of_round) == 4
        person.sees("other recommenders may recommend enterprises outside that list (inferred from the text)")


def test_what_a_ground_leads_to_stands_under_it(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        person.commands("start", "national-quality-benchmark")
        person.presses("conditions")
        person.sees("哪些情况会被排除或失去资格", "不进入资料评审", "撤销称号并公告")


@pytest.mark.parametrize(("grade", "told"), [("[b", True), ("[a", False)])
def test_a_relaxation_is_to_be_confirmed_though_the_verdict_does_not_rest_on_it(
    tmp_path: Path, grade: str, told: bool
) -> None:
    maker = {
        "manufacturing_enterprise": "[yes",
        "above_designated_size": "[yes",
        "mu_yield_grade": grade,
        "mu_yield_field": "[aerospace",
    }
    with a_person(tmp_path) as person:
        checks(person, "hangzhou-quality-award")
        answers_everything(person, maker)
        person.is_at("check", "result")
        assert ("仍须确认\n[unclear] 用B档申报" in person.text) is told
