"""Cards beside a self-check: whatever is pressed on them in between, the conversation stands where it would without them."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.incoming import Answered
from tests.support.conversation import Person, a_person
from tests.support.reminder_cards import DAY, Told
from tests.support.reminding import HANGZHOU, ZHENGZHOU
from tests.support.self_check import ZHENGZHOU as ANSWERS
from tests.support.self_check import checks

CARDS = st.sampled_from(["r1", "r2", "g1", "g2", "r77", "g77", "a1", "z9"])
CHOICES = st.sampled_from(
    ["done", "later", "keep", "stop", "again", "in:1", "in:3", "in:99", "@menu", "@back", "1", "?"]
)


def told_before(person: Person) -> None:
    """Somebody was told of two dates of the Hangzhou award."""
    person.commands("start", HANGZHOU)
    person.presses("dates", "remind")
    told = Told(person)
    told.announces(date(2026, 12, 7), opens=date(2026, 11, 30))
    assert told.at(DAY)


def steps(person: Person, number: int) -> None:
    """Answer so many questions of the Zhengzhou check."""
    for _ in range(number):
        state = person.now_sees.state.removeprefix("f:")
        answer = ANSWERS.get(state, "[@unsure")
        for step in (answer,) if isinstance(answer, str) else answer:
            if step.startswith("["):
                person.presses(step[1:])
            else:
                person.says(step)


@settings(max_examples=8, deadline=None)
@given(st.lists(st.lists(st.tuples(CARDS, CHOICES), max_size=4), min_size=4, max_size=4))
def test_presses_on_cards_leave_a_self_check_as_it_is(presses: list[list[tuple[str, str]]]) -> None:
    shown = []
    for disturbed in (False, True):
        with tempfile.TemporaryDirectory() as folder, a_person(Path(folder)) as person:
            told_before(person)
            checks(person, ZHENGZHOU)
            screens = []
            for round_ in presses:
                for card, choice in round_ if disturbed else []:
                    before = person.now_sees
                    person.sends(Answered(card, choice))
                    assert person.now_sees is before
                    assert card in person.cards
                steps(person, 2)
                screens.append(person.now_sees)
            shown.append(screens)
    assert shown[0] == shown[1]
