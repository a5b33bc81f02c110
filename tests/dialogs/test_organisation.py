"""Who are you: consent first; the organisation with its checked code; a contact if they like."""

from __future__ import annotations

from pathlib import Path

from domain.organisations import Organisation, Person
from domain.store import Transaction
from tests.support import conversation
from tests.support.conversation import a_person

VALID_CODE = "91410100MA9F0ABC1"


def stored(person: conversation.Person) -> tuple[Person, Organisation | None]:
    def work(tx: Transaction) -> tuple[Person, Organisation | None]:
        found = tx.people.get(tx.chats.get(person.chat).person_id)
        known = found.organisation_id
        return found, None if known is None else tx.organisations.get(known)

    return person.database.run(work)


def a_valid_code() -> str:
    from stdnum.cn import uscc

    return VALID_CODE + uscc.calc_check_digit(VALID_CODE)


def test_consent_is_asked_first_with_what_where_how_long_and_how_to_erase(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        person.commands("start")
        person.presses("介绍贵单位")
        person.is_at("organisation", "consent")
        person.sees(
            "统一社会信用代码", "只在本服务器的数据库里", "到您删除为止", "菜单 → 我的数据 → 全部删除"
        )
        person.sees("不保存任何个人信息")


def test_a_refusal_is_respected_and_nothing_is_stored(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        person.commands("start")
        person.presses("介绍贵单位", "暂不留资料")
        person.is_at("menu")
        person.sees("没有保存任何资料")
        who, organisation = stored(person)
        assert who.consent == "refused"
        assert organisation is None


def test_the_organisation_and_the_contact_are_stored_after_a_look_at_all_of_it(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        person.commands("start")
        person.presses("介绍贵单位", "同意保存")
        person.says("示例精工有限公司", a_valid_code().lower(), "郑州市中原区", "精密加工", "中型")
        person.is_at("organisation", "reach")
        person.presses("留一个联系人")
        person.says("李女士", "0371-12345678", "quality@example.com")
        person.is_at("organisation", "confirm")
        person.sees("示例精工有限公司", a_valid_code(), "郑州市中原区", "中型", "李女士")
        person.presses("保存")
        person.is_at("menu")
        person.sees("已保存。")
        who, organisation = stored(person)
        assert organisation is not None
        assert (organisation.name, organisation.credit_code) == ("示例精工有限公司", a_valid_code())
        assert organisation.size == "medium"
        assert (who.name, who.phone, who.email) == ("李女士", "0371-12345678", "quality@example.com")


def test_a_wrong_code_is_refused_with_the_reason(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        person.commands("start")
        person.presses("介绍贵单位", "yes")
        person.says("示例精工", "91410100ma0000000x")
        person.sees("校验位不对", "例如：91410100MA9F0XXXX0")
        person.says("914101")
        person.sees("这串代码有 6 位")
        person.says("9141O100MA9F0ABC12")
        person.sees("第 5 位是“O”", "是不是“0”")
        person.is_at("organisation", "code")


def test_everything_but_consent_can_be_skipped(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as person:
        person.commands("start")
        person.presses("Introduce our organisation", "Yes, you may keep it")
        person.presses("Skip", "Skip", "Skip", "Skip", "Skip")
        person.presses("No contact", "Save")
        person.sees("Saved.")
        assert stored(person)[1] is not None


def test_a_phone_and_an_address_that_cannot_be_right_are_refused(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        person.commands("start")
        person.presses("介绍贵单位", "yes", "skip", "skip", "skip", "skip", "skip", "yes")
        person.says("李女士", "号码不记得了")
        person.sees("这不像电话号码。")
        person.says("13800000000", "quality.example.com")
        person.sees("这不像邮箱地址。")


def test_one_thing_is_changed_later_without_answering_all_again(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        person.commands("start")
        person.presses("介绍贵单位", "yes")
        person.says("示例精工")
        person.presses("skip", "skip", "skip", "skip", "no", "保存", "贵单位资料")
        person.is_at("organisation", "overview")
        person.sees("示例精工")
        person.says("规模")
        person.is_at("organisation", "size")
        person.presses("小型")
        person.sees("已保存。")
        assert stored(person)[1] == Organisation(id=1, name="示例精工", size="small")


def test_answers_can_be_changed_on_the_way(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        person.commands("start")
        person.presses("介绍贵单位", "yes")
        person.says("示列精工")
        person.sees("记为 示列精工")
        person.presses("改一下")
        person.is_at("organisation", "name")
        person.sees("现在的回答：")
        person.says("示例精工")
        person.is_at("organisation", "code")
        person.sees("记为 示例精工")
