"""``zhuoyue dialog``: draw the dialogs and check them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.command_line.errors import CommandError
from bot.command_line.surroundings import words

DRAWINGS = Path("docs/dialogs")


def register(app: typer.Typer) -> None:
    """Add the group to the command."""
    group = typer.Typer(
        help="The dialogs: draw them, and check that none traps anybody.", no_args_is_help=True
    )
    group.command("draw")(draw)
    group.command("check")(check)
    app.add_typer(group, name="dialog")


def draw(
    name: Annotated[str | None, typer.Argument(help="One dialog; all of them without.")] = None,
    folder: Annotated[Path, typer.Option(help="Where the drawings go.")] = DRAWINGS,
) -> None:
    """Draw dialogs as Mermaid diagrams into Markdown pages."""
    from dialogs.inspection import drawings

    pages = drawings()
    if name is not None and name not in pages:
        known = ", ".join(pages)
        raise CommandError(words().say("There is no dialog %(name)s, only %(known)s", name=name, known=known))
    folder.mkdir(parents=True, exist_ok=True)
    for dialog, page in pages.items():
        if name in (None, dialog):
            path = folder / f"{dialog}.md"
            path.write_text(page, encoding="utf-8")
            typer.echo(str(path))


def check() -> None:
    """Check that every state is reached, has words in every language, and has a way out."""
    from dialogs.inspection import all_problems

    found = all_problems()
    for problem in found:
        typer.echo(problem)
    if found:
        raise typer.Exit(1)
    typer.echo(words().say("All dialogs are sound."))
