"""What a busy reader stumbles over: clauses in another language, needless examples, stray spaces, missing next steps."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.conversation import Person, a_person
from tests.support.self_check import ZHENGZHOU, answers_everything, checks

_CHINESE_CLAUSE = re.compile(r"第[一二三四五六七八九十]+条|§|附件\d")
_PROGRAMMES = (
    "zhengzhou-incubation-base",
    "hangzhou-quality-award",
    "wuhu-incubation-pool",
    "national-quality-benchmark",
    "shenzhen-quality-promotion",
)


def order(text: str, *headings: str) -> list[int]:
    return [text.index(heading) for heading in headings]


@pytest.mark.parametrize("programme", _PROGRAMMES)
def test_in_english_no_page_cites_a_clause_in_chinese(tmp_path: Path, programme: str) -> None:
    with a_person(tmp_path, "en") as person:
        person.commands("start", programme)
        for part in ("conditions", "materials", "steps", "dates", "money", "doubts"):
            assert not _CHINESE_CLAUSE.search(person.text)
            person.presses(part)
            assert not _CHINESE_CLAUSE.search(person.text), part
            person.presses("Back")
        checks(person, programme)
        assert not _CHINESE_CLAUSE.search(person.text)
        answers_everything(person, {})
        person.is_at("check", "result")
        assert not _CHINESE_CLAUSE.search(person.text)


def test_questions_answered_by_buttons_show_no_example(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        checks(person, "zhengzhou-incubation-base")
        while person.now_sees.state.startswith("f:"):
            expects = person.now_sees.expects
            assert expects is not None
            typed = expects.kind in {"date", "year", "number", "money", "percentage", "year_table", "text"}
            assert bool(expects.example) is typed, person.now_sees.state
            person.presses("@unsure")


def test_after_a_misunderstanding_there_is_an_example(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        checks(person, "hangzhou-quality-award")
        while person.now_sees.expects is not None and person.now_sees.expects.kind != "events":
            person.presses("@unsure")
        person.says("说来话长")
        person.sees("例如：2023年5月")


def test_a_result_goes_from_the_obstacle_over_its_cure_to_what_to_do(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        checks(person, "zhengzhou-incubation-base")
        answers_everything(
            person, {**ZHENGZHOU, "excellence_model_since": "2025年3月1日", "net_profit": "[@unsure"}
        )
        person.is_asked("1 项条件")
        parts = ("不满足", "什么时候会变？", "待确认", "已满足", "由您自述", "接下来做什么", "最终以主管部门")
        found = order(person.text, *parts[1:])
        assert found == sorted(found)
        person.sees("2027年3月1日", "还差 3 个月 8 天", "→ 查：年度审计报告")
        person.sees("申报受理截止：稳妥 2027年5月31日", "但那时项目的状态是：有效期已过。")
        person.does_not_see("日 前", "年 还差", ": 稳妥")


def test_a_short_form_of_a_name_is_enough_in_the_menu(tmp_path: Path) -> None:
    for language, said, programme in (
        ("zh_CN", "郑州孵化基地", "郑州市企业卓越绩效管理孵化基地"),
        ("zh_CN", "芜湖", "芜湖市创奖孵化池"),
        ("en", "zhengzhou base", "Zhengzhou incubation base"),
    ):
        folder = tmp_path / programme
        folder.mkdir()
        with a_person(folder, language) as person:
            person.commands("start")
            person.says(said)
            person.is_at("programme", "overview")
            person.is_asked(programme)


def test_a_short_form_that_fits_several_is_asked_back(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        person.commands("start")
        person.says("孵化")
        person.is_at("menu")


@pytest.mark.parametrize(
    "said",
    [
        "不，都不保存",
        "不同意",
        "不用了，谢谢",
        "no thanks",
        "No, thank you.",
        "暂不",
        "不要保存",
        "拒绝",
        "I refuse",
    ],
)
def test_a_typed_refusal_of_consent_is_understood(tmp_path: Path, said: str) -> None:
    with a_person(tmp_path) as person:
        _asked_for_consent(person)
        person.says(said)
        person.is_at("menu")
        person.sees("没有保存任何资料")


@pytest.mark.parametrize("said", ["可以", "同意", "好的，可以", "没问题", "yes please", "Sure!", "I agree"])
def test_a_typed_agreement_is_understood(tmp_path: Path, said: str) -> None:
    with a_person(tmp_path) as person:
        _asked_for_consent(person)
        person.says(said)
        person.is_at("organisation", "name")


@pytest.mark.parametrize("said", ["可以吗", "不一定", "为什么要保存", "同意，不同意", "也许", "有条件同意"])
def test_what_is_neither_is_asked_again(tmp_path: Path, said: str) -> None:
    with a_person(tmp_path) as person:
        _asked_for_consent(person)
        person.says(said)
        person.is_at("organisation", "consent")


def _asked_for_consent(person: Person) -> None:
    person.commands("start")
    person.presses("介绍贵单位")
    person.is_at("organisation", "consent")


@pytest.mark.parametrize("said", ["不清楚", "跳过", "不知道", "skip", "not sure"])
def test_an_optional_question_is_skipped_in_words(tmp_path: Path, said: str) -> None:
    with a_person(tmp_path) as person:
        _asked_for_consent(person)
        person.presses("yes")
        person.says(said, said, said, said, said)
        person.is_at("organisation", "reach")


@pytest.mark.parametrize("told", [0, 1, 3, 4])
def test_one_button_skips_the_rest_and_goes_on_to_what_was_wanted(tmp_path: Path, told: int) -> None:
    with a_person(tmp_path) as person:
        person.commands("start", "zhengzhou-incubation-base")
        person.presses("check", "yes")
        person.says(*("示例精工", "跳过", "郑州市", "加工")[:told])
        person.presses("其余都跳过，继续")
        person.is_at("check", "mode")
        person.commands("menu")
        person.presses("organisation")
        assert ("示例精工" in person.text) is (told > 0)
        person.does_not_see("@enough")


def test_where_the_place_decides_it_is_asked_first(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        person.commands("start")
        person.presses("suit", "no", "quick")
        person.is_at("check", "f:registered_city")


def test_what_is_written_on_a_button_can_be_typed(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        checks(person, "hangzhou-quality-award")
        first = person.now_sees.state
        person.says("不清楚", "改一下")
        person.is_at("check", first)
        person.sees("现在的回答：")
