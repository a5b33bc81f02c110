"""Who are you: consent first, then the organisation, then (if they like) how to reach the person.

For an organisation that is known already, the dialog shows it and changes one thing at a time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from dialogs.commands import Command, GoToMenu, SaveContact, SaveOrganisation, SetConsent, Start
from dialogs.consent import consent_blocks
from dialogs.credit_code import why_wrong
from dialogs.engine.answers import Json
from dialogs.engine.choosing import ChooseOne, Option
from dialogs.engine.dialog import Dialog, Here, State, Then
from dialogs.engine.question import Question
from dialogs.engine.screen import Block, Notice, Paragraph, Table, plain
from dialogs.engine.typed import AskTyped, NotUnderstood, Reader, Understood
from dialogs.understanding.result import Understood as Read
from dialogs.understanding.text import read_text
from dialogs.world import World
from domain.organisations import CreditCode, Organisation, read_credit_code
from locales.words import mark

NAME = "organisation"
THEN = "then"
"""In the subject: the dialog to go on with afterwards, as ``{"dialog": ..., "subject": ...}``."""
SKIPPED = ""
SIZES: Mapping[str, str] = {
    "large": mark("Large"),
    "medium": mark("Medium"),
    "small": mark("Small"),
    "micro": mark("Micro"),
}
"""Sizes by the national statistical classification, with their source strings."""

_LONGEST = 100
_PHONE = re.compile(r"\+?[0-9][0-9 \-()]{5,18}[0-9]\Z", re.ASCII)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]{2,}\Z")
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
    asks = _questions(world)
    order = (*_ORGANISATION, "reach")
    states = [
        _asking(world, name, asks[name], following)
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
        _asking(world, name, asks[name], following)
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
        Option(True, say("Yes, you may keep it"), "yes", ("同意", "可以", "是", "好", "yes", "agree", "ok")),
        Option(False, say("No, keep nothing"), "no", ("不同意", "不留", "否", "no", "不")),
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
    asks = _questions(world)
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
    return State(name, title, question, then, why=lambda _here: _WHY.get(name, _no_reason)(world))


def _no_reason(_: World) -> tuple[Block, ...]:
    return ()


def _why_code(world: World) -> tuple[Block, ...]:
    text = world.words.say(
        "It stands on the business licence: 18 digits and capital letters, never I, O, S, V or Z. We only check its form."
    )
    return (Paragraph(spans=plain(text)),)


def _why_size(world: World) -> tuple[Block, ...]:
    text = world.words.say(
        "By the national statistical classification; choose the nearest if you are not sure."
    )
    return (Paragraph(spans=plain(text)),)


_WHY = {"code": _why_code, "size": _why_size}


def _questions(world: World) -> Mapping[str, tuple[str, Question]]:
    words, say = world.words, world.words.say
    sizes = tuple(Option(size, say(label), size) for size, label in SIZES.items())
    phone = _pattern(_PHONE, say("That does not look like a phone number."))
    email = _pattern(_EMAIL, say("That does not look like an e-mail address."))
    return {
        "name": (
            say("What is the name of your organisation?"),
            _text(world, say("Example Precision Co., Ltd."), _short),
        ),
        "code": (
            say("What is its unified social credit code?"),
            _text(world, "91410100MA9F0XXXX0", _code_reader(world)),
        ),
        "district": (
            say("In which city and district is it registered?"),
            _text(world, say("Zhongyuan District, Zhengzhou"), _short),
        ),
        "industry": (say("What is its industry?"), _text(world, say("precision machining"), _short)),
        "size": (say("How large is it?"), ChooseOne(words, (*sizes, _skip(world)))),
        "contact_name": (say("Who is the contact?"), _text(world, say("Ms Li"), _short)),
        "phone": (say("At which phone number?"), _text(world, "0371-12345678", phone)),
        "email": (say("At which e-mail address?"), _text(world, "quality@example.com", email)),
    }


def _skip(world: World) -> Option:
    return Option(SKIPPED, world.words.say("Skip"), "skip", ("跳过", "不填", "没有", "skip", "none"))


def _text(world: World, example: str, read: Reader) -> Question:
    return AskTyped(
        world.words,
        "text",
        example,
        read,
        str,
        lambda value: isinstance(value, str),
        shortcuts=(_skip(world),),
    )


def _short(text: str) -> Understood | NotUnderstood:
    result = read_text(text, limit=_LONGEST)
    return Understood(result.value) if isinstance(result, Read) else NotUnderstood()


def _pattern(pattern: re.Pattern[str], reason: str) -> Reader:
    def read(text: str) -> Understood | NotUnderstood:
        result = _short(text)
        fits = isinstance(result, Understood) and pattern.match(str(result.value)) is not None
        return result if fits else NotUnderstood(reason)

    return read


def _code_reader(world: World) -> Reader:
    def read(text: str) -> Understood | NotUnderstood:
        reading = read_credit_code(text[: 2 * _LONGEST])
        if isinstance(reading, CreditCode):
            return Understood(reading.value)
        return NotUnderstood(why_wrong(reading, world.words))

    return read


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
    return {**values, **{name: str(answer.value) for name, answer in here.given.items() if name in values}}


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
    if isinstance(then, dict) and isinstance(then.get("dialog"), str):
        subject = then.get("subject")
        return (Start(str(then["dialog"]), subject if isinstance(subject, dict) else {}),)
    say = world.words.say
    text = say("Saved.") if saved else say("Nothing is stored. Your answers serve this conversation only.")
    return (GoToMenu((Notice(tone="success" if saved else "info", spans=plain(text)),)),)
