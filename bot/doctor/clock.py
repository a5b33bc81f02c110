"""Whether the clock tells the right time, as far as anything here knows better, and the zone days are counted in."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import aiohttp

from bot.doctor.asking import answer
from bot.doctor.findings import Finding, NotNowError, Patient, broken, fine, left_out, look
from bot.doctor.wording import span
from domain.clock import day_in_shanghai
from domain.store import condition

WATCHED_SECONDS: Final = 0.3
STEADY: Final = timedelta(seconds=0.1)
"""What the clock may gain or lose while it is watched; adjusting slowly it changes by far less."""

EARLIEST: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""No computer has run this program before."""

LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)

BACK: Final = timedelta(minutes=15)
"""From so much on the product, too, takes the clock for set back."""

APART: Final = timedelta(seconds=30)
FAR_APART: Final = timedelta(hours=1)
"""Days and deadlines would be told wrong."""

_SECONDS: Final = 10.0
_ZONE: Final = "Asia/Shanghai"


def steady(patient: Patient) -> Finding:
    """It runs as fast as time does, and says a time that can be."""
    words = patient.words
    before, begun = patient.clock.now(), time.monotonic()
    if not EARLIEST <= before < LATEST:
        return broken(
            words.say("it says %(when)s", when=before.isoformat(timespec="seconds")), _set_it(patient)
        )
    time.sleep(WATCHED_SECONDS)
    gone = timedelta(seconds=time.monotonic() - begun)
    gained = patient.clock.now() - before - gone
    if abs(gained) > STEADY:
        return look(
            words.say("it jumped by %(span)s while it was watched", span=span(words, gained)),
            _set_it(patient),
        )
    return fine(words.say("%(when)s in Shanghai", when=words.datetime(before)))


def against_database(patient: Patient) -> Finding:
    """It was not set back since the database was last written to."""
    words, now = patient.words, patient.clock.now()
    seen = condition.seen_last(patient.settings.database)
    if seen is None:
        return left_out(words.say("nothing was written yet"))
    if seen - now > BACK:
        return look(
            words.say(
                "it is %(span)s behind what the database saw last (%(when)s)",
                span=span(words, seen - now),
                when=words.datetime(seen),
            ),
            _set_it(patient),
        )
    return fine(words.say("the database was last written to %(when)s", when=words.datetime(seen)))


def against_telegram(patient: Patient) -> Finding:
    """It agrees with the clock of the Bot API. No token is sent for that."""
    words, settings = patient.words, patient.settings
    if settings.telegram_token is None:
        raise NotNowError(words.say("there is no Telegram token"))
    begun = patient.clock.now()
    told = answer(_date_of(settings.telegram_api_url))
    now = begun + (patient.clock.now() - begun) / 2
    if told is None:
        return left_out(words.say("the Bot API does not say what time it is"))
    # The header has whole seconds, cut off.
    apart = now - (told + timedelta(seconds=0.5))
    said = words.say("%(span)s from the clock of the Bot API", span=span(words, apart))
    if abs(apart) > FAR_APART:
        return broken(said, _set_it(patient))
    return look(said, _set_it(patient)) if abs(apart) > APART else fine(said)


def zone(patient: Patient) -> Finding:
    """The zone days are counted in is there, and as it has been since 1991."""
    words = patient.words
    repair = words.say("`pip install --force-reinstall tzdata`, and unset PYTHONTZPATH if it is set")
    now = patient.clock.now()
    try:
        offset = now.astimezone(ZoneInfo.no_cache(_ZONE)).utcoffset()
    except (ZoneInfoNotFoundError, OSError, ValueError):
        return broken(words.say("there is no %(zone)s among the time zones", zone=_ZONE), repair)
    if offset != timedelta(hours=8):
        return broken(words.say("%(zone)s is not 8 hours ahead of UTC", zone=_ZONE), repair)
    return fine(words.say("%(zone)s, where it is %(day)s", zone=_ZONE, day=words.date(day_in_shanghai(now))))


async def _date_of(url: str) -> datetime | None:
    # Its address without a token: what answers there is the same server.
    timeout = aiohttp.ClientTimeout(total=_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=True) as session,
            session.get(f"{url}/", allow_redirects=False) as response,
        ):
            return parsedate_to_datetime(response.headers["Date"]).astimezone(UTC)
    except (aiohttp.ClientError, TimeoutError, OSError, KeyError, ValueError):
        return None


def _set_it(patient: Patient) -> str:
    return patient.words.say("have the clock set from the network: `timedatectl set-ntp true`")
