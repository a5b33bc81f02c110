"""What sources draw on beside the situation: programmes, facts, the calendar and the kinds. Read only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from domain.calendar.working_days import WorkingCalendar
from domain.eligibility.evaluate import Evaluation, Examiner
from domain.facts.vocabulary import Vocabulary
from domain.programme.loader import Programmes
from domain.programme.model import Programme
from domain.programme.parts import Verdict
from domain.reminders.kinds import Kind, Kinds
from domain.reminders.model import Json, Reminder, Situation

HORIZON: Final = timedelta(days=400)
"""How far ahead reminders are planned. More than a year and the longest offset together need not be seen at once:
everybody is looked at again every `LOOK`."""

LOOK: Final = timedelta(days=30)
"""How often somebody is planned for though nothing has changed."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What every source may use."""

    kinds: Kinds
    programmes: Programmes
    vocabulary: Vocabulary
    examiner: Examiner

    @property
    def calendar(self) -> WorkingCalendar:
        """The working days."""
        return self.examiner.calendar

    def programme(self, programme_id: str, day: date) -> Programme | None:
        """The version of a programme in use on a day; None for one that is not there any more."""
        if programme_id not in self.programmes:
            return None
        return self.programmes.on(programme_id, day).programme

    def evaluate(self, situation: Situation, programme: Programme, day: date) -> Evaluation:
        """The programme on a day with what is known of the organisation now."""
        return situation.evaluate(self.examiner.examination(programme, day))

    def concerns(self, situation: Situation, programme: Programme, day: date) -> bool:
        """Whether somebody wants to hear of a programme, looking at a day: they asked for it, or they checked it and no
        obstacle stands in the way on that day.
        """
        asked = situation.preferences.programmes.get(programme.id)
        if asked is not None:
            return asked
        if programme.id not in situation.receipts:
            return False
        return self.evaluate(situation, programme, day).verdict is not Verdict.OBSTACLE_FOUND

    def watched(self, situation: Situation) -> Iterator[Programme]:
        """The programmes somebody asked for or checked and did not refuse, whatever came of it."""
        asked = situation.preferences.programmes
        for programme_id in self.programmes:
            if asked.get(programme_id, programme_id in situation.receipts):
                yield self.programmes.on(programme_id, situation.as_of).programme


Source = Callable[[Situation, Tools], Iterator[Reminder]]
"""Finds reminders of some kinds. The same whatever day it is asked on, but for what is not in sight yet or over."""


def counted(
    kind: Kind,
    about: str,
    due: date,
    *,
    until: date,
    programme: str | None = None,
    subject: Mapping[str, Json] | None = None,
    outer: date | None = None,
    paper_safe: date | None = None,
    provisional: bool = False,
    clause: str = "",
    also: Iterable[int] = (),
) -> Iterator[Reminder]:
    """The reminders of one date, one for each offset of its kind and `also`; `about` says what the date belongs to."""
    thread = f"{kind.id}:{about}"
    for offset in sorted({*kind.offsets, *also}, reverse=True):
        if due.toordinal() <= offset:
            continue
        yield Reminder(
            key=f"{thread}:{due}:{offset}",
            thread=thread,
            kind=kind.id,
            programme=programme,
            subject=subject or {},
            due=due,
            outer=None if outer == due else outer,
            paper_safe=paper_safe,
            provisional=provisional,
            clause=clause,
            offset=offset,
            send_on=due - timedelta(days=offset),
            until=until,
            urgent=kind.is_urgent(offset),
        )


def at_once(
    kind: Kind,
    about: str,
    due: date,
    as_of: date,
    *,
    until: date,
    programme: str | None,
    subject: Mapping[str, Json],
    outer: date | None = None,
    paper_safe: date | None = None,
    clause: str = "",
    called_off: bool = False,
) -> Reminder:
    """One reminder that is said as soon as it is known."""
    thread = f"{kind.id}:{about}"
    return Reminder(
        key=f"{thread}:{'off' if called_off else 'now'}",
        thread=thread,
        kind=kind.id,
        programme=programme,
        subject=subject,
        due=due,
        outer=None if outer == due else outer,
        paper_safe=paper_safe,
        clause=clause,
        offset=0,
        send_on=as_of,
        until=until,
        at_once=True,
        called_off=called_off,
    )
