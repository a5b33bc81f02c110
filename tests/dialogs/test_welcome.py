"""The first minute: what this is, how the programmes stand, and where to go."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.support.conversation import a_person


def test_a_newcomer_is_greeted_and_sees_how_every_programme_stands_before_anything_else(
    tmp_path: Path,
) -> None:
    with a_person(tmp_path) as person:
        person.commands("start")
        person.is_at("menu")
        person.sees(
            "您好！我可以帮您看看企业能不能申报、差什么、什么时候交。", "不收费，也不代替主管部门作决定。"
        )
        person.sees("杭州市政府质量奖 · 施行中")
        person.sees("即将到期：2027年1月9日前可放心引用")
        person.sees("有效性未核实，需看当年通知", "征求意见稿，未见正式施行", "目标期已结束")
        person.sees_choices("我能申报什么？", "杭州市政府质量奖", "English")


def test_what_is_open_stands_before_what_is_a_draft_or_past(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        person.commands("start")
        order = ["施行中", "即将到期", "需看当年通知", "征求意见稿，未见", "目标期已结束"]
        places = [person.text.index(text) for text in order]
        assert places == sorted(places)


def test_the_same_in_english(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as person:
        person.commands("start")
        person.sees(
            "Hello! I help you see", "In force, about to expire: safe to rely on until 9 January 2027"
        )
        person.sees_choices("What can we apply for?", "中文")


def test_somebody_who_just_says_hello_sees_the_menu_and_no_error(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        person.says("你好")
        person.is_at("menu")
        person.sees("您好！")
        person.does_not_see("请从下面选一个")
        person.says("随便说说")
        person.sees("请从下面选一个，或者输入它的序号。")


def test_a_programme_is_found_by_part_of_its_name(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        person.commands("start")
        person.says("郑州")
        person.is_at("programme", "overview")
        person.is_asked("郑州市企业卓越绩效管理孵化基地")


def test_start_with_the_id_of_a_programme_leads_to_it(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        person.commands("start", "hangzhou-quality-award")
        person.is_at("programme", "overview")
        person.commands("start", "no-such-programme")
        person.is_at("menu")


def test_the_standing_follows_the_clock(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        person.clock.set(date(2027, 1, 12))
        person.commands("start")
        person.sees("有效期截止日理解不一")
        person.clock.set(date(2027, 1, 18))
        person.commands("menu")
        person.sees("有效期已过")
