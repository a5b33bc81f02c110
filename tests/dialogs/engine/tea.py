"""A small imaginary dialog for tests of the engine: ordering tea, with one generated question for each guest."""

from __future__ import annotations

from datetime import UTC, datetime

from dialogs.engine.answers import Answers, Json
from dialogs.engine.choosing import ChooseMany, ChooseOne, Option
from dialogs.engine.dialog import Dialog, Family, Goes, Here, State
from dialogs.engine.fold import Position, fold
from dialogs.engine.question import Question
from dialogs.engine.turn import Turn, press, type_in
from dialogs.engine.typed import AskTyped, NotUnderstood, Understood
from locales.words import Catalogues

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
WORDS = Catalogues.load().words("en")


def options(*labels: str) -> tuple[Option, ...]:
    return tuple(Option(label.lower(), label, label.lower()) for label in labels)


def _read_number(text: str) -> Understood | NotUnderstood:
    about = text.startswith("about ")
    number = text.removeprefix("about ")
    if not number.isdecimal():
        return NotUnderstood()
    return Understood(int(number), about)


def number() -> Question:
    return AskTyped(
        WORDS, "number", "3", _read_number, str, lambda value: isinstance(value, int) and 0 < value < 10
    )


GUESTS = ("Ann", "Bo", "Cy")


def _next_guest(here: Here) -> str:
    for name in here.waiting:
        if name.startswith("guest:"):
            return name
    wanted = here.value("cups")
    asked = [name for name in here.given if name.startswith("guest:")]
    guests = [f"guest:{name}" for name in GUESTS[: wanted if isinstance(wanted, int) else 0]]
    return next((name for name in guests if name not in asked), "bill")


def tea(*, version: int = 1, kinds: tuple[str, ...] = ("Green", "Black", "None")) -> Dialog:
    def guest(name: str) -> State | None:
        title = f"Sugar for {name.removeprefix('guest:')}?"
        if name.removeprefix("guest:") not in GUESTS:
            return None
        return State(
            name,
            title,
            ChooseOne(WORDS, options("Yes", "No"), unsure=True),
            Goes(("guest:*", "bill"), _next_guest),
        )

    return Dialog(
        name="tea",
        version=version,
        title="Tea",
        start="kind",
        states=(
            State(
                "kind",
                "Which tea?",
                ChooseOne(WORDS, options(*kinds)),
                {"none": "gone", None: "extras"},
            ),
            State("extras", "Anything with it?", ChooseMany(WORDS, options("Lemon", "Milk")), "cups"),
            State("cups", "How many cups?", number(), Goes(("guest:*", "bill"), _next_guest)),
            State(
                "bill",
                "The bill",
                ChooseOne(WORDS, options("Pay", "Detail", "Double")),
                {"pay": "paid", "detail": "detail"},
                view=True,
                revises={"double": ("cups", 2)},
                silent=True,
            ),
            State("detail", "In detail", ChooseOne(WORDS, options("Pay")), "paid", view=True),
        ),
        outcomes={"paid": lambda here: (("paid", len(here.given)),), "gone": lambda _here: ()},
        family=Family("guest:", tuple(f"guest:{name}" for name in GUESTS), guest),
        parks=True,
    )


class Table:
    """Somebody who orders tea."""

    def __init__(self, dialog: Dialog | None = None, answers: Answers | None = None) -> None:
        self.dialog = dialog or tea()
        self.answers = answers or Answers()

    @property
    def position(self) -> Position:
        return fold(self.dialog, self.answers)

    def at(self) -> str:
        return self.position.name

    def says(self, *texts: str) -> str:
        for text in texts:
            self._take(type_in(self.dialog, self.answers, self.position, text, NOW))
        return self.at()

    def presses(self, *keys: str) -> str:
        for key in keys:
            turn = press(self.dialog, self.answers, self.position, key, NOW)
            assert turn is not None, f"there is no button {key} at {self.at()}"
            self._take(turn)
        return self.at()

    def value(self, state: str) -> Json:
        answer = self.answers.given().get(state)
        return None if answer is None else answer.value

    def _take(self, turn: Turn) -> None:
        self.answers = turn.answers
