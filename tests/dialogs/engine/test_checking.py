"""A dialog that could trap or puzzle somebody is found before anybody meets it."""

from __future__ import annotations

from dataclasses import replace

from dialogs.engine.checking import problems
from dialogs.engine.choosing import ChooseOne
from dialogs.engine.dialog import Dialog, State
from dialogs.engine.drawing import draw
from dialogs.engine.turn import edit_key
from tests.dialogs.engine.tea import WORDS, options, tea


def state(name: str, to: str, title: str = "A question") -> State:
    return State(name, title, ChooseOne(WORDS, options("Yes")), to)


def dialog(*states: State) -> Dialog:
    return replace(tea(), states=states, family=None, outcomes={"end": lambda _here: ()}, start="a")


def test_a_sound_dialog_has_no_problems() -> None:
    assert problems({"en": tea()}) == []


def test_what_is_never_reached_is_found() -> None:
    assert problems({"en": dialog(state("a", "end"), state("b", "end"))}) == ["tea: b is never reached"]


def test_a_trap_is_found() -> None:
    found = problems({"en": dialog(state("a", "b"), state("b", "a"))})
    assert "tea: a has no way out" in found
    assert "tea: end is never reached" in found


def test_a_way_to_nowhere_is_found() -> None:
    found = problems({"en": dialog(state("a", "moon"))})
    assert "tea: a leads to 'moon', which is neither a state nor an outcome" in found


def test_a_state_without_words_is_found_in_every_language() -> None:
    chinese = replace(dialog(state("a", "end", "问题")), title="茶")
    english = dialog(state("a", "end", ""))
    assert problems({"zh_CN": chinese, "en": english}) == ["tea (en): a has no title"]
    assert problems({"zh_CN": english}) == [
        "tea (zh_CN): the dialog has a title in another language: 'Tea'",
        "tea (zh_CN): a has no title",
    ]


def test_two_states_of_one_name_are_found() -> None:
    assert "tea: two states have the same name" in problems(
        {"en": dialog(state("a", "end"), state("a", "end"))}
    )


def test_a_drawing_shows_every_way_and_never_changes() -> None:
    drawn = draw(tea())
    assert drawn == draw(tea())
    assert '-- "none" -->' in drawn
    assert "one question for each fact" in drawn
    assert drawn.endswith("```\n")


def test_edit_keys_stay_short_and_distinct() -> None:
    names = [f"f:{'long_name_of_a_fact_' * 2}{index}" for index in range(50)]
    keys = {edit_key(name) for name in names}
    assert len(keys) == 50
    assert all(len(key) <= 40 for key in keys)
    assert edit_key("cups") == "@edit:cups"
