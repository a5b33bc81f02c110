"""One turn inside a dialog: what a pressed button or a typed text does to the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from dialogs.engine import fold as folding
from dialogs.engine.answers import PAGE, Answers, Json
from dialogs.engine.dialog import Dialog, State
from dialogs.engine.fold import Position
from dialogs.engine.keys import key_for
from dialogs.engine.question import Drafted, Reading, Refused, Took
from dialogs.engine.screen import Span
from dialogs.engine.upload import AskUpload
from domain.made_often import made_often

BACK = "@back"
_EDIT = "@edit:"
_PAGE = "@page:"


@made_often(frozen=True, slots=True)
class Turn:
    """What became of the answers; `problem` says why nothing did."""

    answers: Answers
    said: str = ""
    answered: str | None = None
    """The state whose answer was just given."""
    problem: tuple[Span, ...] = ()


def edit_key(name: str) -> str:
    """The key of the button that edits the answer of ``name``."""
    return key_for(_EDIT, name)


def page_key(page: int) -> str:
    """The key of the button that shows page ``page`` of a long list."""
    return f"{_PAGE}{page}"


def press(dialog: Dialog, answers: Answers, position: Position, key: str, now: datetime) -> Turn | None:
    """Press ``key`` where the conversation stands; None when there is no such button."""
    state = position.state
    if state is None:
        return None
    if key.startswith(_EDIT):
        return _edit(dialog, answers, position, key, now)
    if key.startswith(_PAGE):
        number = key.removeprefix(_PAGE)
        return (
            Turn(answers.put(PAGE, int(number), "", now)) if number.isascii() and number.isdecimal() else None
        )
    if (revision := state.revises.get(key)) is not None:
        name, value = revision
        label = _label(state, key, so_far(answers, position))
        return Turn(folding.revise(dialog, answers, name, value, label, now), label)
    reading = state.ask.press(key, so_far(answers, position))
    return None if reading is None else _apply(dialog, answers, position, reading, now)


def type_in(dialog: Dialog, answers: Answers, position: Position, text: str, now: datetime) -> Turn:
    """Type ``text`` where the conversation stands."""
    state = position.state
    if state is None:
        return Turn(answers)
    return _apply(dialog, answers, position, state.ask.type(text, so_far(answers, position)), now)


def hand_in(
    dialog: Dialog, answers: Answers, position: Position, entries: Sequence[Mapping[str, Json]], now: datetime
) -> Turn:
    """Files that are stored, for the question the conversation stands at; anywhere else they change nothing."""
    state = position.state
    if state is None or not isinstance(state.ask, AskUpload):
        return Turn(answers)
    reading = state.ask.take(entries, so_far(answers, position))
    return _apply(dialog, answers, position, reading, now)


def so_far(answers: Answers, position: Position) -> Json:
    """What has been given: the draft; for a selection that is being edited, the answer it starts from."""
    state = position.state
    if state is None or position.draft is not None or not state.ask.toggles:
        return position.draft
    old = answers.given().get(state.name)
    return old.value if old is not None and state.ask.holds(old.value) else None


def _apply(dialog: Dialog, answers: Answers, position: Position, reading: Reading, now: datetime) -> Turn:
    name = position.name
    match reading:
        case Took(str() as key, said) if key.startswith((_EDIT, _PAGE)) and _is_shown(answers, position, key):
            # A way on that was named by typing: as if its button had been pressed.
            turn = press(dialog, answers, position, key, now)
            return replace(turn, said=said) if turn is not None else Turn(answers)
        case Took(value, said):
            return Turn(folding.answer(dialog, answers, position, value, said, now), said, answered=name)
        case Drafted(value, said):
            return Turn(answers.with_draft(name, value, said, now), said)
        case Refused(reason):
            return Turn(answers, problem=reason)


def _edit(dialog: Dialog, answers: Answers, position: Position, key: str, now: datetime) -> Turn | None:
    names = (*position.path, *(dialog.family.names if dialog.family is not None else ()))
    name = next((candidate for candidate in names if edit_key(candidate) == key), None)
    changed = None if name is None else folding.edit(dialog, answers, position, name, now)
    return None if changed is None else Turn(changed)


def _is_shown(answers: Answers, position: Position, key: str) -> bool:
    state = position.state
    if state is None:
        return False
    return any(choice.key == key for choice in state.ask.prompt(so_far(answers, position), None).choices)


def _label(state: State, key: str, draft: Json) -> str:
    return next((choice.label for choice in state.ask.prompt(draft, None).choices if choice.key == key), "")
