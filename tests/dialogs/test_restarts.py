"""A conversation survives a restart of the product and resumes where it stood."""

from __future__ import annotations

from pathlib import Path

from tests.support.conversation import a_person
from tests.support.self_check import ZHENGZHOU, answers_everything, checks

ZZ = "zhengzhou-incubation-base"


def test_a_check_goes_on_after_a_restart_at_the_same_question(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        checks(person, ZZ)
        person.presses("@unsure", "@unsure")
        before = person.now_sees
    with a_person(tmp_path) as person:
        person.commands("where")
        assert person.now_sees.state == before.state
        assert person.now_sees.revision == before.revision
        answers_everything(person, ZHENGZHOU)
        person.is_at("check", "result")


def test_a_button_shown_before_the_restart_still_works(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        checks(person, ZZ)
        before = person.now_sees
    with a_person(tmp_path) as person:
        person.presses_again(before, "@unsure")
        assert person.now_sees.state != before.state
        person.does_not_see("没有改动")


def test_a_half_answered_question_is_kept_over_a_restart(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        checks(person, ZZ)
        for _ in range(40):
            if person.now_sees.state == "f:iso_14001_certificate":
                break
            person.presses("@unsure")
        person.presses("有")
        person.is_asked("有效期到哪一天")
    with a_person(tmp_path) as person:
        person.commands("where")
        person.is_asked("有效期到哪一天")
        person.says("2028年3月1日")
        person.sees("持有，有效期到 2028年3月1日")


def test_what_is_parked_is_still_there_after_a_restart(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        checks(person, ZZ)
        person.presses("@unsure")
        person.says("菜单")
    with a_person(tmp_path) as person:
        person.commands("menu")
        person.presses("继续：自查：郑州市企业卓越绩效管理孵化基地")
        assert person.now_sees.state.startswith("f:")


def test_the_language_is_remembered_and_may_change_in_the_middle(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        checks(person, ZZ)
        person.presses("@unsure")
        state = person.now_sees.state
        person.says("English")
        assert person.now_sees.state == state
        person.sees_choices("Not sure", "Back")
        person.says("not sure")
    with a_person(tmp_path) as person:
        person.commands("where")
        assert person.now_sees.language == "en"
        person.sees("You are here: Self-check")
        answers_everything(person, {})
        person.sees("The authority's review decides.")
