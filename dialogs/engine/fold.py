"""Where a conversation stands: its answers replayed from the start of its dialog.

Nothing else decides the position. So *back* takes back the last answer on the path, a changed answer re-routes the
later ones by construction, and a new version of a dialog keeps what still holds and asks only what is new.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from dialogs.engine.answers import EDIT, Answer, Answers, Json
from dialogs.engine.dialog import Dialog, Here, State
from domain.made_often import made_often


@made_often(frozen=True, slots=True)
class Position:
    """The states answered on the way, and the state that asks now or the outcome that was reached."""

    path: tuple[str, ...]
    here: Here
    state: State | None
    outcome: str | None = None
    draft: Json = None
    editing: bool = False

    @property
    def name(self) -> str:
        """The state or outcome the conversation stands at."""
        return self.state.name if self.state is not None else self.outcome or ""

    @property
    def at_start(self) -> bool:
        """Whether there is nothing to go back to."""
        return not self.path and not self.editing and self.draft is None


def fold(dialog: Dialog, answers: Answers) -> Position:
    """Replay ``answers`` from the start of ``dialog``."""
    stored = {name: given for name, given in answers.given().items() if _holds(dialog.state(name), given)}
    editing, opened = answers.editing(), answers.opened()
    given: dict[str, Answer] = {}
    waiting = list(stored)
    stopped: State | None = None
    name = dialog.start
    while name not in dialog.outcomes:
        state = dialog.state(name)
        answer = stored.get(name)
        if state is None or answer is None or name == editing or name in given:
            stopped = state
            break
        given[name] = answer
        waiting.remove(name)
        then = state.then
        name = then if isinstance(then, str) else state.follow(Here(given, tuple(waiting), opened))
    here = Here(given, tuple(waiting), opened)
    if editing is not None and name != editing and (aside := _aside(dialog, editing, given)) is not None:
        return Position(tuple(given), here, aside, draft=answers.draft(editing), editing=True)
    if stopped is None:
        return Position(tuple(given), here, None, outcome=name)
    return Position(tuple(given), here, stopped, draft=answers.draft(name), editing=name == editing)


def fold_on(dialog: Dialog, was: Answers, stood: Position, answers: Answers) -> Position:
    """``fold(dialog, answers)``, knowing that in the same dialog the answers ``was`` lead to ``stood``.

    Where nothing but the question that stood there was answered, only that answer is followed.
    """
    state, last = stood.state, answers.entries[-1] if answers.entries else None
    if (
        state is None
        or last is None
        or last.value is None
        or last.state != state.name
        or stood.draft is not None
        or stood.here.waiting
        or was.editing() is not None
        or answers.entries[:-1] != was.entries
        or not state.ask.holds(last.value)
    ):
        return fold(dialog, answers)
    here = Here({**stood.here.given, state.name: last}, (), stood.here.opened)
    name = state.then if isinstance(state.then, str) else state.follow(here)
    path = (*stood.path, state.name)
    following = None if name in dialog.outcomes else dialog.state(name)
    if following is None:
        return Position(path, here, None, outcome=name)
    return Position(path, here, following, draft=answers.draft(name))


def _holds(state: State | None, answer: Answer) -> bool:
    return state is not None and state.ask.holds(answer.value)


def _aside(dialog: Dialog, name: str, given: Mapping[str, Answer]) -> State | None:
    """A generated state that is edited although the path does not ask it (its answer was known already)."""
    if dialog.family is None or not name.startswith(dialog.family.prefix) or name in given:
        return None
    return dialog.state(name)


def answer(
    dialog: Dialog, answers: Answers, position: Position, value: Json, said: str, at: datetime
) -> Answers:
    """``value`` as the answer of the state the conversation stands at."""
    state = position.state
    if state is None:
        return answers
    changed = answers.without_marks(state.name).put(state.name, value, said, at)
    return _drop_views(dialog, changed, state.name)


def revise(dialog: Dialog, answers: Answers, name: str, value: Json, said: str, at: datetime) -> Answers:
    """``value`` as the answer of an earlier state ``name``."""
    return _drop_views(dialog, answers.without_marks(name).put(name, value, said, at), name)


def _drop_views(dialog: Dialog, answers: Answers, changed: str) -> Answers:
    """Without the answers of views that spoke about what was before: all of them, or those after a changed view."""
    views = dialog.views_among(answers.given())
    if not views:
        return answers
    if changed in views:
        return answers.without(*views[views.index(changed) + 1 :])
    return answers.without(*views)


def edit(dialog: Dialog, answers: Answers, position: Position, name: str, at: datetime) -> Answers | None:
    """With ``name`` marked to be answered afresh; None when it cannot be edited from here."""
    on_path = name in position.path
    if not on_path and _aside(dialog, name, position.here.given) is None:
        return None
    return answers.without_marks(position.name).put(EDIT, name, "", at)


def back(dialog: Dialog, answers: Answers, position: Position, at: datetime) -> Answers | None:
    """One step back: an edit is left, a draft dropped, or the last answer taken back; None at the start."""
    name = position.name
    if position.draft is not None and not (position.state is not None and position.state.ask.toggles):
        return answers.with_draft(name, None, "", at)
    if position.editing:
        return answers.without_marks(name)
    if not position.path:
        return None
    last = position.path[-1]
    opened = answers.without_marks(name).open(last, at)
    # An answer that was given out of turn is not what would be asked next; it is asked all the same.
    return opened if fold(dialog, opened).name == last else opened.put(EDIT, last, "", at)
