"""Who belongs to an audience: one pure question about one person, asked of everybody who could."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from domain.announcements.model import Audience
from domain.districts import same_district
from domain.staff import Grant, Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What decides whether somebody is meant."""

    chat: int
    asked: frozenset[str] = frozenset()
    """Programmes the person asked to hear of."""
    declined: frozenset[str] = frozenset()
    """Programmes the person does not want to hear of."""
    verdicts: Mapping[str, str] = field(default_factory=dict)
    """How the last self-check of each programme ended."""
    stopped: frozenset[str] = frozenset()
    """Programmes whose announcements the person stopped; the empty one stands for those about no single programme."""
    district: str = ""
    """Of the organisation, as it was stated; empty where nobody said."""
    grants: tuple[Grant, ...] = ()
    """The roles the person holds."""


LOOKED_AT: Final = 5_000
"""How many people are looked at in a turn at most, to say how many belong to an audience: everybody waits for one turn."""


@dataclass(frozen=True, slots=True)
class Looked:
    """How many people of an audience were found, and whether everybody was looked at who could belong to it."""

    found: int
    all_of_them: bool = True

    @property
    def nobody(self) -> bool:
        """Whether it is sure that nobody belongs to it."""
        return self.all_of_them and self.found == 0


def belongs(candidate: Candidate, audience: Audience) -> bool:
    """Whether somebody is meant. Whoever stopped such announcements never is."""
    if audience.programme in candidate.stopped:
        return False
    if audience.corrects is not None:
        return True
    if audience.role is not None:
        return any(_holds(grant, audience) for grant in candidate.grants)
    return (
        _concerned(candidate, audience)
        and _lives_there(candidate, audience)
        and _ended_so(candidate, audience)
    )


def _holds(grant: Grant, audience: Audience) -> bool:
    return grant.role is audience.role and overlaps(grant.scope, audience.scope)


def overlaps(one: Scope, other: Scope) -> bool:
    """Whether two scopes have something in common."""
    same_programme = not one.programme or not other.programme or one.programme == other.programme
    return same_programme and (
        not one.district or not other.district or same_district(one.district, other.district)
    )


def _concerned(candidate: Candidate, audience: Audience) -> bool:
    """Asked to hear of the programme, or checked it and did not refuse to hear of it."""
    programmes = candidate.asked | (frozenset(candidate.verdicts) - candidate.declined)
    if audience.programme:
        return audience.programme in programmes
    # About no single programme: whoever stopped all that concern them is left alone.
    return bool(programmes - candidate.stopped)


def _lives_there(candidate: Candidate, audience: Audience) -> bool:
    there = candidate.district
    if audience.district and not same_district(there, audience.district):
        return False
    return not audience.round_district or not there or same_district(there, audience.round_district)


def _ended_so(candidate: Candidate, audience: Audience) -> bool:
    return audience.verdict is None or candidate.verdicts.get(audience.programme) == audience.verdict.value
