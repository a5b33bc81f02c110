"""Whether the database can be used, and nothing in it waits for somebody."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Final

from bot.doctor.file_systems import MOUNTS, NETWORK, kind_of
from bot.doctor.findings import Finding, NotNowError, Patient, broken, fine, left_out, look
from bot.doctor.wording import size, span
from domain.privacy.keys import KeyFileError, load
from domain.store import NewerSchema, ReadOnly, StoreError, WrongKey, condition
from domain.store.locations import SqliteLocation, locate

LOOKING_SECONDS: Final = 5.0
"""How long the file is read through at most."""

FULL_BYTES: Final = 100_000_000
SCARCE_BYTES: Final = 1_000_000_000
LARGE_LOG_BYTES: Final = 256 * 1024 * 1024
"""Four times what the log is cut to after it was played in: something keeps it from being so."""

LONG_WAIT: Final = timedelta(minutes=5)


def opens(patient: Patient) -> Finding:
    """It is there, can be opened, and keeps texts as they are."""
    words, url = patient.words, patient.settings.database
    try:
        if not condition.is_there(url):
            return left_out(words.say("there is none yet; the first start makes it"))
        engine = condition.engine(url)
    except StoreError as error:
        return broken(
            words.say("it cannot be opened: %(reason)s", reason=error), _how_to_reach(patient, error)
        )
    name = "SQLite" if engine.back_end == "sqlite" else "PostgreSQL"
    said = words.say(
        "%(engine)s %(version)s, texts in %(encoding)s",
        engine=name,
        version=engine.version,
        encoding=engine.encoding,
    )
    if engine.encoding.replace("-", "").upper() != "UTF8":
        return broken(
            said, words.say("make a database with the encoding UTF8 and set ZHUOYUE_DATABASE_URL to it")
        )
    return fine(said)


def _how_to_reach(patient: Patient, error: StoreError) -> str:
    words = patient.words
    try:
        location = locate(patient.settings.database)
    except StoreError:
        return words.say("correct ZHUOYUE_DATABASE_URL")
    if isinstance(location, SqliteLocation) and isinstance(error, ReadOnly):
        return words.say(
            "see that its folder can be written to by the user of the service (mounted read-only? dmesg says why); the "
            "database itself may be sound"
        )
    if isinstance(location, SqliteLocation):
        return words.say("put back a backup: stop the service, then `zhuoyue db restore FILE`")
    return words.say("see that the server runs and takes this user; correct ZHUOYUE_DATABASE_URL")


def migrations(patient: Patient) -> Finding:
    """The tables are those of this program."""
    words = patient.words
    try:
        found = condition.schema(patient.settings.database)
    except NewerSchema as error:
        return broken(
            words.say("it was made by a newer version of this program (%(reason)s)", reason=error),
            words.say("install the newer version again, or restore a backup from before the upgrade"),
        )
    if not found.missing:
        return fine(words.say("version %(version)s, as it should be", version=found.revision))
    missing = words.items(found.missing)
    if found.revision is None:
        return broken(
            words.say("there are no tables yet (%(missing)s)", missing=missing), "zhuoyue db migrate"
        )
    return broken(
        words.say("version %(version)s; missing: %(missing)s", version=found.revision, missing=missing),
        words.say("stop the service, then `zhuoyue db migrate` (it makes a backup first)"),
    )


def integrity(patient: Patient) -> Finding:
    """The file is undamaged."""
    words, url = patient.words, patient.settings.database
    if not isinstance(locate(url), SqliteLocation):
        return left_out(words.say("PostgreSQL watches over this itself"))
    found = condition.damages(url, LOOKING_SECONDS)
    if found is None:
        return look(
            words.say("too large to be read through in %(n)s seconds", n=words.number(LOOKING_SECONDS)),
            words.say("`zhuoyue db check` takes its time"),
        )
    if found:
        return broken(
            words.say("the file is damaged: %(what)s", what="; ".join(found)[:200]),
            words.say("put back a backup: stop the service, then `zhuoyue db restore FILE`"),
        )
    return fine(words.say("nothing damaged was found"))


def writable(patient: Patient) -> Finding:
    """It can be written to."""
    words, url = patient.words, patient.settings.database
    location = locate(url)
    try:
        refused = condition.refuses_writing(url)
    except ReadOnly as error:
        return broken(
            words.say("it cannot be written to: %(reason)s", reason=error),
            words.say("give the user of the service the right to write to file and folder"),
        )
    except StoreError as error:
        return broken(
            words.say("it cannot be written to: %(reason)s", reason=error),
            words.say("see what else works on the database, and stop it"),
        )
    if refused:
        return broken(
            words.say("the server takes no changes"),
            words.say("set ZHUOYUE_DATABASE_URL to the primary server and a user that may write"),
        )
    return fine(
        str(location.path) if isinstance(location, SqliteLocation) else words.say("the server takes changes")
    )


def room(patient: Patient) -> Finding:
    """There is room on the disk, also for a backup beside the database."""
    words, path = patient.words, _file(patient)
    free, used = shutil.disk_usage(path.parent).free, path.stat().st_size
    said = words.say(
        "%(free)s free, the database has %(used)s", free=size(words, free), used=size(words, used)
    )
    remedy = words.say(
        "make room on the disk of %(folder)s; old copies beside the database may go", folder=path.parent
    )
    if free < FULL_BYTES:
        return broken(said, remedy)
    return look(said, remedy) if free < max(SCARCE_BYTES, used) else fine(said)


def log_size(patient: Patient) -> Finding:
    """The write-ahead log is played in and cut in its time."""
    words, path = patient.words, _file(patient)
    try:
        written = path.with_name(f"{path.name}-wal").stat().st_size
    except FileNotFoundError:
        written = 0  # whoever worked on the database last played it in
    if written > LARGE_LOG_BYTES:
        return look(
            words.say("%(size)s: something keeps it from being played in", size=size(words, written)),
            words.say("see which program holds %(file)s open for long; restart the service", file=path.name),
        )
    return fine(size(words, written))


def network(patient: Patient) -> Finding:
    """The file does not lie on a file system of the network."""
    words, path = patient.words, _file(patient)
    try:
        kind = kind_of(path.resolve(), MOUNTS.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        kind = None
    if kind is None:
        return left_out(words.say("this system does not say what kind it is"))
    if kind in NETWORK:
        return look(
            words.say("%(kind)s, on which SQLite can lose what was written", kind=kind),
            words.say("move ZHUOYUE_DATA_DIR to a disk of this computer, or use PostgreSQL"),
        )
    return fine(kind)


def key_fits(patient: Patient) -> Finding:
    """The key file opens what is stored."""
    words = patient.words
    try:
        opened = condition.opens_with(patient.settings.database, load(patient.settings.master_key_file))
    except (KeyFileError, FileNotFoundError):
        return left_out(words.say("there is no key file to try"))
    except WrongKey:
        return broken(
            words.say("the key file is not the one the database was made with"),
            words.say("put back the key file the database was made with, or set ZHUOYUE_KEY_FILE"),
        )
    return fine(words.say("it opens what is stored") if opened else words.say("nothing is sealed yet"))


def waiting(patient: Patient) -> Finding:
    """What people said is handled, and what they are told goes out."""
    words, settings, now = patient.words, patient.settings, patient.clock.now()
    found = condition.waiting(settings.database, now)
    late: list[str] = []
    if (since := found.update_since) is not None and now - since > LONG_WAIT:
        late.append(words.say("an update has waited %(span)s to be handled", span=span(words, now - since)))
    if (since := found.reply_since) is not None and now - since > timedelta(
        seconds=settings.ready_reply_seconds
    ):
        late.append(words.say("a reply has waited %(span)s to go out", span=span(words, now - since)))
    if late:
        return look(
            words.items(late),
            words.say("see that `zhuoyue serve` runs; then `zhuoyue inbox list` and `zhuoyue outbox list`"),
        )
    return fine(words.say("nothing waits longer than it should"))


def given_up(patient: Patient) -> Finding:
    """Nothing was set aside for an operator."""
    words = patient.words
    found = condition.waiting(patient.settings.database, patient.clock.now())
    told: list[tuple[str, str]] = []
    if n := found.updates_set_aside:
        said = words.count("%(n)s update set aside", "%(n)s updates set aside", n)
        told.append((said, "zhuoyue inbox list --state set_aside"))
    if n := found.dead:
        said = words.count("%(n)s message given up", "%(n)s messages given up", n)
        told.append((said, "zhuoyue outbox list --state dead"))
    if n := found.unknown:
        said = words.count(
            "%(n)s message that may not have arrived", "%(n)s messages that may not have arrived", n
        )
        told.append((said, "zhuoyue outbox list --state unknown"))
    if n := found.reminders_set_aside:
        said = words.count("%(n)s reminder set aside", "%(n)s reminders set aside", n)
        told.append((said, "zhuoyue reminders upcoming --set-aside"))
    if not told:
        return fine(words.say("nothing was set aside"))
    return look(words.items([said for said, _ in told]), "; ".join(command for _, command in told))


def _file(patient: Patient) -> Path:
    location = locate(patient.settings.database)
    if not isinstance(location, SqliteLocation):
        raise NotNowError(patient.words.say("the database is on a server, which sees to this"))
    return location.path
