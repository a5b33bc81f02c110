"""What a command finds around it: the settings, the words of the person's language, and the two streams.

Each is made when it is first asked for, so that a command pays for what it uses. Commands that need the database, the
programmes or the assistant get them from :mod:`bot.assembly`.
"""

from __future__ import annotations

import codecs
import io
import sys
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from bot.settings import Settings
    from locales.words import Language, Words

_WIDTH_OF_A_PIPE = 1_000
_chosen: list[Language] = []


def choose_language(language: Language | None) -> None:
    """Speak ``language`` for the rest of this command, whatever the settings say; ``None`` leaves it to them."""
    _chosen[:] = [language] if language else []


@cache
def settings() -> Settings:
    """The settings; raises :class:`bot.settings.SettingsError`."""
    from bot.settings import Settings

    return Settings.load()


def chosen_language() -> Language | None:
    """The language ``--language`` asked for, if it did."""
    return _chosen[0] if _chosen else None


def language() -> Language:
    """The language of this command: ``--language``, or the setting."""
    return chosen_language() or settings().language


def words() -> Words:
    """The words in the language of this command."""
    from locales.words import Catalogues

    return Catalogues.load().words(language())


def out() -> Console:
    """The console for results (stdout): tables and colours on a terminal, plain text in a pipe."""
    from rich.console import Console

    # What is printed is data: square brackets in it are square brackets. A pipe has no width to fit into.
    piped = not sys.stdout.isatty()
    return Console(highlight=False, markup=False, soft_wrap=piped, width=_WIDTH_OF_A_PIPE if piped else None)


def speak_every_language() -> None:
    """Let the streams carry Chinese also where the locale knows ASCII only; what cannot be written becomes "?"."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            ascii_only = codecs.lookup(stream.encoding).name == "ascii"
            stream.reconfigure(encoding="utf-8" if ascii_only else stream.encoding, errors="replace")


def complain(line: str) -> None:
    """Write one line to stderr."""
    print(line, file=sys.stderr)
