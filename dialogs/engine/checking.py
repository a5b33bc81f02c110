"""What must be true of every dialog, whatever it asks: reachable, said in every language, with a way out."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dialogs.engine.dialog import Dialog, State

FAMILY = "*"
"""Ends the name of a target that means any state of the dialog's family."""

_CHINESE = re.compile(r"[\u3400-\u9fff]")


def representative(dialog: Dialog, target: str) -> str:
    """The state that stands for ``target``: itself, or the first of the family."""
    if target.endswith(FAMILY) and dialog.family is not None and dialog.family.names:
        return dialog.family.names[0]
    return target


def all_states(dialog: Dialog) -> tuple[State, ...]:
    """The states of the dialog, those built later too, and one for its family."""
    states = (*dialog.states, *(build() for build in dialog.later.values()))
    first = (
        dialog.family.make(dialog.family.names[0])
        if dialog.family is not None and dialog.family.names
        else None
    )
    return (*states, first) if first is not None else states


def targets(dialog: Dialog, state: State) -> tuple[str, ...]:
    """Everything ``state`` can lead to, with a representative for the family."""
    return tuple(dict.fromkeys(representative(dialog, target) for target in state.leads_to()))


def problems(dialogs: Mapping[str, Dialog]) -> list[str]:
    """What is wrong with one dialog, given as built in each language; empty when nothing is."""
    found: list[str] = []
    for language, dialog in dialogs.items():
        found += [f"{dialog.name} ({language}): {problem}" for problem in _texts(dialog, language)]
    first = next(iter(dialogs.values()))
    return found + [f"{first.name}: {problem}" for problem in _structure(first)]


def _texts(dialog: Dialog, language: str) -> list[str]:
    found = []
    titles = {"the dialog": dialog.title, **{state.name: state.title for state in all_states(dialog)}}
    for name, title in titles.items():
        if not title.strip():
            found.append(f"{name} has no title")
        elif (_CHINESE.search(title) is not None) != language.startswith("zh"):
            found.append(f"{name} has a title in another language: {title!r}")
    return found


def _structure(dialog: Dialog) -> list[str]:
    states = {state.name: state for state in all_states(dialog)}
    found = []
    if len(states) != len(all_states(dialog)):
        found.append("two states have the same name")
    if clash := states.keys() & dialog.outcomes.keys():
        found.append(f"both a state and an outcome: {', '.join(sorted(clash))}")
    edges = {name: targets(dialog, state) for name, state in states.items()}
    for name, leads in edges.items():
        found += [
            f"{name} leads to {target!r}, which is neither a state nor an outcome"
            for target in leads
            if target not in states and target not in dialog.outcomes
        ]
    reached = _closure(edges, {dialog.start})
    found += [f"{name} is never reached" for name in (*states, *dialog.outcomes) if name not in reached]
    backwards: dict[str, tuple[str, ...]] = {}
    for name, leads in edges.items():
        for target in leads:
            backwards[target] = (*backwards.get(target, ()), name)
    leaving = _closure(backwards, set(dialog.outcomes))
    found += [f"{name} has no way out" for name in states if name not in leaving]
    return found


def _closure(edges: Mapping[str, tuple[str, ...]], seeds: set[str]) -> set[str]:
    reached, waiting = set(seeds), list(seeds)
    while waiting:
        for target in edges.get(waiting.pop(), ()):
            if target not in reached:
                reached.add(target)
                waiting.append(target)
    return reached
