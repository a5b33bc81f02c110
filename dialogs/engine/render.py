"""From a position to the screen that shows it."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from dialogs.engine.answers import Answer, Answers
from dialogs.engine.dialog import Dialog, State
from dialogs.engine.fold import Position
from dialogs.engine.screen import Block, Choice, Details, Echo, Paragraph, Screen, Span, button, plain
from dialogs.engine.turn import BACK, edit_key
from domain.made_often import made_often
from locales.words import Words

HELP = "@help"
MENU = "@menu"


@made_often(frozen=True, slots=True)
class Frame:
    """What a screen needs to know beside the position."""

    words: Words
    conversation: int
    revision: int
    home: bool = False
    """The menu itself: it has no way back and needs none to the menu."""


def screen(
    dialog: Dialog,
    answers: Answers,
    position: Position,
    frame: Frame,
    *,
    notices: tuple[Block, ...] = (),
    answered: str | None = None,
    extra: tuple[Choice, ...] = (),
) -> Screen:
    """The screen of a position that stands at a state; ``answered`` is the state that was just answered.

    ``ValueError`` for an outcome: it has commands and no screen.
    """
    state = position.state
    if state is None:
        raise ValueError(f"{dialog.name} has reached {position.name} and shows nothing more")
    given = answers.given()
    held = given.get(state.name)
    prompt = state.ask.prompt(position.draft, held.value if held is not None else None)
    echo, change = _echo(dialog, position, frame.words, answered)
    reasons = state.why(position.here)
    why: tuple[Block, ...] = ()
    if reasons:
        why = (Details(summary=frame.words.say("Why we ask, and where to find it"), blocks=reasons),)
    title = prompt.title or (state.title_here(position.here) if state.title_here is not None else state.title)
    keeps = _kept(state, held, frame.words) if position.editing and position.draft is None else ()
    return Screen(
        conversation=frame.conversation,
        revision=frame.revision,
        dialog=dialog.name,
        state=state.name,
        language=frame.words.language,
        title=title,
        blocks=(*notices, *echo, *state.blocks(position.here), *keeps, *prompt.blocks, *why),
        choices=_without_doubles([*prompt.choices, *extra, *change, *_ways_out(position, frame, held)]),
        expects=prompt.expects,
        progress=dialog.progress(position.here),
    )


def label_of(
    dialog: Dialog,
    answers: Answers,
    position: Position,
    frame: Frame,
    key: str,
    extra: tuple[Choice, ...] = (),
) -> str:
    """What is written on the button with this key where the conversation stands; empty when it is not there."""
    state = position.state
    if state is None:
        return ""
    held = answers.given().get(state.name)
    prompt = state.ask.prompt(position.draft, held.value if held is not None else None)
    _, change = _echo(dialog, position, frame.words, None)
    there = (*prompt.choices, *extra, *change, *_ways_out(position, frame, held))
    return next((choice.label for choice in there if choice.key == key), "")


def _without_doubles(choices: list[Choice]) -> tuple[Choice, ...]:
    if len({choice.key for choice in choices}) == len(choices):
        return tuple(choices)
    first: dict[str, Choice] = {}
    for choice in choices:
        first.setdefault(choice.key, choice)
    return tuple(first.values())


def echoed(state: State, answer: Answer) -> tuple[Span, ...]:
    """How the answer of ``state`` was understood."""
    return state.echo(answer.value) if state.echo is not None else state.ask.echo(answer.value)


def _echo(
    dialog: Dialog, position: Position, words: Words, answered: str | None
) -> tuple[tuple[Block, ...], tuple[Choice, ...]]:
    """The echo of the answer just given (else of the last on the path), and the button that changes it."""
    here = position.state
    if position.editing or position.draft is not None or here is None or here.view:
        return (), ()
    name = answered if answered in position.path else (position.path[-1] if position.path else None)
    state = dialog.state(name) if name is not None else None
    if name is None or state is None or state.silent:
        return (), ()
    spans = echoed(state, position.here.given[name])
    change = button(edit_key(name), words.say("Change this answer"), "edit")
    return ((Echo(spans=spans),) if spans else ()), (change,)


def _kept(state: State, held: Answer | None, words: Words) -> tuple[Block, ...]:
    if held is None or not state.ask.holds(held.value):
        return ()
    return (Paragraph(spans=(*plain(words.say("Your answer so far: ")), *state.ask.echo(held.value))),)


def _ways_out(position: Position, frame: Frame, held: Answer | None) -> tuple[Choice, ...]:
    if position.at_start:
        return _named_ways_out(frame.words, None, frame.home)
    keeps = position.editing and position.draft is None and held is not None
    return _named_ways_out(frame.words, "keep" if keeps else "back", frame.home)


@lru_cache(32)
def _named_ways_out(words: Words, behind: Literal["keep", "back"] | None, home: bool) -> tuple[Choice, ...]:
    ways = []
    if behind is not None:
        label = words.say("Keep my answer") if behind == "keep" else words.say("Back")
        ways.append(button(BACK, label, "navigation"))
    if not home:
        ways.append(button(MENU, words.say("Menu"), "navigation"))
    ways.append(button(HELP, words.say("Help"), "navigation"))
    return tuple(ways)
