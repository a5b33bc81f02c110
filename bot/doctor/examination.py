"""All checks, and how they are run: beside each other, each under a time of its own, none able to stop the others."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from bot.doctor import clock, database, fonts, holidays, ports, settings, telegram
from bot.doctor.findings import Check, Finding, Grade, NotNowError, Patient, broken, left_out, look
from bot.doctor.secrets import Secrets
from domain.store import StoreError

_OPEN: Final = "database.opens"
_MIGRATED: Final = "database.migrations"
_ANSWERED: Final = "telegram.token"

CHECKS: Final = (
    Check("settings.values", settings.values),
    Check("settings.env_file", settings.env_file),
    Check("settings.data_folder", settings.data_folder),
    Check("settings.key_file", settings.key_file),
    Check("settings.programmes", settings.programmes, seconds=30),
    Check("settings.address", settings.address),
    Check("settings.port", ports.port, seconds=20),
    Check(_OPEN, database.opens, seconds=20),
    Check(_MIGRATED, database.migrations, after=_OPEN),
    Check("database.integrity", database.integrity, after=_OPEN, seconds=20),
    Check("database.writable", database.writable, after=_MIGRATED, seconds=20),
    Check("database.room", database.room, after=_OPEN),
    Check("database.log", database.log_size, after=_OPEN),
    Check("database.file_system", database.network, after=_OPEN),
    Check("database.key", database.key_fits, after=_MIGRATED),
    Check("database.waiting", database.waiting, after=_MIGRATED),
    Check("database.given_up", database.given_up, after=_MIGRATED),
    Check("clock.steady", clock.steady),
    Check("clock.database", clock.against_database, after=_MIGRATED),
    Check("clock.telegram", clock.against_telegram, outside=True, seconds=20),
    Check("zone.shanghai", clock.zone),
    Check("holidays.lists", holidays.lists),
    Check("holidays.in_use", holidays.in_use, after=_MIGRATED),
    Check(_ANSWERED, telegram.token, outside=True, seconds=30),
    Check("telegram.updates", telegram.updates, after=_ANSWERED, outside=True, seconds=30),
    Check("telegram.poller", telegram.poller, after="telegram.updates", outside=True, seconds=40),
    Check("fonts.chinese", fonts.chinese),
    Check("fonts.terminal", fonts.terminal),
)
"""In the order in which they are told."""

_BEGINNINGS: Final = frozenset(check.after for check in CHECKS if check.after)


@dataclass(frozen=True, slots=True)
class Examined:
    """What a check found."""

    check: Check
    finding: Finding


def examine(
    patient: Patient, *, offline: bool = False, checks: Iterable[Check] = CHECKS
) -> tuple[Examined, ...]:
    """Run the checks. Never raises for what one of them comes to."""
    known = tuple(checks)
    found: dict[str, Finding] = {}
    while pending := [check for check in known if check.id not in found]:
        ready = [check for check in pending if not check.after or check.after in found]
        # One that comes after a check nobody runs is as ready as it will be.
        found |= _beside_each_other(patient, ready or pending, found, offline=offline)
    hidden = Secrets.of(patient.given)
    return tuple(Examined(check, hidden.out_of(found[check.id])) for check in known)


def _beside_each_other(
    patient: Patient, checks: Iterable[Check], before: Mapping[str, Finding], *, offline: bool
) -> dict[str, Finding]:
    found: dict[str, Finding] = {}
    running: list[tuple[Check, threading.Thread, float]] = []
    for check in checks:
        if offline and check.outside:
            found[check.id] = left_out(patient.words.say("it calls what is outside"))
        elif check.after and (first := before.get(check.after)) and not _could_be_looked_at(first):
            found[check.id] = left_out(_why_not(patient, first))
        else:
            # It dies with the program: what hangs can hang on.
            thread = threading.Thread(target=_run, args=(patient, check, found), name=check.id, daemon=True)
            thread.start()
            running.append((check, thread, time.monotonic() + check.seconds))
    for check, thread, end in running:
        thread.join(max(0.0, end - time.monotonic()))
        if check.id not in found:
            found.setdefault(check.id, _too_slow(patient, check))
    return dict(found)


def _could_be_looked_at(finding: Finding) -> bool:
    return finding.grade in {Grade.FINE, Grade.LOOK}


def _why_not(patient: Patient, first: Finding) -> str:
    if first.grade is Grade.LEFT_OUT:
        return first.found
    return patient.words.say("what comes before has to be right first")


def _run(patient: Patient, check: Check, found: dict[str, Finding]) -> None:
    words = patient.words
    try:
        finding = check.look(patient)
    except NotNowError as reason:
        finding = left_out(str(reason))
    except StoreError as error:
        finding = broken(
            words.say("the database says: %(reason)s", reason=error),
            words.say("`zhuoyue db check` says more"),
        )
    except Exception as error:  # noqa: BLE001 - whatever happens to one check, the others go on
        kind = type(error).__qualname__
        finding = broken(
            words.say("this check itself failed (%(kind)s)", kind=kind),
            words.say("look at the other lines first; if they are fine, report this one"),
        )
    found.setdefault(check.id, finding)


def _too_slow(patient: Patient, check: Check) -> Finding:
    words = patient.words
    said = words.count("no answer in %(n)s second", "no answer in %(n)s seconds", round(check.seconds))
    remedy = words.say("see what keeps this computer busy, and try again")
    # Where others begin, silence is no answer to go on from.
    return broken(said, remedy) if check.id in _BEGINNINGS else look(said, remedy)
