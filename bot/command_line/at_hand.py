"""The programmes, the calendar and the words a command works with, made when first asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from bot.command_line import surroundings
from bot.command_line.errors import CommandError
from dialogs.world import World
from domain.calendar.working_days import WorkingCalendar
from domain.clock import SystemClock, day_in_shanghai
from domain.eligibility.evaluate import Examiner
from domain.facts.reading import EARLIEST_YEAR, LATEST_YEAR
from domain.organisations import Person
from domain.programme.loader import LoadedProgramme, Programmes, own_catalogues
from locales.words import Catalogues


@dataclass(frozen=True, slots=True)
class AtHand:
    """What commands about programmes need."""

    programmes: Programmes
    calendar: WorkingCalendar
    examiner: Examiner
    catalogues: Catalogues

    def programme(self, programme_id: str, day: date) -> LoadedProgramme:
        """The programme by id or code (``ZZ``) on a day; says which there are when there is none."""
        for known in self.programmes:
            loaded = self.programmes.on(known, day)
            if programme_id in (known, loaded.programme.code):
                return loaded
        raise CommandError(
            surroundings.words().say(
                "%(id)s: there is no such programme; there are: %(known)s",
                id=programme_id,
                known=", ".join(self.programmes),
            )
        )

    def world(self, day: date) -> World:
        """The words and programmes of a day, with nobody in particular."""
        in_use = self.programmes.all_on(day)
        return World(
            words=self.catalogues.words(surroundings.language()),
            programmes=tuple(loaded.programme for loaded in in_use),
            hashes={loaded.programme.id: loaded.content_hash for loaded in in_use},
            vocabulary=self.programmes.vocabulary,
            examiner=self.examiner,
            now=SystemClock().now(),
            person=Person(id=0, consent="unasked"),
        )


@cache
def at_hand() -> AtHand:
    """Everything loaded; typed errors name what is wrong with a file."""
    settings = surroundings.settings()
    programmes = Programmes.load(settings.programmes_dir)
    calendar = WorkingCalendar.load(settings.holidays_file)
    extra = own_catalogues(settings.programmes_dir)
    return AtHand(programmes, calendar, Examiner(calendar), Catalogues.load(extra))


def today() -> date:
    """The present day in Shanghai."""
    return day_in_shanghai(SystemClock().now())


def day(text: str | None, option: str) -> date:
    """The day ``YYYY-MM-DD`` given to an option; today when none was given."""
    if text is None:
        return today()
    say = surroundings.words().say
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or text != found.isoformat():  # one way of writing a day, not every one ISO 8601 knows
        raise CommandError(
            say("%(option)s: %(text)s is not a day; expected YYYY-MM-DD", option=option, text=text)
        )
    if not EARLIEST_YEAR <= found.year <= LATEST_YEAR:
        raise CommandError(
            say(
                "%(option)s: %(text)s lies outside the years %(first)s to %(last)s",
                option=option,
                text=text,
                first=EARLIEST_YEAR,
                last=LATEST_YEAR,
            )
        )
    return found
