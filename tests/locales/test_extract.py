from __future__ import annotations

import pytest

from locales import extract, po
from tests.locales.conftest import YAML, Project


def ids(project: Project) -> list[str]:
    return list(po.read(project.zh, "zh_CN").entries)


def test_texts_come_in_the_order_of_their_sources(project: Project) -> None:
    project.put("dialogs/another.py", 'say("First by file name")')
    assert project.extract() == 0
    assert ids(project) == ["First by file name", "Menu", "Hello, %(name)s", "%(n)s day left"]


def test_a_second_run_changes_nothing(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.translate_all()
    before = {path: path.read_bytes() for path in project.root.rglob("*.po")}
    project.extract()
    assert {path: path.read_bytes() for path in project.root.rglob("*.po")} == before
    capsys.readouterr()
    project.extract()
    assert capsys.readouterr().out == ""


def test_catalogues_hold_no_line_numbers_and_no_dates(project: Project) -> None:
    project.extract()
    text = project.zh.read_text(encoding="utf-8")
    assert "#: dialogs/greeting.py\n" in text
    assert "Date" not in text


def test_translations_and_notes_of_translators_are_kept(project: Project) -> None:
    project.extract()
    project.translate(project.zh, {"Menu": "菜单"})
    text = project.zh.read_text(encoding="utf-8")
    project.zh.write_text(text.replace('#: dialogs/greeting.py\nmsgid "Menu"', '# short\n#: x\nmsgid "Menu"'))
    project.put("dialogs/later.py", 'words.say("Later")')
    project.extract()
    entry = po.read(project.zh, "zh_CN").entries["Menu"]
    assert (entry.forms, entry.comments) == (("菜单",), ("short",))


def test_a_text_that_goes_keeps_its_translation_aside_and_gets_it_back(project: Project) -> None:
    project.translate_all()
    source = project.root / "dialogs/greeting.py"
    text = source.read_text(encoding="utf-8")
    source.write_text(text.replace("Menu", "List"), encoding="utf-8")
    project.extract()
    assert "Menu" in po.read(project.zh, "zh_CN").obsolete
    source.write_text(text, encoding="utf-8")
    project.extract()
    assert po.read(project.zh, "zh_CN").entries["Menu"].forms == ("菜单",)
    assert "List" not in po.read(project.zh, "zh_CN").obsolete


def test_pruning_forgets_what_is_not_used(project: Project) -> None:
    project.translate_all()
    project.put("dialogs/greeting.py", 'say("Only this")')
    project.extract("--prune")
    assert "#~" not in project.zh.read_text(encoding="utf-8")


def test_only_the_named_catalogue_is_written(project: Project) -> None:
    assert project.extract("policy/facts") == 0
    assert not project.zh.exists()
    assert (project.root / "locales/en/policy/facts.po").exists()


def test_an_unknown_catalogue_is_named(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert project.extract("nonsense") == 2
    assert "nonsense" in capsys.readouterr().err


def test_chinese_of_policies_is_found_except_official_terms_and_numbers(project: Project) -> None:
    project.extract()
    assert list(po.read(project.en, "en").entries) == ["样例项目", "第一条", "已注册满 2 年"]


def test_each_policy_text_says_which_criterion_it_belongs_to(project: Project) -> None:
    project.extract()
    assert "#. criteria.SP-E01.clause\n#. criteria.SP-E02.clause\n" in project.en.read_text(encoding="utf-8")


def test_page_templates_are_searched_too(project: Project) -> None:
    project.put(
        "bot/web/page.html", '<p title="{{ words.say("Send it") }}">{{ count("one", "%(n)s more", n) }}</p>'
    )
    project.extract()
    entries = po.read(project.root / "locales/zh_CN/bot.po", "zh_CN").entries
    assert list(entries) == ["Send it", "one"]
    assert entries["one"].plural == "%(n)s more"


def test_either_branch_of_a_choice_is_a_text(project: Project) -> None:
    project.put("dialogs/greeting.py", 'say("Yes" if answer else "No")')
    project.extract()
    assert ids(project) == ["Yes", "No"]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("dialogs/broken.py", "def ("),
        ("bot/web/broken.html", "{% if %}"),
        ("domain/programmes/broken/programme.yaml", "a: [1"),
        ("locales/zh_CN/dialogs.po", 'msgid "a"\nmsgstring "b"\n'),
    ],
)
def test_an_unreadable_file_is_named_and_nothing_raises(
    project: Project, capsys: pytest.CaptureFixture[str], file: str, text: str
) -> None:
    project.put(file, text)
    assert project.extract() == 2
    error = capsys.readouterr().err
    assert file in error
    assert error.count("\n") == 1


def test_an_operators_folder_gets_its_own_catalogue(project: Project) -> None:
    project.put("elsewhere/own-programme/programme.yaml", YAML)
    folder = project.root / "elsewhere/own-programme"
    assert extract.main(["--folder", str(folder)]) == 0
    assert "样例项目" in po.read(folder / "en.po", "en").entries
