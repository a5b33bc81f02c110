"""Where a conversation stands is its answers, replayed."""

from __future__ import annotations

from dialogs.engine import fold as folding
from dialogs.engine.answers import Answers
from dialogs.engine.turn import edit_key
from tests.dialogs.engine.tea import NOW, Table, tea


def back(table: Table) -> str:
    answers = folding.back(table.dialog, table.answers, table.position, NOW)
    assert answers is not None
    table.answers = answers
    return table.at()


def test_it_starts_at_the_first_question() -> None:
    assert Table().at() == "kind"


def test_each_answer_leads_to_the_next_question_and_the_last_to_an_outcome() -> None:
    table = Table()
    assert table.presses("green") == "extras"
    assert table.presses("@none") == "cups"
    assert table.says("1") == "guest:Ann"
    assert table.presses("no") == "bill"
    assert table.presses("pay") == "paid"
    assert table.position.outcome == "paid"


def test_another_answer_takes_another_way() -> None:
    assert Table().presses("none") == "gone"


def test_back_takes_back_the_last_answer_on_the_path() -> None:
    table = Table()
    table.presses("green", "@none")
    assert back(table) == "extras"
    assert table.value("extras") is None
    assert back(table) == "kind"
    assert folding.back(table.dialog, table.answers, table.position, NOW) is None


def test_what_was_taken_back_is_remembered_as_open() -> None:
    table = Table()
    table.presses("green", "@none")
    back(table)
    assert table.answers.opened() == {"extras"}
    table.presses("lemon", "@done")
    assert table.answers.opened() == frozenset()


def test_an_edited_answer_re_routes_and_keeps_the_later_ones_that_still_hold() -> None:
    table = Table()
    table.presses("green", "@none")
    table.says("2")
    table.presses("yes", "no")
    assert table.at() == "bill"
    assert table.presses(edit_key("cups")) == "cups"
    assert table.says("3") == "guest:Cy"
    assert table.value("guest:Ann") == "yes"
    assert table.presses("yes") == "bill"


def test_back_leaves_an_edit_and_keeps_the_answer() -> None:
    table = Table()
    table.presses("green", "@none")
    table.says("1")
    table.presses(edit_key("cups"))
    assert table.position.editing
    assert back(table) == "guest:Ann"
    assert table.value("cups") == 1


def test_a_changed_answer_closes_the_views_that_spoke_about_it() -> None:
    table = Table()
    table.presses("green", "@none")
    table.says("1")
    table.presses("no", "detail")
    assert table.at() == "detail"
    table.presses(edit_key("guest:Ann"))
    assert table.presses("yes") == "bill"


def test_a_button_can_set_an_earlier_answer() -> None:
    table = Table()
    table.presses("green", "@none")
    table.says("1")
    table.presses("no")
    assert table.presses("double") == "guest:Bo"
    assert table.value("cups") == 2


def test_a_new_version_keeps_what_still_holds_and_asks_what_is_new() -> None:
    table = Table()
    table.presses("black", "@none")
    table.says("1")
    table.presses("no")
    newer = Table(tea(version=2, kinds=("Green", "White")), table.answers)
    assert newer.at() == "kind"
    assert newer.presses("white") == "bill"


def test_an_answer_to_a_state_that_is_no_more_does_no_harm() -> None:
    table = Table(answers=Answers().put("old", 1, "", NOW).put("guest:Zoe", "yes", "", NOW))
    table.presses("green", "@none")
    assert table.says("1") == "guest:Ann"
