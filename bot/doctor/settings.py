"""Whether what is set can be used, and is for nobody else to read."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import ValidationError

from bot.doctor.findings import Finding, Patient, broken, fine, left_out, look
from bot.settings import ENV_FILE, PREFIX, SECRET, Settings, SettingsError, unknown_names
from domain.privacy.keys import KeyFileError, load
from domain.programme.loader import ProgrammeError, Programmes
from domain.store import StoreError
from domain.store.checking import is_sealed
from locales.words import Language, Words

_OF_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def readable() -> Settings | None:
    """The settings as far as they can be read at all, though the product might refuse to start with them."""
    try:
        return Settings()
    except (ValidationError, OSError, UnicodeDecodeError):
        return None


def named_language() -> Language:
    """The language that is set, though all else that is may be wrong."""
    try:
        in_file = dotenv_values(ENV_FILE, encoding="utf-8") if ENV_FILE.is_file() else {}
    except (OSError, UnicodeDecodeError):
        in_file = {}
    name = f"{PREFIX}LANGUAGE"
    return "en" if (os.environ.get(name) or in_file.get(name)) == "en" else "zh_CN"


def values(patient: Patient) -> Finding:
    """Every setting is there by a name that exists, and says something that can be used."""
    words = patient.words
    problem = ""
    try:
        Settings.load()
    except SettingsError as error:
        problem = str(error)
    try:
        strange = unknown_names()
    except (OSError, UnicodeDecodeError):
        strange = ()
    if strange:
        named = words.items([_meant(words, name, near) for name, near in strange])
        return broken(
            words.say("there is no such setting: %(names)s", names=named),
            words.say("correct or remove the names; `zhuoyue settings` shows those there are"),
        )
    if problem:
        named = problem.partition(":")[0]
        name = named if named.isidentifier() else ".env"
        return broken(
            problem, words.say("correct %(name)s; docs/settings.md says what each setting means", name=name)
        )
    return fine(words.say("every setting can be used"))


def _meant(words: Words, name: str, near: str | None) -> str:
    return name if near is None else words.say("%(name)s (%(near)s?)", name=name, near=near)


def env_file(patient: Patient) -> Finding:
    """Nobody else reads the secrets in ``.env``."""
    words = patient.words
    if not ENV_FILE.is_file():
        return left_out(words.say("there is none in this folder"))
    path = str(ENV_FILE.absolute())
    if not ENV_FILE.stat().st_mode & _OF_OTHERS:
        return fine(words.say("%(file)s, for its owner alone", file=path))
    try:
        secrets = sorted(SECRET & {name.upper() for name in dotenv_values(ENV_FILE, encoding="utf-8")})
    except UnicodeDecodeError:
        secrets = []
    if not secrets:
        return fine(words.say("%(file)s; others may read it, and it holds no secret", file=path))
    return look(
        words.say("others may read %(file)s, and it holds %(names)s", file=path, names=words.items(secrets)),
        f"chmod 600 {path}",
    )


def data_folder(patient: Patient) -> Finding:
    """There is a folder for what is kept, or one can be made, and it is for its owner alone."""
    words, folder = patient.words, patient.settings.data_dir
    if not folder.exists():
        above = next((one for one in folder.parents if one.exists()), Path("/"))
        if above.is_dir() and os.access(above, os.W_OK | os.X_OK):
            return fine(words.say("%(folder)s is not there yet; the first start makes it", folder=folder))
        return broken(
            words.say("%(folder)s is not there and cannot be made", folder=folder),
            words.say("make it for the user of the service, or set ZHUOYUE_DATA_DIR"),
        )
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        return broken(
            words.say("%(folder)s is no folder this user can write to", folder=folder),
            words.say("run this as the user of the service, or set ZHUOYUE_DATA_DIR"),
        )
    if folder.stat().st_mode & _OF_OTHERS:
        return look(words.say("others may look into %(folder)s", folder=folder), f"chmod 700 {folder}")
    return fine(words.say("%(folder)s, for its owner alone", folder=folder))


def key_file(patient: Patient) -> Finding:
    """The master key is there, can be read, and by nobody else."""
    words, path = patient.words, patient.settings.master_key_file
    if not path.exists():
        return _no_key(patient, path)
    try:
        load(path)
    except KeyFileError as error:
        if path.is_file() and path.stat().st_mode & _OF_OTHERS:
            return broken(words.say("others may read the key file %(file)s", file=path), f"chmod 600 {path}")
        return broken(
            words.say("the key file cannot be used: %(reason)s", reason=error),
            words.say("put back your copy of the key file, or set ZHUOYUE_KEY_FILE"),
        )
    return fine(words.say("%(file)s, for its owner alone; keep a copy apart from the backups", file=path))


def _no_key(patient: Patient, path: Path) -> Finding:
    words = patient.words
    try:
        needed = is_sealed(patient.settings.database)
    except StoreError:
        needed = False  # the database says itself what is wrong with it
    if needed:
        return broken(
            words.say("%(file)s is missing, and the database was made with it", file=path),
            words.say("put back your copy of the key file, or set ZHUOYUE_KEY_FILE"),
        )
    return fine(words.say("%(file)s is not there yet; the first start makes it", file=path))


def programmes(patient: Patient) -> Finding:
    """The programmes can be read, an operator's own ones among them."""
    words, folder = patient.words, patient.settings.programmes_dir
    try:
        found = len(Programmes.load(folder))
    except ProgrammeError as error:
        first, *rest = str(error).splitlines()
        if rest:
            first = words.count(
                "%(first)s (and %(n)s more)", "%(first)s (and %(n)s more)", len(rest), first=first
            )
        return broken(first, f"zhuoyue programme lint {folder}" if folder else "zhuoyue programme lint")
    said = words.count("%(n)s programme can be read", "%(n)s programmes can be read", found)
    return fine(said)


def address(patient: Patient) -> Finding:
    """Links lead to where people can open them, and over TLS where others could listen."""
    words, settings = patient.words, patient.settings
    shown = settings.web_address
    secure = shown.startswith("https://")
    setting = words.say("set ZHUOYUE_PUBLIC_URL to the https:// address of the proxy with TLS")
    if settings.telegram_mode == "webhook" and settings.telegram_token and not secure:
        return broken(
            words.say("the webhook needs an address with https://, not %(url)s", url=shown), setting
        )
    host = urlsplit(shown).hostname or ""
    if secure:
        return fine(words.say("people reach the web chat at %(url)s", url=shown))
    if settings.public_url and not _is_this_computer(host):
        return look(words.say("%(url)s goes without TLS: others can listen", url=shown), setting)
    if not _is_this_computer(settings.host):
        return look(
            words.say("the web chat listens on %(host)s, for others too, without TLS", host=settings.host),
            setting,
        )
    if settings.telegram_token:
        return fine(
            words.say(
                "%(url)s, for this computer alone; elsewhere invitations are opened by their link to Telegram",
                url=shown,
            )
        )
    return fine(words.say("%(url)s, for this computer alone", url=shown))


def _is_this_computer(host: str) -> bool:
    return host in {"localhost", "::1", "[::1]"} or host.startswith("127.")
