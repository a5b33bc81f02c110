"""My data: to take away as a file, and to have erased."""

from __future__ import annotations

from pathlib import Path

from dialogs.engine.screen import in_mind
from tests.support.conversation import Person, a_person
from tests.support.self_check import ZHENGZHOU, answers_everything

ZHENGZHOU_ID = "zhengzhou-incubation-base"


def has_told_everything(person: Person) -> None:
    person.commands("start")
    person.presses("介绍贵单位", "同意保存")
    person.says("示例精工")
    person.presses("skip", "skip", "skip", "skip", "no", "保存")
    person.commands("start", "zhengzhou-incubation-base")
    person.presses("check", "gaps")
    answers_everything(person, ZHENGZHOU)


def test_everything_can_be_taken_away_as_a_file(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        has_told_everything(person)
        person.commands("data")
        person.sees("/my-data.json", "保存了贵单位的")


def test_erasing_is_asked_twice_and_can_be_thought_better_of(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        has_told_everything(person)
        person.commands("data")
        person.presses("全部删除")
        person.is_at("data", "sure")
        person.sees("不能恢复")
        person.presses("不删，保留")
        person.is_at("data", "overview")
        assert person.facts()


def test_after_erasing_nobody_knows_anything(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        has_told_everything(person)
        person.commands("data")
        person.presses("全部删除", "确认全部删除")
        person.is_at("menu")
        person.sees("您的全部信息已删除。")
        assert person.facts() == {}
        assert person.receipts() == ()
        assert not [one for one in person.now_sees.choices if one.label.startswith("继续")]
        person.sees_choices("介绍贵单位")


def test_who_refused_may_change_their_mind(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as person:
        person.commands("start")
        person.presses("Introduce our organisation", "No, keep nothing", "My data")
        person.sees("You have not agreed")
        person.presses("Let you keep our details")
        person.is_at("organisation", "consent")


def test_consent_and_erasure_are_on_record_without_a_word_about_the_person(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        has_told_everything(person)
        person.commands("data")
        person.presses("全部删除", "确认全部删除")
        trail = person.database.run(lambda tx: list(tx.audit.entries()))
        assert [entry.kind for entry in trail] == ["consent_given", "person_erased"]
        assert all(set(entry.subject_ids) == {"person"} for entry in trail)
        assert person.database.run(lambda tx: tx.audit.verify()).sound


def test_what_was_erased_does_not_stay_in_mind_though_nobody_ever_sent_it(tmp_path: Path) -> None:
    with a_person(tmp_path, channel="telegram") as person:
        has_told_everything(person)
        told = person.database.run(
            lambda tx: [row.message_json for row in tx.outbox.all(1) if "示例精工" in row.message_json]
        )
        assert told
        person.commands("data")
        person.presses("全部删除", "确认全部删除")
        assert [text for text in told if in_mind(text) is not None] == []


def test_who_agreed_gets_a_return_code_on_the_web_when_it_is_saved_and_with_their_data(
    tmp_path: Path,
) -> None:
    with a_person(tmp_path, "en", channel="web") as person:
        person.commands("start")
        person.presses("Introduce our organisation", "Yes, you may keep it")
        person.says("Example Precision")
        person.presses("skip", "skip", "skip", "skip", "no", "Save")
        code = str(person.database.run(lambda tx: tx.return_codes.of_chat(person.chat, "web")))
        person.sees("Saved.", f"Your return code: {code}", "keep it like a password")
        person.commands("data")
        person.sees(code)


def test_the_return_code_is_told_also_on_the_way_to_a_self_check(tmp_path: Path) -> None:
    with a_person(tmp_path, "en", channel="web") as person:
        person.commands("start", ZHENGZHOU_ID)
        person.presses("check", "Yes, you may keep it")
        person.says("Example Precision")
        person.presses("enough")
        person.is_at("check")
        person.sees("Your return code")


def test_nobody_gets_a_return_code_where_nothing_is_kept_or_the_chat_never_closes(tmp_path: Path) -> None:
    for channel in ("web", "terminal"):
        (tmp_path / channel).mkdir()
    with a_person(tmp_path / "web", "en", channel="web") as person:
        person.commands("data")
        person.does_not_see("return code")
    with a_person(tmp_path / "terminal") as person:
        has_told_everything(person)
        person.commands("data")
        person.does_not_see("回访码")


def test_erasing_makes_the_return_code_worthless(tmp_path: Path) -> None:
    with a_person(tmp_path, channel="web") as person:
        has_told_everything(person)
        code = person.database.run(lambda tx: tx.return_codes.of_chat(person.chat, "web"))
        assert code is not None
        assert person.database.run(lambda tx: tx.return_codes.fits(code, "web"))
        person.commands("data")
        person.presses("全部删除", "确认全部删除")
        assert not person.database.run(lambda tx: tx.return_codes.fits(code, "web"))
        has_told_everything(person)
        assert not person.database.run(lambda tx: tx.return_codes.fits(code, "web"))


def test_who_is_asked_for_consent_reads_how_long_it_is_kept(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as person:
        person.commands("start")
        person.presses("Introduce our organisation")
        person.sees("until you erase it, or after 3 years without a visit")
