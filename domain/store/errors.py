# ruff: noqa: N818 -- the names say what happened; `StoreError` says that it is an error
"""What can go wrong with the database, as few and stable types.

Each error carries a `code` for logs and monitors, and `message_id`, the English source string of what a
person is told. `str(error)` adds the technical detail for the operator; it never holds personal data.
"""

from __future__ import annotations

from typing import ClassVar

from locales.words import mark


class StoreError(Exception):
    """The database could not do what was asked; nothing of the failed work was kept."""

    code: ClassVar[str] = "store_error"
    message_id: ClassVar[str] = mark(
        "Something went wrong while saving. Nothing was changed. Please try again."
    )

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}" if self.detail else self.code


class DiskFull(StoreError):
    """There is no room left for the database."""

    code = "disk_full"
    message_id = mark("The disk is full, so nothing was saved. Please try again in a few minutes.")


class Locked(StoreError):
    """Something else held the database, or the rows in question, longer than the busy timeout."""

    code = "locked"
    message_id = mark("The database is busy, so nothing was saved. Please try again.")


class ReadOnly(StoreError):
    """The database cannot be written to."""

    code = "read_only"
    message_id = mark(
        "The database can only be read at the moment, so nothing was saved. Please try again in a few minutes."
    )


class Unavailable(StoreError):
    """The database cannot be reached, opened or understood."""

    code = "unavailable"
    message_id = mark(
        "The database cannot be reached at the moment, so nothing was saved. Please try again in a few minutes."
    )


class NewerSchema(StoreError):
    """The database was made by a newer version of the program."""

    code = "newer_schema"
    message_id = mark(
        "The database was made by a newer version of this program. Please install that version."
    )


class OlderSchema(StoreError):
    """The database still has to be migrated."""

    code = "older_schema"
    message_id = mark("The database has to be migrated first: run `zhuoyue db migrate`.")


class InUse(StoreError):
    """Another process works on the database, and what was asked needs it alone."""

    code = "in_use"
    message_id = mark("The database is in use by another process. Stop it first.")


class WrongKey(StoreError):
    """The master key is not the one the database was sealed with."""

    code = "wrong_key"
    message_id = mark(
        "The key file does not fit this database. Put back the key file the database was made with."
    )


class MissingKey(StoreError):
    """The database was sealed with a master key whose file is not there."""

    code = "missing_key"
    message_id = mark(
        "The key file of this database is missing. Put it back: a new one could not read what is stored."
    )


class BadBackup(StoreError):
    """The file to restore is damaged or no backup of this program."""

    code = "bad_backup"
    message_id = mark("This file is not a sound backup of the database. Nothing was changed.")


class Conflict(StoreError):
    """A rule of the schema (unique, foreign key, check) forbids the change: a mistake of the caller."""

    code = "conflict"


class NotFound(StoreError):
    """There is no row with this id."""

    code = "not_found"


class StaleRevision(StoreError):
    """The conversation was changed since it was read; nothing was saved."""

    code = "stale_revision"


class ConsentMissing(StoreError):
    """Personal data was to be stored of a person who did not agree to it."""

    code = "consent_missing"
