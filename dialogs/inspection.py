"""Every dialog looked at from outside: drawn, and checked in each of its forms and languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from dialogs.directory import DIALOGS
from dialogs.engine.answers import Json
from dialogs.engine.checking import problems
from dialogs.engine.dialog import Dialog
from dialogs.engine.drawing import draw
from dialogs.office import FixedOffice
from dialogs.reminding import Coming, FixedReminding
from dialogs.world import World
from domain.announcements import Announcement, AnnouncementState, Audience, Texts
from domain.calendar.working_days import WorkingCalendar
from domain.clock import FixedClock
from domain.eligibility.evaluate import Examiner
from domain.organisations import Organisation, Person
from domain.programme.loader import Programmes
from domain.reminders.kinds import Kinds
from domain.reminders.model import Preferences, Reminder, Situation
from domain.rounds import Bilingual, Round, RoundState, Terms
from domain.staff import INVITATION_HOURS, Actor, Grant, Invitation, Member, Role
from locales.languages import LANGUAGES, Language
from locales.words import Catalogues

DAY: Final = date(2026, 1, 1)
"""Drawings do not change with the day; this one stands for all."""

ADMINISTRATOR: Final = Grant(Role.ADMINISTRATOR)


def drawings() -> Mapping[str, str]:
    """The page of every dialog, by name, in English."""
    world = _as_staff(_world("en"))
    return {name: draw(build(world)) for name, build in DIALOGS.items()}


def all_problems() -> list[str]:
    """What is wrong with any dialog in any of its forms; empty when all are sound."""
    found: dict[str, None] = {}
    worlds = {language: dict(_forms(_world(language))) for language in LANGUAGES}
    for build in DIALOGS.values():
        for form in worlds[LANGUAGES[0]]:
            built: dict[str, Dialog] = {language: build(worlds[language][form]) for language in LANGUAGES}
            found.update(dict.fromkeys(problems(built)))
    return list(found)


def _forms(world: World) -> Iterator[tuple[str, World]]:
    """The situations in which dialogs look different."""
    programme: dict[str, Json] = {"programme": world.programmes[0].id, "programmes": [world.programmes[0].id]}
    consented = Person(id=1, consent="given")
    yield "a newcomer", world
    yield "one programme", replace(world, subject=programme)
    yield "consent given", replace(world, person=consented)
    known = Organisation(id=1, name="示例精工")
    yield "an organisation that is known", replace(world, person=consented, organisation=known)
    yield "reminders that are paused", replace(world, reminding=_paused(world), has_pages=True)
    yield "staff", _as_staff(world)
    yield "a role that only looks on", _as_staff(world, Grant(Role.VIEWER))
    yield "an announcement that was sent", _as_staff(world, number=2)
    yield "an announcement that is paused", _as_staff(world, number=3)
    yield "a correction that is drafted", _as_staff(world, number=4)


def _paused(world: World) -> FixedReminding:
    """A date that is coming, nothing said of it at present, and a calendar with an address of its own."""
    reminder = Reminder(
        key="window_closes:1",
        thread="window_closes",
        kind="window_closes",
        programme=world.programmes[0].id,
        due=DAY,
        offset=0,
        send_on=DAY,
        until=DAY,
    )
    situation = Situation(as_of=DAY, preferences=Preferences(paused=True))
    coming = (Coming(reminder, (DAY,)),)
    return FixedReminding(kinds=Kinds.load(), situation=situation, coming=coming, feed_since=world.now)


def _as_staff(world: World, grant: Grant = ADMINISTRATOR, number: int = 1) -> World:
    """With a role, and with a round, somebody else's role and an invitation to act on."""
    at = world.now
    own, other = Member(1, world.person.id, grant, at), Member(2, 2, Grant(Role.EXPERT), at)
    named = Terms(name=Bilingual("一批", "A round"))
    round_ = Round(id=1, programme=world.programmes[0].id, state=RoundState.ANNOUNCED, terms=named)
    announced = Announcement(
        id=1,
        state=AnnouncementState.DRAFTED,
        revision=1,
        texts=Texts(Bilingual("通知", "A notice"), Bilingual("内容", "A text")),
        audience=Audience(programme=world.programmes[0].id),
        created_at=at,
    )
    sent = replace(announced, id=2, state=AnnouncementState.SENT, sent_at=at, ended_at=at, gathered=True)
    paused = replace(announced, id=3, state=AnnouncementState.PAUSED, sent_at=at)
    correction = replace(announced, id=4, audience=replace(announced.audience, corrects=sent.id))
    office = FixedOffice(
        actor=Actor((own,)),
        announcements=(announced, sent, paused, correction),
        rounds=(round_,),
        members=(own, other),
        invitations=(Invitation(1, Grant(Role.VIEWER), at, at + timedelta(hours=INVITATION_HOURS)),),
    )
    subject: dict[str, Json] = {"round": 1, "invitation": 1, "announcement": number, "revision": 1}
    return replace(world, office=office, subject=subject)


def _world(language: Language) -> World:
    programmes = Programmes.load()
    in_use = programmes.all_on(DAY)
    return World(
        words=Catalogues.load().words(language),
        programmes=tuple(loaded.programme for loaded in in_use),
        hashes={loaded.programme.id: loaded.content_hash for loaded in in_use},
        vocabulary=programmes.vocabulary,
        examiner=Examiner(WorkingCalendar.load()),
        now=FixedClock(DAY).now(),
        person=Person(id=1, consent="unasked"),
        reminding=FixedReminding(kinds=Kinds.load(), situation=Situation(as_of=DAY)),
    )
