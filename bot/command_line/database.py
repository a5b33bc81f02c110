"""``zhuoyue db``: migrate, check, back up and restore the database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.command_line import surroundings
from bot.command_line.errors import CommandError

if TYPE_CHECKING:
    from domain.privacy import MasterKey
    from locales.words import Words


def register(app: typer.Typer) -> None:
    """Add ``zhuoyue db``."""
    group = typer.Typer(help="Migrate, check, back up and restore the database.", no_args_is_help=True)
    group.command("migrate", help="Bring the database to the version of this program.")(migrate)
    group.command("check", help="Look the database over; status 1 when something is wrong.")(check)
    group.command("backup", help="Copy the database, also while it is in use, and check the copy.")(backup)
    group.command("restore", help="Put a backup in the place of the database, which is kept beside it.")(
        restore
    )
    app.add_typer(group, name="db")


def migrate() -> None:
    """Migrate the database of the settings, a SQLite one after a backup."""
    from domain.store.migrating import SchemaState, head
    from domain.store.preparing import migrate as bring_up_to_date

    words = surroundings.words()
    prepared = bring_up_to_date(surroundings.settings().database)
    match prepared.found:
        case SchemaState.CURRENT:
            print(words.say("The database is up to date (version %(version)s).", version=head()))
        case SchemaState.EMPTY:
            print(words.say("A new database was made (version %(version)s).", version=head()))
        case SchemaState.OLDER:
            print(words.say("The database was migrated to version %(version)s.", version=head()))
    if prepared.backup is not None:
        print(words.say("The database as it was before: %(file)s", file=str(prepared.backup)))


def check() -> None:
    """Print what each check found; status 1 when one of them found something wrong."""
    from domain.store.checking import look_over

    words = surroundings.words()
    findings = look_over(surroundings.settings().database, _key_if_any())
    names = _names(words)
    for finding in findings:
        verdict = words.say("sound") if finding.sound else words.say("NOT SOUND")
        print(f"{names[finding.check]}: {verdict} ({finding.detail})")
    if not all(finding.sound for finding in findings):
        raise typer.Exit(1)


def backup(
    file: Annotated[Path, typer.Argument(help="File to make; it must not exist yet.")],
) -> None:
    """Copy the SQLite database of the settings to a file and check the copy."""
    from domain.store.backup import backup as copy

    words = surroundings.words()
    try:
        copy(_database_file(words), file)
    except FileExistsError:
        raise CommandError(
            words.say("%(file)s: there is already a file with this name", file=str(file))
        ) from None
    print(words.say("The database was copied to %(file)s, and the copy is sound.", file=str(file)))
    print(
        words.say(
            "It can be read only with the key file %(key)s: keep a copy of the key as well, in another place.",
            key=str(surroundings.settings().master_key_file),
        )
    )


def restore(
    file: Annotated[Path, typer.Argument(help="A backup made with `zhuoyue db backup`.")],
) -> None:
    """Put a backup in the place of the SQLite database of the settings."""
    from domain.store.backup import restore as put_back

    words = surroundings.words()
    kept = put_back(_database_file(words), file)
    print(words.say("The database was restored from %(file)s.", file=str(file)))
    if kept is not None:
        print(words.say("The database as it was before: %(file)s", file=str(kept)))
    if not _key_opens():
        key = str(surroundings.settings().master_key_file)
        raise CommandError(
            words.say(
                "But nothing personal in it can be read with the key file %(key)s: put the key there that was in use when the "
                "backup was made, before you start the service.",
                key=key,
            )
        )


def _database_file(words: Words) -> Path:
    from domain.store.locations import SqliteLocation, locate

    match locate(surroundings.settings().database):
        case SqliteLocation(path):
            return path
        case _:
            raise CommandError(
                words.say(
                    "This command is for SQLite. Back up PostgreSQL with its own tools, such as pg_dump."
                )
            )


def _key_opens() -> bool:
    """Whether the key at hand opens what the database holds."""
    from domain.privacy.keys import KeyFileError
    from domain.store import StoreError, WrongKey, condition
    from domain.store.checking import is_sealed

    url = surroundings.settings().database
    try:
        key = _key_if_any()
        return not is_sealed(url) if key is None else condition.opens_with(url, key) is not False
    except (KeyFileError, WrongKey):
        return False
    except StoreError:
        # Of an older version, say: the next start brings it up to date, and a check tells more.
        return True


def _key_if_any() -> MasterKey | None:
    from domain.privacy.keys import load

    try:
        # A check makes nothing, so no key either.
        return load(surroundings.settings().master_key_file)
    except FileNotFoundError:
        return None


def _names(words: Words) -> dict[str, str]:
    return {
        "integrity": words.say("Integrity of the file"),
        "foreign keys": words.say("Links between the tables"),
        "schema": words.say("Version of the tables"),
        "key": words.say("Key file"),
        "audit trail": words.say("Audit trail"),
    }
