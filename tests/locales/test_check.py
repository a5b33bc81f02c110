from __future__ import annotations

import pytest

from locales import check
from tests.locales.conftest import Project


def only(project: Project) -> str:
    found = project.problems()
    assert len(found) == 1, found
    return found[0]


def test_a_complete_project_has_no_problems(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.translate_all()
    assert project.problems() == []
    assert check.main(["--root", str(project.root)]) == 0
    assert "all complete" in capsys.readouterr().out


def test_a_new_text_is_missing_until_it_is_extracted_and_translated(project: Project) -> None:
    project.translate_all()
    project.put("dialogs/more.py", 'say("One more")')
    assert only(project) == "locales/zh_CN/dialogs.po: missing, used in dialogs/more.py: 'One more'"
    project.extract()
    assert "not translated: 'One more'" in only(project)
    assert check.main(["--root", str(project.root)]) == 1


def test_a_programme_without_a_catalogue_misses_every_text(project: Project) -> None:
    project.translate_all()
    project.en.unlink()
    assert len([line for line in project.problems() if "missing" in line]) == 3


def test_an_unused_entry_is_a_problem_also_when_set_aside(project: Project) -> None:
    project.translate_all()
    with project.zh.open("a", encoding="utf-8") as file:
        file.write('\nmsgid "Gone"\nmsgstr "没了"\n')
    assert "unused: 'Gone'" in only(project)
    project.extract()
    assert "unused, kept as a comment" in only(project)


def test_an_entry_given_twice_is_a_problem(project: Project) -> None:
    project.translate_all()
    with project.zh.open("a", encoding="utf-8") as file:
        file.write('\nmsgid "Menu"\nmsgstr "菜单"\n')
    assert "duplicate: 'Menu'" in only(project)


def test_a_catalogue_of_a_programme_that_is_gone_is_unused(project: Project) -> None:
    project.translate_all()
    project.put("locales/en/policy/old-programme.po", 'msgid "旧"\nmsgstr "Old"\n')
    assert "unused: '旧'" in only(project)


def test_a_doubtful_translation_is_a_problem(project: Project) -> None:
    project.translate_all()
    text = project.zh.read_text(encoding="utf-8")
    project.zh.write_text(text.replace('msgid "Menu"', '#, fuzzy\nmsgid "Menu"'), encoding="utf-8")
    assert "fuzzy: 'Menu'" in only(project)


@pytest.mark.parametrize(
    ("message", "translation", "problem"),
    [
        ("Hello, %(name)s", "您好", "placeholders differ"),
        ("Hello, %(name)s", "您好，%(nom)s", "placeholders differ"),
        ("Hello, %(name)s", "您好，%(name)d", "placeholders differ"),
        ("Hello, %(name)s", "您好，%(name)s 100%", "a single %"),
        ("Menu", "Menu", "still English"),
        ("Menu", " ", "not translated"),
    ],
)
def test_an_unsound_chinese_text_is_a_problem(
    project: Project, message: str, translation: str, problem: str
) -> None:
    project.translate_all()
    project.translate(project.zh, {message: translation})
    assert problem in only(project)


def test_a_plural_may_leave_its_number_out(project: Project) -> None:
    project.translate_all()
    project.translate(project.zh, {"%(n)s day left": "不到一周"})
    assert project.problems() == []


@pytest.mark.parametrize(
    ("english", "problem"),
    [
        ("样例项目", "no English"),
        ("（样例项目）", "no English"),
        ("Sample 项目", "Chinese outside brackets"),
    ],
)
def test_chinese_left_in_english_is_a_problem(project: Project, english: str, problem: str) -> None:
    project.translate_all()
    project.translate(project.en, {"样例项目": english})
    assert problem in only(project)


@pytest.mark.parametrize(
    "english",
    [
        "Sample programme (样例项目)",
        "Sample “样例项目”",
        "Notice 样市监〔2020〕1号",
        "Measures 《样例办法》",
        "2",
    ],
)
def test_official_names_may_stand_beside_their_english(project: Project, english: str) -> None:
    project.translate_all()
    project.translate(project.en, {"样例项目": english})
    assert project.problems() == []


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ('say(f"Hello {name}")', "put together at run time"),
        ('say("菜单")', "written in English"),
        ('say("")', "an empty text"),
        ('say("Menu %(a)s")', "no value for a"),
        ('say("Menu", a=1)', "no place for a"),
        ('say("50%% off")', "write %"),
        ('count("a day", "days", 1); count("a day", "all days", 2)', "two plurals"),
    ],
)
def test_a_text_used_wrongly_is_named_with_its_line(project: Project, source: str, problem: str) -> None:
    project.translate_all()
    project.put("dialogs/wrong.py", f"\n{source}\n")
    assert any(line.startswith("dialogs/wrong.py:2: ") and problem in line for line in project.problems())


def test_values_that_cannot_be_known_are_not_judged(project: Project) -> None:
    project.translate_all()
    project.put("dialogs/open.py", 'say("Hello, %(name)s", **values)')
    assert project.problems() == []


def test_one_text_is_said_one_way_in_all_packages(project: Project) -> None:
    project.translate_all()
    project.put("bot/menu.py", 'say("Menu")')
    project.extract()
    project.translate(project.root / "locales/zh_CN/bot.po", {"Menu": "目录"})
    assert "said another way in locales/zh_CN/bot.po" in only(project)


def test_an_unreadable_catalogue_stops_the_check(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.put("locales/zh_CN/dialogs.po", 'msgid "a"\nmsgstring "b"\n')
    assert check.main(["--root", str(project.root)]) == 2
    assert "dialogs.po:2" in capsys.readouterr().err
