"""Errors a person at the command line can meet: one clear line and exit status 2, never a stack trace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from locales.words import Words

# By name, because importing them all would load the database and the programmes to say that an option is wrong.
EXPECTED: Final = frozenset(
    {
        "bot.command_line.errors.CommandError",
        "bot.settings.SettingsError",
        "domain.calendar.holiday_lists.HolidayFileError",
        "domain.facts.reading.FactValueError",
        "domain.facts.vocabulary.VocabularyError",
        "domain.programme.loader.ProgrammeError",
        "domain.privacy.keys.KeyFileError",
        "domain.store.errors.StoreError",
        "domain.yaml_source.SourceError",
        "locales.po.CatalogueError",
    }
)
"""The errors whose text is meant for the person, with all their subclasses."""


class CommandError(Exception):
    """What was asked cannot be done as asked; the text is one line, in the person's language, that names the place."""


def explained(error: BaseException, words: Words) -> str | None:
    """What to tell a person about ``error``, or ``None`` when it is none that people are expected to meet."""
    if any(f"{kind.__module__}.{kind.__qualname__}" in EXPECTED for kind in type(error).__mro__):
        message_id = getattr(error, "message_id", None)
        return f"{words.say(message_id)} ({error})" if isinstance(message_id, str) else str(error)
    if isinstance(error, OverflowError):
        return words.say("a number is larger than any there can be")
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    return None
