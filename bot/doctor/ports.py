"""Whether the web chat can listen where it should, or does so already."""

from __future__ import annotations

import errno
import http.client
import json
import socket
from dataclasses import dataclass
from typing import Any, Final

from bot.doctor.findings import Finding, Patient, broken, fine, look
from bot.settings import Settings

_SECONDS: Final = 6.0
_MOST_BYTES: Final = 65_536
_EVERYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - asked, not bound


@dataclass(frozen=True, slots=True)
class Served:
    """What a Zhuoyue that listens already says of itself; `ready` holds what ``/readyz`` answered."""

    ready: dict[str, Any]


def port(patient: Patient) -> Finding:
    """The port is free, or it is a Zhuoyue that has it."""
    words, settings = patient.words, patient.settings
    if settings.port == 0:
        return fine(words.say("any free one is taken"))
    where = words.say("%(host)s port %(port)s", host=settings.host, port=settings.port)
    try:
        _try(settings)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            return broken(
                words.say("%(where)s cannot be had: %(reason)s", where=where, reason=error.strerror or error),
                words.say(
                    "set ZHUOYUE_HOST and ZHUOYUE_PORT to an address of this computer and a port above 1023"
                ),
            )
        return _taken(patient, where)
    return fine(words.say("%(where)s is free", where=where))


def _taken(patient: Patient, where: str) -> Finding:
    words = patient.words
    served = who_serves(patient.settings)
    if served is None:
        return broken(
            words.say("another program has %(where)s", where=where),
            words.say("stop it, or set ZHUOYUE_PORT to another port"),
        )
    if served.ready.get("ready") is True:
        return fine(words.say("Zhuoyue serves at %(where)s and is ready", where=where))
    states = (f"{part}: {state}" for part, state in served.ready.items() if part != "ready")
    return look(
        words.say(
            "Zhuoyue serves at %(where)s and is not ready: %(state)s", where=where, state=", ".join(states)
        ),
        words.say("look at its log, and at the lines below"),
    )


def who_serves(settings: Settings) -> Served | None:
    """The Zhuoyue that listens where the settings say; None where there is none."""
    if settings.port == 0 or _asked(settings, "/healthz").get("alive") is not True:
        return None
    return Served(_asked(settings, "/readyz"))


def _try(settings: Settings) -> None:
    """Take the port for a moment; nobody is listened to."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        tried.bind((settings.host, settings.port))


def _asked(settings: Settings, path: str) -> dict[str, Any]:
    host = _EVERYWHERE.get(settings.host, settings.host)
    connection = http.client.HTTPConnection(host, settings.port, timeout=_SECONDS)
    try:
        connection.request("GET", path)
        found = json.loads(connection.getresponse().read(_MOST_BYTES))
    except (OSError, http.client.HTTPException, ValueError):
        return {}
    finally:
        connection.close()
    return found if isinstance(found, dict) else {}
