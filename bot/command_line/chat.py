"""``zhuoyue chat``: the assistant in this terminal, or in a pipe."""

from __future__ import annotations

import asyncio
import getpass
import io
import sys
from functools import partial
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from bot.command_line import surroundings
from bot.command_line.errors import CommandError

if TYPE_CHECKING:
    from rich.console import Console

LONGEST_NAME: Final = 64


def register(app: typer.Typer) -> None:
    """Add ``zhuoyue chat``."""
    app.command("chat", help="Talk to the assistant here; also through a pipe, one answer a line.")(chat)


def chat(
    lang: Annotated[
        Literal["zh_CN", "zh", "en"] | None,
        typer.Option(help="Language to talk in; remembered for next time."),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--as", help="Who is talking; the user of this computer otherwise.")
    ] = None,
    afresh: Annotated[bool, typer.Option("--new", help="Begin afresh instead of where it stood.")] = False,
) -> None:
    """Talk until the input ends."""
    from bot import logging
    from bot.assembly import open_house
    from bot.terminal import Terminal

    settings = surroundings.settings()
    # The log would stand between the lines of the conversation.
    logging.configure(settings.log_format, "error")
    console = surroundings.out()
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    who = (name or getpass.getuser()).strip()
    if not who or len(who) > LONGEST_NAME or not who.isprintable():
        raise CommandError(
            surroundings.words().say("--as: a name has 1 to %(n)s printable characters", n=LONGEST_NAME)
        )
    with asyncio.Runner() as runner:
        house = open_house(settings)
        opened = runner.run(house.__aenter__())
        try:
            language = "zh_CN" if lang == "zh" else lang
            terminal = Terminal(opened, console, who, surroundings.language(), language)
            terminal.talk(runner, partial(_read_line, console), afresh=afresh)
        finally:
            runner.run(house.__aexit__(None, None, None))


def _read_line(console: Console, prompt: str) -> str | None:
    """One line: with editing on a terminal, and shown as typed when it comes from a pipe; None at the end."""
    if sys.stdin.isatty():
        try:
            return input(prompt)
        except EOFError:
            print()
            return None
    line = sys.stdin.readline()
    if not line:
        return None
    console.print(f"\n{prompt}{line.rstrip()}")
    return line
