from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locales.po import CatalogueError
from locales.words import LANGUAGES, Catalogues, Language, Words, mark
from tests.locales.conftest import Project

DAY = dt.date(2026, 5, 31)


@pytest.fixture
def catalogues(project: Project) -> Catalogues:
    project.translate_all()
    return Catalogues.load(folder=project.root / "locales")


@pytest.fixture
def chinese(catalogues: Catalogues) -> Words:
    return catalogues.words("zh_CN")


@pytest.fixture
def english(catalogues: Catalogues) -> Words:
    return catalogues.words("en")


def test_interface_texts_are_said_in_the_language_of_the_reader(chinese: Words, english: Words) -> None:
    assert chinese.say("Hello, %(name)s", name="李") == "您好，李"
    assert english.say("Hello, %(name)s", name="Li") == "Hello, Li"


def test_a_marked_text_is_the_text(chinese: Words) -> None:
    assert mark("Menu") == "Menu"
    assert chinese.say(mark("Menu")) == "菜单"


def test_an_unknown_text_is_said_as_it_is(chinese: Words) -> None:
    assert chinese.say("Never written") == "Never written"


def test_a_text_without_values_may_hold_a_percent_sign(chinese: Words) -> None:
    assert chinese.say("At least 50% of them") == "At least 50% of them"


def test_wrong_values_never_raise(chinese: Words) -> None:
    assert chinese.say("Hello, %(name)s", other=1) == "Hello, %(name)s"


@settings(deadline=None)  # the first one reads the catalogues
@given(text=st.text(), value=st.text())
def test_whatever_is_said_nothing_raises(text: str, value: str) -> None:
    words = Catalogues.load().words("zh_CN")
    assert isinstance(words.say(text, value=value), str)
    assert isinstance(words.count(text, text, 3, value=value), str)


@pytest.mark.parametrize(("n", "said"), [(0, "0 days left"), (1, "1 day left"), (1200, "1,200 days left")])
def test_english_counts_one_and_many(english: Words, n: int, said: str) -> None:
    assert english.count("%(n)s day left", "%(n)s days left", n) == said


@pytest.mark.parametrize(("n", "said"), [(1, "还有 1 天"), (1200, "还有 1,200 天")])
def test_chinese_counts_with_one_form(chinese: Words, n: int, said: str) -> None:
    assert chinese.count("%(n)s day left", "%(n)s days left", n) == said


def test_policy_texts_are_chinese_first_and_english_where_translated(chinese: Words, english: Words) -> None:
    assert chinese.policy("sample-programme", "第一条") == "第一条"
    assert english.policy("sample-programme", "第一条") == "Article 1"
    assert english.policy("sample-programme", "第二条") == "第二条"
    assert english.policy("nobody", "第一条") == "第一条"
    assert english.policy("facts", "是") == "Yes"


def test_a_doubtful_translation_is_not_said(project: Project) -> None:
    project.translate_all()
    text = project.zh.read_text(encoding="utf-8")
    project.zh.write_text(text.replace('msgid "Menu"', '#, fuzzy\nmsgid "Menu"'), encoding="utf-8")
    assert Catalogues.load(folder=project.root / "locales").words("zh_CN").say("Menu") == "Menu"


def test_an_operators_own_catalogue_is_added(project: Project, tmp_path: Path) -> None:
    project.translate_all()
    own = tmp_path / "en.po"
    own.write_text('msgid "第九条"\nmsgstr "Article 9"\n', encoding="utf-8")
    extra = {"own": own, "absent": tmp_path / "absent.po"}
    words = Catalogues.load(extra, folder=project.root / "locales").words("en")
    assert words.policy("own", "第九条") == "Article 9"
    assert words.policy("absent", "第九条") == "第九条"


def test_a_broken_catalogue_names_its_file_and_line(project: Project) -> None:
    project.put("locales/zh_CN/dialogs.po", 'msgid "a"\nmsgstring "b"\n')
    with pytest.raises(CatalogueError, match=r"dialogs\.po:2"):
        Catalogues.load(folder=project.root / "locales")


def test_dates_read_as_people_write_them(chinese: Words, english: Words) -> None:
    assert [chinese.date(DAY), chinese.month(DAY), chinese.year(DAY)] == [
        "2026年5月31日",
        "2026年5月",
        "2026年",
    ]
    assert [english.date(DAY), english.month(DAY), english.year(DAY)] == ["31 May 2026", "May 2026", "2026"]
    assert (chinese.weekday(DAY), english.weekday(DAY)) == ("周日", "Sunday")


def test_moments_are_shown_as_a_clock_in_shanghai_shows_them(chinese: Words, english: Words) -> None:
    moment = dt.datetime(2026, 5, 31, 16, 5, tzinfo=dt.UTC)
    assert chinese.datetime(moment) == "2026年6月1日 00:05"
    assert english.datetime(moment) == "1 June 2026, 00:05"


def test_money_is_written_out_in_yuan(chinese: Words, english: Words) -> None:
    assert chinese.money(150_000_000) == "150,000,000 元"
    assert english.money(150_000_000) == "CNY 150,000,000"
    assert english.money(Decimal("-12.50")) == "-CNY 12.5"


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_and_percentages_keep_what_was_said(catalogues: Catalogues, language: Language) -> None:
    words = catalogues.words(language)
    assert [words.number(12345), words.number(Decimal("0.125")), words.number(-3)] == [
        "12,345",
        "0.125",
        "-3",
    ]
    assert [words.percent(50), words.percent(Decimal("12.50"))] == ["50%", "12.5%"]


def test_lists_are_joined_as_each_language_does(chinese: Words, english: Words) -> None:
    assert [english.items(texts) for texts in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
    assert [chinese.items(texts) for texts in ([], ["甲"], ["甲", "乙"], ["甲", "乙", "丙"])] == [
        "",
        "甲",
        "甲和乙",
        "甲、乙和丙",
    ]
    assert chinese.items(["2023", "2025"]) == "2023 和 2025"
    assert chinese.items(["PNG 图片", "Word 文件", "Excel 文件"]) == "PNG 图片、Word 文件和 Excel 文件"


def test_sentences_follow_each_other_as_in_each_language(chinese: Words, english: Words) -> None:
    assert (
        chinese.sentences("发给：不足 5 人。", "", "每人单独收到一条。")
        == "发给：不足 5 人。每人单独收到一条。"
    )
    assert (
        english.sentences("It goes to 5 people.", "", "Each gets one.")
        == "It goes to 5 people. Each gets one."
    )
