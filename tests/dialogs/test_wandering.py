"""Somebody who presses and types anything, for as long as they like, always finds the way and breaks nothing."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialogs.engine.answers import Answers
from dialogs.engine.fold import fold
from dialogs.incoming import Command, Pressed, Typed, Unsupported
from dialogs.talk import Talk
from domain.store import Transaction
from tests.support.conversation import Person, a_person

TEXTS = (
    "不清楚",
    "是",
    "没有",
    "2024年5月",
    "去年6月",
    "三千二百万",
    "大概1.5亿",
    "1、2",
    "3 3 3",
    "2028年3月1日",
    "返回",
    "帮助",
    "我在哪",
    "English",
    "中文",
    "随便",
    "",
    "郑州",
    "示例精工",
)
COMMANDS = ("start", "menu", "back", "cancel", "help", "language", "where", "answers", "data")

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("press"), st.integers(0, 30)),
        st.tuples(st.just("press"), st.integers(0, 30)),
        st.tuples(st.just("press"), st.integers(0, 30)),
        st.tuples(st.just("type"), st.integers(0, len(TEXTS) - 1)),
        st.tuples(st.just("command"), st.integers(0, len(COMMANDS) - 1)),
        st.tuples(st.just("stale"), st.integers(0, 30)),
        st.tuples(st.just("sticker"), st.just(0)),
        st.tuples(st.just("restart"), st.just(0)),
    ),
    min_size=5,
    max_size=45,
)


def does(person: Person, kind: str, number: int) -> None:
    screen = person.now_sees
    key = screen.choices[number % len(screen.choices)].key
    match kind:
        case "press":
            person.sends(Pressed(screen.conversation, screen.revision, key))
        case "type":
            person.sends(Typed(TEXTS[number]))
        case "command":
            person.sends(Command(COMMANDS[number]))  # type: ignore[arg-type]
        case "stale":
            person.sends(Pressed(screen.conversation, screen.revision - 1, key))
        case _:
            person.sends(Unsupported("sticker"))


def stands_where_its_answers_say(person: Person) -> None:
    """The screen is that of the position folded from what is stored, and no buttons are doubled."""
    screen = person.now_sees

    def work(tx: Transaction) -> None:
        talk = Talk(person.assistant.library, tx, tx.chats.visit(person.chat), person.clock.now())
        stored = talk.conversation
        assert (stored.id, stored.revision, stored.dialog) == (
            screen.conversation,
            screen.revision,
            screen.dialog,
        )
        answers = Answers.of(stored.answers)
        position = fold(talk.dialog, answers)
        assert position.state is not None
        assert position.name == screen.state

    person.database.run(work)
    keys = [choice.key for choice in screen.choices]
    assert len(keys) == len(set(keys))
    assert screen.title
    assert all(choice.label for choice in screen.choices)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS, language=st.sampled_from(["zh_CN", "en"]))
def test_whatever_is_done_the_conversation_stands_where_its_answers_say(
    steps: list[tuple[str, int]], language: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        remaining = list(steps)
        while True:
            with a_person(Path(folder), language) as person:
                person.commands("where")
                while remaining and remaining[0][0] != "restart":
                    does(person, *remaining.pop(0))
                    stands_where_its_answers_say(person)
            if not remaining:
                return
            remaining.pop(0)
