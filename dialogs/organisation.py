"""Who are you: consent first, then the organisation, then (if they like) how to reach the person.

For an organisation that is known already, the dialog shows it and changes one thing at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from dialogs.commands import Command, GoToMenu, SaveContact, SaveOrganisation, SetConsent, Start
from dialogs.consent import AGREED, REFUSED, consent_blocks, return_code_notice
from dialogs.engine.answers import Json
from dialogs.engine.choosing import ChooseOne, Option
from dialogs.engine.dialog import Dialog, Goes, Here, State, Then
from dialogs.engine.question import Question
from dialogs.engine.screen import Notice, Paragraph, Table, plain
from dialogs.organisation_questions import ENOUGH, SIZES, SKIPPED, enough, questions, skip, why_asked
from dialogs.world import World
from domain.organisations import Organisation
from locales.words import mark

NAME = "organisation"
THEN = "then"
"""In the subject: the dialog to go on with afterwards, as ``{"dialog": ..., "subject": ...}``."""

_ORGANISATION = ("name", "code", "district", "industry", "size")
_CONTACT = ("contact_name", "phone", "email")


def organisation(world: World) -> Dialog:
    """The dialog about the organisation of the person."""
    known = world.consented and world.organisation is not None
    states = _change(world) if known else _introduce(world)
    return Dialog(
        name=NAME,
        version=1,
        title=world.words.say("Our organisation"),
        start="overview" if known else "name" if world.consented else "consent",
        states=states,
        outcomes={
            "saved": lambda here: (*_save(world, here), *_go_on(world, saved=True)),
            **({} if known or world.consented else {"refused": lambda _here: _go_on(world, saved=False)}),
        },
        on_answer=_on_answer,
        parks=not known,
    )


def _on_answer(state: str, value: Json) -> tuple[Command, ...]:
    if state != "consent":
        return ()
    return (SetConsent("given" if value is True else "refused"),)


def _introduce(world: World) -> tuple[State, ...]:
    say = world.words.say
    asks = questions(world, (skip(world), enough(world)))
    order = (*_ORGANISATION, "reach")
    states = [
        _asking(world, name, asks[name], _unless_enough(name, following))
        for name, following in zip(_ORGANISATION, order[1:], strict=True)
    ]
    yes_no = (
        Option(True, say("Yes, leave a contact"), "yes", ("是", "好", "yes", "可以")),
        Option(False, say("No contact"), "no", ("不", "否", "不用", "no", "不留")),
    )
    reach = State(
        "reach",
        say("Would you like to leave a contact?"),
        ChooseOne(world.words, yes_no),
        {True: _CONTACT[0], False: "confirm"},
        blocks=lambda _here: (Paragraph(spans=plain(say("It is optional and is used for reminders only."))),),
        silent=True,
    )
    contact = [
        _asking(world, name, asks[name], _unless_enough(name, following))
        for name, following in zip(_CONTACT, (*_CONTACT[1:], "confirm"), strict=True)
    ]
    save = Option("save", say("Save"), "save", ("是", "对", "好", "保存", "确认", "yes", "ok"))
    confirm = State(
        "confirm",
        say("Is this right?"),
        ChooseOne(world.words, (save,)),
        "saved",
        blocks=lambda here: (_table(world, _values(world, here)),),
        view=True,
        silent=True,
    )
    consent = () if world.consented else (_consent(world),)
    return (*consent, *states, reach, *contact, confirm)


def _consent(world: World) -> State:
    say = world.words.say
    options = (
        Option(True, say("Yes, you may keep it"), "yes", AGREED),
        Option(False, say("No, keep nothing"), "no", REFUSED),
    )
    return State(
        "consent",
        say("May we keep what you tell us about your organisation?"),
        ChooseOne(world.words, options),
        {True: "name", False: "refused"},
        blocks=lambda _here: consent_blocks(world),
        silent=True,
    )


def _change(world: World) -> tuple[State, ...]:
    say = world.words.say
    asks = questions(world, (skip(world),))
    fields = (*_ORGANISATION, *_CONTACT)
    options = tuple(
        Option(name, say("Change: %(what)s", what=say(_LABELS[name])), name, (say(_LABELS[name]),))
        for name in fields
    )
    overview = State(
        "overview",
        say("What we know of your organisation"),
        ChooseOne(world.words, options, ways=True),
        {name: name for name in fields},
        blocks=lambda here: (_table(world, _values(world, here)),),
        silent=True,
    )
    return (overview, *(_asking(world, name, asks[name], "saved") for name in fields))


_LABELS: Mapping[str, str] = {
    "name": mark("Name of the organisation"),
    "code": mark("Unified social credit code"),
    "district": mark("Registered in"),
    "industry": mark("Industry"),
    "size": mark("Size"),
    "contact_name": mark("Contact"),
    "phone": mark("Phone"),
    "email": mark("E-mail"),
}


def _asking(world: World, name: str, asked: tuple[str, Question], then: Then) -> State:
    title, question = asked
    return State(name, title, question, then, why=lambda _here: why_asked(world, name))


def _unless_enough(name: str, following: str) -> Goes:
    """On to the next question, or straight to the end for somebody who has told enough."""
    return Goes((following, "saved"), lambda here: "saved" if here.value(name) == ENOUGH else following)


def _values(world: World, here: Here) -> dict[str, str]:
    """What is known of each field, the answers of this conversation first."""
    known, person = world.organisation, world.person
    values = {
        "name": known.name if known else "",
        "code": (known.credit_code or "") if known else "",
        "district": known.district if known else "",
        "industry": known.industry if known else "",
        "size": known.size if known else "",
        "contact_name": person.name or "",
        "phone": person.phone or "",
        "email": person.email or "",
    }
    told = {name: str(answer.value) for name, answer in here.given.items() if name in values}
    return {**values, **{name: SKIPPED if value == ENOUGH else value for name, value in told.items()}}


def _table(world: World, values: Mapping[str, str]) -> Table:
    say = world.words.say
    shown = {**values, "size": say(SIZES[values["size"]]) if values["size"] in SIZES else ""}
    rows = tuple((say(label), shown[name] or "–") for name, label in _LABELS.items())
    return Table(header=(say("Entry"), say("Told by you")), rows=rows)


def _save(world: World, here: Here) -> tuple[Command, ...]:
    values = _values(world, here)
    known = world.organisation or Organisation(name="")
    saved = replace(
        known,
        name=values["name"],
        credit_code=values["code"] or None,
        district=values["district"],
        industry=values["industry"],
        size=values["size"],
    )
    contact = SaveContact(values["contact_name"] or None, values["phone"] or None, values["email"] or None)
    return (SaveOrganisation(saved), contact)


def _go_on(world: World, *, saved: bool) -> tuple[Command, ...]:
    then = world.subject.get(THEN)
    return_code = return_code_notice(world) if saved else ()
    if isinstance(then, dict) and isinstance(then.get("dialog"), str):
        subject = then.get("subject")
        about = subject if isinstance(subject, dict) else {}
        return (Start(str(then["dialog"]), about, notices=return_code),)
    say = world.words.say
    text = say("Saved.") if saved else say("Nothing is stored. Your answers serve this conversation only.")
    return (GoToMenu((Notice(tone="success" if saved else "info", spans=plain(text)), *return_code)),)
