"""A dialog as a Mermaid diagram in a Markdown page."""

from __future__ import annotations

from collections.abc import Mapping

from dialogs.engine.answers import Json
from dialogs.engine.checking import all_states, representative
from dialogs.engine.dialog import Dialog, Goes, State


def draw(dialog: Dialog) -> str:
    """The page ``docs/dialogs/<name>.md``: ends with a newline, and is the same on every run."""
    states = all_states(dialog)
    ids = {name: f"s{index}" for index, name in enumerate([s.name for s in states] + list(dialog.outcomes))}
    lines = [
        f"# {dialog.title}",
        "",
        f"`{dialog.name}`, version {dialog.version}. Drawn by `zhuoyue dialog draw`; do not edit.",
        "",
        "```mermaid",
        "flowchart TD",
    ]
    lines += [f'  {ids[state.name]}["{_label(dialog, state)}"]' for state in states]
    lines += [f'  {ids[outcome]}(["{_quoted(outcome)}"])' for outcome in dialog.outcomes]
    lines.append(f"  start((start)) --> {ids[representative(dialog, dialog.start)]}")
    for state in states:
        lines += [f"  {ids[state.name]} {arrow} {ids[target]}" for arrow, target in _ways(dialog, state)]
    return "\n".join([*lines, "```", ""])


def _label(dialog: Dialog, state: State) -> str:
    if dialog.family is not None and state.name.startswith(dialog.family.prefix):
        return f"<b>{_quoted(dialog.family.prefix)}…</b><br/>one question for each fact"
    return f"<b>{_quoted(state.name)}</b><br/>{_quoted(state.title)}"


def _ways(dialog: Dialog, state: State) -> list[tuple[str, str]]:
    match state.then:
        case str() as name:
            return [("-->", representative(dialog, name))]
        case Goes() as goes:
            return [("-.->", representative(dialog, name)) for name in goes.to]
        case Mapping() as mapping:
            answers: dict[str, list[str]] = {}
            for value, target in mapping.items():
                answers.setdefault(representative(dialog, target), []).append(
                    "else" if value is None else str(value)
                )
            return [(f'-- "{_quoted(", ".join(said))}" -->', target) for target, said in answers.items()]


def _said(value: Json) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "else" if value is None else str(value)


def _quoted(text: str) -> str:
    return text.replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;")
