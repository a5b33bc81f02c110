"""The command ``zhuoyue``: one file a group of commands, put together here.

A group is a module in this package that exposes ``register(app: typer.Typer) -> None`` and adds its commands to ``app``
(``app.command("check")(check)``, or ``app.add_typer(group, name="programme")``). It stands in :data:`GROUPS` with the names it adds,
and only the groups a call needs are imported; a group imports what is heavy (the database, the web server, the
programmes) inside its commands, so that ``zhuoyue --help`` is quick.

Commands return nothing when all is well. What a person got wrong is raised as :class:`~bot.command_line.errors.CommandError`
(or one of the typed errors of the domain): :func:`run` writes it as one line to stderr and ends with status 2. A command
that worked but whose finding is bad news (``lint``, ``test``) ends with ``raise typer.Exit(1)``. Texts are said through
:func:`~bot.command_line.surroundings.words`; results go to stdout, everything else to stderr.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer
from typer.exceptions import TyperException

from bot.command_line import surroundings
from bot.command_line.errors import explained

if TYPE_CHECKING:
    from locales.words import Words

GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "serve": ("serve",),
    "chat": ("chat",),
    "doctor": ("doctor",),
    "settings": ("settings",),
    "programme": ("programme",),
    "fact": ("fact",),
    "check": ("check",),
    "receipt": ("receipt",),
    "deadline": ("deadline",),
    "workdays": ("workdays",),
    "dialog": ("dialog",),
    "database": ("db",),
    "inbox": ("inbox",),
    "outbox": ("outbox",),
    "reminders": ("reminders",),
    "staff": ("staff",),
    "round": ("round",),
    "announce": ("announce",),
    "telegram": ("telegram",),
}
"""Module of each group, and the names of the commands it adds."""

BAD_INPUT: Final = 2
INTERRUPTED: Final = 130
UNEXPECTED: Final = 70


def assemble(arguments: Sequence[str]) -> typer.Typer:
    """The application, with the group ``arguments`` call for, or with all of them when they call for none."""
    app = typer.Typer(
        name="zhuoyue",
        help="Zhuoyue (卓越助手): a chat assistant for government quality awards.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(_options)
    named = {name: module for module, names in GROUPS.items() for name in names}
    called = [named[argument] for argument in arguments if argument in named]
    for module in called[:1] or GROUPS:
        import_module(f"bot.command_line.{module}").register(app)
    return app


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"zhuoyue {version('zhuoyue')}")
        raise typer.Exit


def _options(
    language: Annotated[
        Literal["zh_CN", "en"] | None, typer.Option(help="Language of messages; ZHUOYUE_LANGUAGE otherwise.")
    ] = None,
    _show_version: Annotated[
        bool, typer.Option("--version", help="Show the version and stop.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    surroundings.choose_language(language)


def run(arguments: Sequence[str]) -> int:
    """Run one call of the command and return its exit status."""
    try:
        given = list(arguments) or ["--help"]
        status = assemble(given)(args=given, prog_name="zhuoyue", standalone_mode=False)
    except TyperException as error:
        message = error.format_message()
        if message:
            surroundings.complain(message)
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has read enough. Python would complain once more when it closes the stream.
        sys.stdout = None
        return 0
    except Exception as error:
        words = _words_at_hand()
        line = explained(error, words)
        if line is not None:
            surroundings.complain(line)
            return BAD_INPUT
        if os.environ.get("ZHUOYUE_LOG_LEVEL") == "debug":
            raise
        surroundings.complain(
            words.say(
                "This should not have happened (%(kind)s). With ZHUOYUE_LOG_LEVEL=debug you see where.",
                kind=type(error).__qualname__,
            )
        )
        return UNEXPECTED
    return status if isinstance(status, int) else 0


def _words_at_hand() -> Words:
    """The person's words, or plain English when what went wrong is the settings or the catalogues themselves."""
    from bot.settings import SettingsError
    from locales.po import CatalogueError
    from locales.words import Words

    try:
        return surroundings.words()
    except (SettingsError, CatalogueError):
        return Words("en", {}, {})


def main() -> None:
    """The entry point of the installed command."""
    surroundings.speak_every_language()
    sys.exit(run(sys.argv[1:]))
