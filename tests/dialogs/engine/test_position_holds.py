"""Whatever is pressed and typed, the position is the fold of the answers and nothing raises."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from dialogs.engine import fold as folding
from dialogs.engine.answers import Answers
from dialogs.engine.fold import Position, fold, fold_on
from dialogs.engine.render import Frame, screen
from dialogs.engine.turn import edit_key, press, type_in
from tests.dialogs.engine.tea import GUESTS, NOW, WORDS, tea

KEYS = [
    "green",
    "black",
    "none",
    "lemon",
    "milk",
    "@none",
    "@done",
    "@unsure",
    "yes",
    "no",
    "pay",
    "detail",
    "double",
]
EDITS = [edit_key(name) for name in ("kind", "extras", "cups", "bill", *(f"guest:{name}" for name in GUESTS))]
STALE = ["@reading0", "@again", "@page:2", "@page:x", "@edit:", "@edit:nothing", "@back", "???"]


class TeaRoom(RuleBasedStateMachine):
    """Random answers, edits, steps back, stale presses and changes of version."""

    def __init__(self) -> None:
        super().__init__()
        self.answers = Answers()
        self.dialog = tea()

    @rule(key=st.sampled_from(KEYS + EDITS + STALE))
    def presses(self, key: str) -> None:
        position = fold(self.dialog, self.answers)
        turn = press(self.dialog, self.answers, position, key, NOW)
        if turn is not None:
            self._goes_on(position, turn.answers)

    @rule(
        text=st.sampled_from(
            ["3", "about 2", "12", "green", "1", "lemon milk", "yes", "no", "", "不清楚", "x" * 500]
        )
    )
    def types(self, text: str) -> None:
        position = fold(self.dialog, self.answers)
        turn = type_in(self.dialog, self.answers, position, text, NOW)
        assert not turn.problem or turn.answers == self.answers
        self._goes_on(position, turn.answers)

    def _goes_on(self, before: Position, answers: Answers) -> None:
        """Following only what is new leads to the same place as beginning anew."""
        assert fold_on(self.dialog, self.answers, before, answers) == fold(self.dialog, answers)
        self.answers = answers

    @rule()
    def goes_back(self) -> None:
        before = fold(self.dialog, self.answers)
        answers = folding.back(self.dialog, self.answers, before, NOW)
        if answers is None:
            assert before.at_start or before.draft is not None
            return
        self.answers = answers
        after = fold(self.dialog, self.answers)
        if not before.editing and before.draft is None:
            assert after.name == before.path[-1]

    @rule(version=st.sampled_from([1, 2]))
    def is_renewed(self, version: int) -> None:
        self.dialog = tea() if version == 1 else tea(version=2, kinds=("Green", "White", "None"))

    @invariant()
    def stands_where_the_answers_say(self) -> None:
        position = fold(self.dialog, self.answers)
        assert position == fold(self.dialog, Answers.of(self.answers.entries))
        names = [entry.state for entry in self.answers.entries]
        assert len(names) == len(set(names))
        assert (position.state is None) != (position.outcome is None)
        if position.state is not None:
            shown = screen(self.dialog, self.answers, position, Frame(WORDS, 1, 1))
            keys = [choice.key for choice in shown.choices]
            assert len(keys) == len(set(keys))
            assert shown.title


TeaRoom.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestTeaRoom = TeaRoom.TestCase
