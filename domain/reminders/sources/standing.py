"""Programmes that are about to lapse, and texts that are newly in force.

Subjects: ``before`` and ``after`` (standings), ``version`` where another version of the text comes into use.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from domain.programme.model import Programme
from domain.programme.parts import Status
from domain.reminders.model import Reminder, Situation
from domain.reminders.tools import Tools, counted

_NEWS_FOR = timedelta(days=60)
_STANDS = frozenset(
    {Status.IN_FORCE, Status.IN_FORCE_EXPIRING, Status.STANDING_UNVERIFIED, Status.TARGETS_RUNNING}
)
_OVER = frozenset({Status.LAPSED, Status.TARGETS_ENDED})


def find(situation: Situation, tools: Tools) -> Iterator[Reminder]:
    """The days on which a watched programme changes its standing for good or ill."""
    for programme in tools.watched(situation):
        yield from _standings(programme, tools)
        for loaded in tools.programmes[programme.id]:
            later, since = loaded.programme, loaded.programme.in_force.since
            if later.version == programme.version or since is None or since <= situation.as_of:
                continue
            yield from counted(
                tools.kinds["policy_in_force"],
                f"{programme.id}:{later.version}",
                since,
                until=since + _NEWS_FOR,
                programme=programme.id,
                subject={"version": later.version},
            )


def _standings(programme: Programme, tools: Tools) -> Iterator[Reminder]:
    for earlier, later in pairwise(programme.statuses):
        stood, stands = earlier.status in _STANDS, later.status in _STANDS
        if stood == stands or later.since is None or earlier.until is None:
            continue
        subject = {"before": earlier.status.value, "after": later.status.value}
        if stands:
            yield from counted(
                tools.kinds["policy_in_force"],
                programme.id,
                later.since,
                until=later.since + _NEWS_FOR,
                programme=programme.id,
                subject=subject,
                clause=later.clause or "",
            )
            continue
        # While readings of the end differ nothing adverse follows before the last of them.
        ends = [one.since for one in programme.statuses if one.status in _OVER and one.since is not None]
        outer = next((day - timedelta(days=1) for day in ends if day > earlier.until), earlier.until)
        yield from counted(
            tools.kinds["policy_lapses"],
            programme.id,
            earlier.until,
            until=outer + _NEWS_FOR,
            programme=programme.id,
            subject=subject,
            outer=outer,
            clause=later.clause or earlier.clause or "",
        )
