"""The parts of a programme in words: conditions, steps, papers, dates, money, and what is left open."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dialogs.criterion_words import rule_spans, source_note
from dialogs.deadline_words import deadline_item
from dialogs.engine.screen import Block, Details, Heading, Item, Items, Mark, Paragraph, Span, plain
from dialogs.round_words import rounds_blocks
from dialogs.world import World
from domain.programme.model import Programme
from domain.programme.parts import Clause, Force, Noted, Source
from domain.programme.procedure import Material, Stage
from domain.programme.rules import Criterion, Ground
from locales.words import mark

Part = Callable[[World, Programme], tuple[Block, ...]]


def conditions(world: World, programme: Programme) -> tuple[Block, ...]:
    """The conditions with clauses and both readings; what only counts between equals; what ends a recognition."""
    say = world.words.say
    hard = [one for one in programme.criteria if one.force is Force.HARD]
    others = [one for one in programme.criteria if one.force is not Force.HARD]
    blocks: list[Block] = []
    if programme.structure is not None:
        blocks.append(Paragraph(spans=plain(world.policy(programme, programme.structure))))
    blocks.append(Items(items=tuple(_condition(world, programme, one) for one in hard)))
    blocks += _folded(
        say("Not conditions: preferences, habits, form questions"),
        [_condition(world, programme, one) for one in others],
    )
    blocks += _folded(
        say("What can exclude an applicant or end a recognition"),
        [_ground(world, programme, one) for one in programme.grounds],
    )
    quotas = [_line(world, programme, one.title, one.clause, one.source) for one in programme.quotas]
    return (*blocks, *_folded(say("Numbers and ceilings"), quotas))


def steps(world: World, programme: Programme) -> tuple[Block, ...]:
    """Where to apply, and every step with its actor, limit and publicity."""
    say = world.words.say
    blocks: list[Block] = []
    if programme.route is not None:
        route = programme.route
        told = [say("Apply to: %(where)s", where=world.policy(programme, route.to))]
        told += [world.policy(programme, text) for text in (route.fee, route.contact) if text is not None]
        blocks.append(
            Items(
                items=(
                    _item(
                        "info",
                        " · ".join(told),
                        world.clause(programme, route.clause),
                        source_note(world, route.source),
                    ),
                )
            )
        )
    for procedure in programme.procedures:
        blocks.append(Heading(text=world.policy(programme, procedure.title)))
        blocks.append(Items(items=tuple(_stage(world, programme, stage) for stage in procedure.stages)))
        blocks += _notes(world, programme, procedure.notes)
    duties = [
        _item(
            "info",
            world.policy(programme, duty.title),
            world.clause(programme, duty.clause),
            " · ".join(
                part
                for part in (
                    world.policy(programme, duty.frequency) if duty.frequency else "",
                    world.policy(programme, duty.to) if duty.to else "",
                    world.policy(programme, duty.note) if duty.note else "",
                    source_note(world, duty.source),
                )
                if part
            ),
        )
        for duty in programme.duties
    ]
    return (*blocks, *_folded(say("Duties after recognition"), duties))


def materials(world: World, programme: Programme) -> tuple[Block, ...]:
    """The papers with the number of copies and their form."""
    listed = [_material(world, programme, one) for one in programme.materials]
    return (Items(items=tuple(listed)),) if listed else _nothing(world)


def dates(world: World, programme: Programme) -> tuple[Block, ...]:
    """The rounds, then every date: safe for the participant, outer before harm."""
    say = world.words.say
    listed = [deadline_item(world, programme, one) for one in programme.deadlines]
    intro = say("Safe: act by this day under every reading. Outer: nothing adverse before it has passed.")
    past = [
        _item(
            "info",
            say("%(what)s: ", what=world.policy(programme, one.name)) + world.policy(programme, one.note),
            world.clause(programme, one.clause),
            "",
        )
        for one in programme.rounds
    ]
    blocks: tuple[Block, ...] = (Paragraph(spans=plain(intro)), Items(items=tuple(listed))) if listed else ()
    return (*rounds_blocks(world, programme), *blocks, *_folded(say("Earlier rounds"), past)) or _nothing(
        world
    )


def money(world: World, programme: Programme) -> tuple[Block, ...]:
    """The incentives: amounts are ceilings, never promises."""
    say, words = world.words.say, world.words
    items = []
    for line in programme.money:
        amount = (
            "" if line.ceiling is None else say("not more than %(amount)s", amount=words.money(line.ceiling))
        )
        title = world.policy(programme, line.title)
        told = [
            world.policy(programme, text) for text in (line.what_for, line.conditions, line.spend_on) if text
        ]
        note = line.deduction_note
        told += [world.policy(programme, note.text)] if note is not None else []
        detail = " · ".join([*told, *filter(None, [source_note(world, line.source)])])
        spans = (
            (*plain(say("%(what)s: ", what=title)), Span(text=amount, strong=True))
            if amount
            else plain(title)
        )
        items.append(
            Item(mark="info", spans=spans, clause=world.clause(programme, line.clause), detail=plain(detail))
        )
    if not items and not programme.money_notes:
        return _nothing(world)
    listed = (Items(items=tuple(items)),) if items else ()
    return (*listed, *_notes(world, programme, programme.money_notes))


def doubts(world: World, programme: Programme) -> tuple[Block, ...]:
    """Where the text is open, what is left to the authority, and what are defaults of ours."""
    say = world.words.say
    blocks: list[Block] = []
    for one in programme.ambiguities:
        blocks.append(Heading(text=world.policy(programme, one.title)))
        labelled = (
            (say("Cautious reading: "), one.conservative),
            (say("Other reading: "), one.alternative),
            (say("What we do: "), one.handling),
        )
        items = [
            Item(
                mark="info",
                spans=(Span(text=label, strong=True), *plain(world.policy(programme, text))),
                clause=world.clause(programme, one.clause),
            )
            for label, text in labelled
            if text is not None
        ]
        blocks.append(Items(items=tuple(items)))
    left = [
        _item("info", world.policy(programme, one.text), world.clause(programme, one.clause), "")
        for one in programme.left_to_authority
    ]
    blocks += _folded(say("Left to the authority"), left)
    ours = [
        _item(
            "info",
            say("%(what)s: ", what=world.policy(programme, one.what)) + world.policy(programme, one.value),
            "",
            world.policy(programme, one.why),
        )
        for one in programme.defaults
    ]
    blocks += _folded(say("Defaults of ours, not from the policy text"), ours)
    blocks += _folded(say("Slips of the text and other remarks"), _noted(world, programme, programme.remarks))
    return tuple(blocks) or _nothing(world)


PARTS: Mapping[str, tuple[str, Part]] = {
    "conditions": (mark("Conditions"), conditions),
    "materials": (mark("Papers"), materials),
    "steps": (mark("Steps"), steps),
    "dates": (mark("Dates and deadlines"), dates),
    "money": (mark("Money"), money),
    "doubts": (mark("Open questions"), doubts),
}
"""The parts by name, with their titles as source strings."""


def _condition(world: World, programme: Programme, criterion: Criterion) -> Item:
    actors = {actor.id: actor.name for actor in programme.actors}
    details = [_of_round(world, programme, criterion.round)]
    if criterion.confirmed_by:
        names = [world.policy(programme, actors[one]) for one in criterion.confirmed_by if one in actors]
        details.append(world.words.say("Confirmed by: %(who)s", who=world.words.items(names)))
    if criterion.readings is not None:
        details.append(
            world.words.say(
                "Two readings: %(cautious)s / %(other)s",
                cautious=world.policy(programme, criterion.readings.conservative),
                other=world.policy(programme, criterion.readings.alternative),
            )
        )
    details += [_note(world, programme, note) for note in criterion.notes]
    return Item(
        mark="info",
        spans=rule_spans(world, programme, criterion),
        clause=world.clause(programme, criterion.clause),
        detail=plain("\n".join(filter(None, details))),
    )


def _ground(world: World, programme: Programme, ground: Ground) -> Item:
    """What a ground leads to stands under it: not each ends a recognition, and some leave it to whoever decides."""
    told = [world.policy(programme, text) for text in (ground.effect, ground.time_frame) if text]
    return Item(
        mark="warning",
        spans=rule_spans(world, programme, ground),
        clause=world.clause(programme, ground.clause),
        detail=plain("\n".join(told)),
    )


def _note(world: World, programme: Programme, note: Noted) -> str:
    return " ".join(filter(None, (world.policy(programme, note.text), source_note(world, note.source))))


def _of_round(world: World, programme: Programme, round_id: str | None) -> str:
    """What is asked for in one round alone says in which."""
    if round_id is None:
        return ""
    return world.words.say(
        "Only in this round: %(round)s", round=world.policy(programme, programme.round(round_id).name)
    )


def _line(world: World, programme: Programme, title: str, clause: Clause, source: Source) -> Item:
    return _item(
        "info", world.policy(programme, title), world.clause(programme, clause), source_note(world, source)
    )


def _stage(world: World, programme: Programme, stage: Stage) -> Item:
    say = world.words.say
    actors = {actor.id: actor.name for actor in programme.actors}
    details = []
    if stage.actor in actors:
        details.append(world.policy(programme, actors[stage.actor]))
    details += [world.policy(programme, text) for text in (stage.action, stage.limit) if text is not None]
    if stage.artefact is not None:
        details.append(say("gives: %(what)s", what=world.policy(programme, stage.artefact)))
    if stage.publicity is not None:
        days = stage.publicity.working_days
        length = (
            say("public notice, length not stated")
            if days is None
            else world.words.count(
                "public notice of %(n)s working day", "public notice of %(n)s working days", days
            )
        )
        details.append(length)
    details += filter(None, [source_note(world, stage.source)])
    return _item(
        "info",
        world.policy(programme, stage.title),
        world.clause(programme, stage.clause),
        " · ".join(details),
    )


def _material(world: World, programme: Programme, material: Material) -> Item:
    say = world.words.say
    media = {
        "paper": say("on paper"),
        "electronic": say("as a file"),
        "online": say("online"),
        "unspecified": "",
    }
    copies = (
        say("number of copies not stated")
        if material.copies is None
        else world.words.count("%(n)s copy", "%(n)s copies", material.copies)
    )
    details = [_of_round(world, programme, material.round)]
    details += [copies, media[material.medium], "" if material.required else say("only if it applies")]
    details += [world.policy(programme, material.note)] if material.note is not None else []
    details.append(source_note(world, material.source))
    detail = " · ".join(part for part in details if part)
    return _item(
        "info", world.policy(programme, material.title), world.clause(programme, material.clause), detail
    )


def _noted(world: World, programme: Programme, notes: tuple[Noted, ...]) -> list[Item]:
    return [
        _item(
            "info",
            world.policy(programme, one.text),
            world.clause(programme, one.clause),
            source_note(world, one.source),
        )
        for one in notes
    ]


def _notes(world: World, programme: Programme, notes: tuple[Noted, ...]) -> tuple[Block, ...]:
    items = _noted(world, programme, notes)
    return (Items(items=tuple(items)),) if items else ()


def _folded(summary: str, items: list[Item]) -> tuple[Block, ...]:
    return (Details(summary=summary, blocks=(Items(items=tuple(items)),)),) if items else ()


def _item(kind: Mark, text: str, clause: str, detail: str) -> Item:
    return Item(mark=kind, spans=plain(text), clause=clause, detail=plain(detail))


def _nothing(world: World) -> tuple[Block, ...]:
    return (Paragraph(spans=plain(world.words.say("The text says nothing on this."))),)
