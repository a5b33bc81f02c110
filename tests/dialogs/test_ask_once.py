"""A fact is asked once, serves all programmes, and shows since when and from whom it is known."""

from __future__ import annotations

from pathlib import Path

from tests.support.conversation import Person, a_person
from tests.support.self_check import ZHENGZHOU, answers_everything

ZZ = "zhengzhou-incubation-base"


def introduces(person: Person) -> None:
    person.commands("start")
    person.presses("介绍贵单位", "同意保存")
    person.says("示例精工")
    person.presses("skip", "skip", "skip", "skip", "no", "保存")


def test_what_was_answered_for_one_programme_is_not_asked_for_another(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        introduces(person)
        person.commands("start", ZZ)
        person.presses("check", "gaps")
        answers_everything(person, ZHENGZHOU)
        assert person.facts()["registered_city"].value_json == "zhengzhou"
        person.presses("看看别的项目")
        person.is_at("check", "mode")
        person.sees("不再重复问")
        person.presses("gaps")
        asked = set()
        for _ in range(80):
            if not person.now_sees.state.startswith("f:"):
                break
            asked.add(person.now_sees.state.removeprefix("f:"))
            person.presses("@unsure")
        person.is_at("check", "result")
        assert asked
        assert not asked & ZHENGZHOU.keys()


def test_what_was_answered_is_kept_when_the_check_is_left_half_way(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        introduces(person)
        person.commands("start", ZZ)
        person.presses("check", "gaps")
        first = person.now_sees.state.removeprefix("f:")
        person.presses("@unsure")
        assert person.facts() == {}
        person.presses("菜单")
        assert set(person.facts()) == {first}
        person.presses("我能申报什么？", "gaps")
        assert person.now_sees.state != f"f:{first}"


def test_an_answer_taken_back_is_asked_again_although_it_is_stored(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        introduces(person)
        person.commands("start", ZZ)
        person.presses("check", "gaps")
        first = person.now_sees.state
        person.presses("@unsure", "菜单")
        person.presses("继续：自查：郑州市企业卓越绩效管理孵化基地")
        person.presses("返回")
        assert person.now_sees.state == first


def test_my_answers_show_date_and_source_and_are_corrected(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        introduces(person)
        person.commands("start", ZZ)
        person.presses("check", "gaps")
        answers_everything(person, ZHENGZHOU)
        person.commands("answers")
        person.is_at("answers", "list")
        person.sees("注册地 | 郑州市 | 2026年11月21日，您自述")
        person.presses("修改：注册地")
        person.is_asked("注册登记")
        person.says("芜湖")
        person.is_at("answers", "list")
        person.sees("注册地 | 芜湖市")
        assert person.facts()["registered_city"].value_json == "wuhu"
        person.says("下一页")
        person.is_asked("第 2/")


def test_a_known_answer_is_shown_as_known_and_can_be_changed_in_the_next_check(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        introduces(person)
        person.commands("start", ZZ)
        person.presses("check", "gaps")
        person.says("郑州市")
        person.presses("菜单")
        person.commands("start", "wuhu-incubation-pool")
        person.presses("check", "gaps")
        answers_everything(person, {})
        person.presses("改答案")
        person.sees("注册地 | 郑州市 | 2026年11月21日已知，您自述")
        person.presses("修改：注册地", "芜湖市")
        # In the city itself, more conditions begin to matter.
        person.is_at("check", "f:legal_form")
        answers_everything(person, {})
        person.is_at("check", "result")
        assert person.facts()["registered_city"].value_json == "wuhu"


def test_without_consent_nothing_is_stored_but_the_conversation_remembers(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        person.commands("start", ZZ)
        person.presses("check", "暂不留资料", "gaps")
        answers_everything(person, ZHENGZHOU)
        assert person.facts() == {}
        person.commands("answers")
        person.sees("您没有同意保存回答")
        person.commands("menu")
        person.presses("继续：自查：郑州市企业卓越绩效管理孵化基地")
        person.is_at("check", "result")
        person.presses("看看别的项目")
        person.sees("不再重复问")


def test_who_refused_once_is_not_asked_at_every_check(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        person.commands("start", ZZ)
        person.presses("check", "暂不留资料")
        person.is_at("check", "mode")
        person.commands("start", "wuhu-incubation-pool")
        person.presses("check")
        person.is_at("check", "mode")


def test_who_consents_goes_on_to_the_check_they_wanted(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        person.commands("start", ZZ)
        person.presses("check", "同意保存")
        person.says("示例精工")
        person.presses("skip", "skip", "skip", "skip", "no", "保存")
        person.is_at("check", "mode")
        person.sees("郑州市企业卓越绩效管理孵化基地")
