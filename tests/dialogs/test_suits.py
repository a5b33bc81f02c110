"""Which programmes suit us: all at once, shared questions once, one line a programme with its standing first."""

from __future__ import annotations

from pathlib import Path

from tests.support.conversation import Person, a_person
from tests.support.self_check import ZHENGZHOU, answers_everything


def asks_what_suits(person: Person, mode: str = "quick") -> None:
    person.commands("start")
    person.presses("suit", "no")
    person.is_at("check", "mode")
    person.presses(mode)


def test_the_result_is_a_table_with_the_standing_before_the_verdict(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        asks_what_suits(person)
        answers_everything(person, ZHENGZHOU)
        person.is_at("check", "result")
        person.is_asked("贵单位能申报什么")
        (table,) = (block for block in person.now_sees.blocks if block.block == "table")
        assert table.header == ("项目", "现在的状态", "贵单位")
        assert len(table.rows) == 5
        rows = {row[0]: row[1:] for row in table.rows}
        assert rows["深圳市市长质量奖推广计划"] == ("目标期已结束", "不再受理")
        assert "注册" in rows["芜湖市创奖孵化池（征求意见稿）"][1]
        assert rows["芜湖市创奖孵化池（征求意见稿）"][0] == "征求意见稿，未见正式施行"
        person.sees("最终以主管部门审核为准。")


def test_no_question_is_asked_twice_and_none_for_what_is_over(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        asks_what_suits(person, "gaps")
        asked: list[str] = []
        for _ in range(120):
            if not person.now_sees.state.startswith("f:"):
                break
            asked.append(person.now_sees.state.removeprefix("f:"))
            person.presses("@unsure")
        assert len(asked) == len(set(asked))
        assert "promotion_interest" not in asked
        assert person.now_sees.state == "result"


def test_each_programme_is_looked_at_and_then_checked_closely_without_repeating_answers(
    tmp_path: Path,
) -> None:
    with a_person(tmp_path) as person:
        asks_what_suits(person)
        answers_everything(person, ZHENGZHOU)
        person.presses("郑州市企业卓越绩效管理孵化基地")
        person.is_at("check", "one:zhengzhou-incubation-base")
        person.sees("即将到期", "没有发现硬性障碍")
        person.presses("返回")
        person.is_at("check", "result")
        person.presses("p:zhengzhou-incubation-base", "细看这一个", "gaps")
        person.is_at("check", "f:operating_since")
        person.says("2022年1月")
        person.is_asked("需要向主管部门确认")


def test_what_is_over_can_be_read_but_not_checked_closely(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        asks_what_suits(person)
        answers_everything(person, {})
        person.presses("深圳市市长质量奖推广计划")
        assert "closer" not in [choice.key for choice in person.now_sees.choices]
        person.presses("条件、流程和材料")
        person.is_at("programme", "overview")
        person.sees("目标期已结束")


def test_every_programme_that_was_checked_has_a_receipt(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        asks_what_suits(person)
        answers_everything(person, ZHENGZHOU)
        assert len({receipt.programme for receipt in person.receipts()}) == 4


def test_the_same_in_english(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as person:
        asks_what_suits(person)
        answers_everything(person, ZHENGZHOU)
        person.is_asked("Which programmes suit you")
        person.sees("Standing today", "no longer accepted", "Draft for comment, not seen adopted")
