"""A self-check of one programme, whole, in both languages and both modes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.support.conversation import Person, a_person
from tests.support.self_check import ZHENGZHOU, answers_everything, checks

ZZ = "zhengzhou-incubation-base"
FORBIDDEN = ("符合申报条件", "通过了", "您合格", "eligible", "qualified")


def goes_to(person: Person, fact: str, told: dict[str, str]) -> None:
    """Answer until ``fact`` is asked."""
    for _ in range(60):
        state = person.now_sees.state.removeprefix("f:")
        if state == fact:
            return
        answers_everything_once(person, told.get(state, "不清楚"))
    raise AssertionError(f"{fact} was never asked")


def answers_everything_once(person: Person, said: str) -> None:
    if said == "不清楚":
        person.presses("@unsure")
    else:
        person.says(said)


def test_the_standing_of_the_programme_is_said_before_the_first_question(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        person.commands("start", ZZ)
        person.sees("即将到期", "2026 年的受理窗口（6月份之前）已过", "第五条、第二十四条")
        person.presses("开始自查", "暂不留资料")
        person.is_at("check", "mode")
        person.sees("即将到期", "回答只在本次对话里使用")


def test_a_whole_check_at_every_threshold_ends_with_points_to_confirm(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        checks(person, ZZ)
        answers_everything(person, ZHENGZHOU)
        person.is_at("check", "result")
        person.is_asked("郑州市企业卓越绩效管理孵化基地", "需要向主管部门确认")
        person.is_asked("没有发现硬性障碍")
        person.sees("其它行业管理体系认证", "已满足：", "由您自述、需专家判断：")
        person.sees("最终以主管部门审核为准。")
        person.does_not_see(*FORBIDDEN)
        assert person.now_sees.progress is None


def test_the_same_in_english(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as person:
        checks(person, ZZ)
        answers_everything(person, ZHENGZHOU)
        person.is_at("check", "result")
        person.is_asked("To be confirmed with the authority", "no hard obstacle found")
        person.sees("The authority's review decides.")
        person.does_not_see(*FORBIDDEN)


@pytest.mark.parametrize(
    "programme",
    [
        ZZ,
        "hangzhou-quality-award",
        "wuhu-incubation-pool",
        "national-quality-benchmark",
        "shenzhen-quality-promotion",
    ],
)
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_programme_can_be_checked_by_somebody_who_is_sure_of_nothing(
    tmp_path: Path, programme: str, language: str
) -> None:
    with a_person(tmp_path, language) as person:
        checks(person, programme)
        answers_everything(person, {})
        person.is_at("check", "result")
        person.does_not_see(*FORBIDDEN)
        person.sees("最终以主管部门审核为准" if language == "zh_CN" else "The authority's review decides")


def test_an_answer_is_echoed_with_what_it_means(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        checks(person, ZZ, "quick")
        goes_to(person, "excellence_model_since", {"registered_city": "郑州市"})
        person.is_asked("卓越绩效模式")
        person.says("前年10月")
        person.sees("2024年10月", "到今天 2 年")
        person.sees_choices("改一下")


def test_an_answer_that_fails_says_so_with_the_clause(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        checks(person, ZZ)
        goes_to(person, "registered_city", {})
        person.says("杭州市")
        person.sees("✗ 在郑州市辖区内注册：不满足（第二条、第六条（一））")


def test_an_approximate_value_is_confirmed_before_it_counts(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        checks(person, ZZ)
        goes_to(person, "committed_incubatees", {})
        person.says("大概12家")
        person.is_asked("我理解为“12 家”，对吗？")
        person.says("不对")
        person.is_at("check", "f:committed_incubatees")
        person.is_asked("自愿承担多少家")
        person.says("大概12家", "对")
        person.sees("12 家")
        assert person.now_sees.state != "f:committed_incubatees"


def test_not_sure_is_noted_and_does_not_stop_anything(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        checks(person, ZZ)
        first = person.now_sees.state
        person.says("不清楚")
        person.sees("先记为“待核实”，不影响继续。")
        assert person.now_sees.state != first


def test_every_question_offers_not_sure_help_and_a_way_out(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        checks(person, ZZ)
        for _ in range(40):
            if not person.now_sees.state.startswith("f:"):
                break
            person.sees_choices("不清楚", "菜单", "帮助", "返回")
            person.sees("用于：")
            assert person.now_sees.progress is not None
            assert person.now_sees.expects is not None
            person.presses("不清楚")
        person.is_at("check", "result")


def test_progress_counts_up(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        checks(person, ZZ)
        steps = []
        for _ in range(5):
            assert person.now_sees.progress is not None
            steps.append(person.now_sees.progress.step)
            person.presses("不清楚")
        assert steps == [1, 2, 3, 4, 5]


def test_a_quick_verdict_ends_at_the_first_obstacle_and_can_go_on_to_all_gaps(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        checks(person, ZZ, "quick")
        goes_to(person, "registered_city", {})
        person.says("杭州")
        person.is_at("check", "result")
        person.is_asked("今天有 1 项条件不满足")
        person.sees("还没回答：")
        person.presses("more")
        assert person.now_sees.state.startswith("f:")
        answers_everything(person, ZHENGZHOU)
        person.is_at("check", "result")
        person.is_asked("今天有 1 项条件不满足")
        person.does_not_see("还没回答：")


def test_a_gap_says_by_how_much_and_when_time_will_cure_it(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        checks(person, ZZ)
        answers_everything(person, {**ZHENGZHOU, "excellence_model_since": "2025年3月1日"})
        person.is_asked("今天有 1 项条件不满足")
        person.sees("还差 3 个月", "什么时候会变？", "2027年3月1日", "但那时项目的状态是：有效期已过")


def test_where_the_readings_differ_both_are_shown(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        checks(person, ZZ)
        answers_everything(person, {**ZHENGZHOU, "net_profit": "2023年 0，2024年 -1元，2025年 500万"})
        person.is_asked("需要向主管部门确认")
        person.sees("条文有两种理解。稳妥的理解：", "另一种理解：", "不满足", "满足")


def test_an_answer_is_changed_from_the_result_and_the_result_follows(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        checks(person, ZZ)
        answers_everything(person, {**ZHENGZHOU, "registered_city": "杭州市"})
        person.is_asked("今天有 1 项条件不满足")
        person.presses("改答案")
        person.is_at("check", "given")
        person.sees("注册地 | 杭州市 | 本次对话")
        person.presses("修改：注册地")
        person.is_at("check", "f:registered_city")
        person.sees("现在的回答：杭州市")
        person.says("郑州市")
        person.is_at("check", "result")
        person.is_asked("需要向主管部门确认")


def test_the_list_of_answers_has_pages_and_is_found_by_typing(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        checks(person, ZZ)
        answers_everything(person, ZHENGZHOU)
        person.presses("改答案")
        person.is_asked("第 1/3 页")
        person.presses("下一页", "下一页")
        person.is_asked("第 3/3 页")
        person.says("上一页")
        person.is_asked("第 2/3 页")
        person.presses("返回")
        person.is_at("check", "result")


def test_each_finished_check_leaves_a_receipt_and_a_page_to_print(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        checks(person, ZZ)
        assert person.receipts() == ()
        answers_everything(person, ZHENGZHOU)
        (receipt,) = person.receipts()
        assert (receipt.programme, receipt.verdict) == (ZZ, "confirm_with_authority")
        assert receipt.as_of == date(2026, 11, 21)
        person.sees(f"/results/{receipt.id}")
        person.commands("where")
        person.commands("language")
        assert len(person.receipts()) == 1
        person.commands("language")
        person.presses("改答案", "修改：注册地", "杭州市")
        assert [one.verdict for one in person.receipts()] == ["confirm_with_authority", "obstacle_found"]


def test_a_result_looked_at_on_another_day_is_of_that_day(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        checks(person, ZZ)
        answers_everything(person, {**ZHENGZHOU, "excellence_model_since": "2024年11月23日"})
        person.is_asked("今天有 1 项条件不满足")
        person.clock.set(date(2026, 11, 23))
        person.commands("where")
        # Two years are full now, so whether there was a break has begun to matter.
        person.is_asked("是不是一直在应用")
        person.says("是的")
        person.is_asked("需要向主管部门确认")
        assert [one.as_of.day for one in person.receipts()] == [21, 23]


def test_back_asks_the_last_question_again(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        checks(person, ZZ)
        first = person.now_sees.state
        person.presses("不清楚")
        second = person.now_sees.state
        person.presses("不清楚")
        person.says("返回")
        assert person.now_sees.state == second
        person.presses("返回")
        assert person.now_sees.state == first
        person.presses("返回")
        person.is_at("check", "mode")
        person.says("返回")
        person.is_at("menu")
