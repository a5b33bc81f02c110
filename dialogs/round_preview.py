"""Who will be told what when something is done with a round: shown before it is done, and done only when confirmed."""

from __future__ import annotations

from dialogs.engine.screen import Block, Details, Item, Items, Notice, Paragraph, Span, plain
from dialogs.round_words import difference_table, round_item, round_name
from dialogs.world import World
from domain.programme.model import Programme
from domain.rounds import Change, Problem, Round, RoundAct, RoundState, differences


def refusal_blocks(world: World, problems: tuple[Problem, ...]) -> tuple[Block, ...]:
    """Why something cannot be done with a round."""
    return tuple(Notice(tone="error", spans=plain(world.words.say(problem.value))) for problem in problems)


def preview_blocks(world: World, programme: Programme, change: Change) -> tuple[Block, ...]:
    """What changes, who hears of it and when, and what speaks against it."""
    blocks: list[Block] = [Items(items=(round_item(world, programme, change.after),))]
    if change.before is not None and (found := differences(change.before.terms, change.after.terms)):
        blocks.append(difference_table(world, found))
    blocks.append(Paragraph(spans=_reason(world, change.reason)))
    blocks += [Notice(tone="warning", spans=plain(text)) for text in _warnings(world, programme, change)]
    return (*blocks, *_audience(world, change))


def _reason(world: World, reason: str) -> tuple[Span, ...]:
    return plain(world.words.say("Reason, kept with the change: %(reason)s", reason=reason))


def _audience(world: World, change: Change) -> tuple[Block, ...]:
    say, count = world.words.say, world.words.count
    if change.act is RoundAct.CANCEL and change.before is not None and not change.before.public:
        text = say("Nobody is told: the round was never announced.")
        return (Notice(tone="info", spans=plain(text)),)
    if not change.after.public:
        text = say("Nobody is told: a draft is seen by staff alone.")
        return (Notice(tone="info", spans=plain(text)),)
    chats = world.office.concerned(change.after.programme)
    who = count(
        "%(n)s chat asked to hear of this programme or checked it, and is planned for anew.",
        "%(n)s chats asked to hear of this programme or checked it, and are planned for anew.",
        chats,
    )
    rule = say(
        "Whoever refused reminders, has an obstacle on that day or is registered in another district hears nothing of it."
    )
    blocks: tuple[Block, ...] = (Notice(tone="info", spans=plain(world.words.sentences(who, rule))),)
    told = _told(world, change)
    return (*blocks, *told)


def _told(world: World, change: Change) -> tuple[Block, ...]:
    say = world.words.say
    if change.after.state in {RoundState.CLOSED, RoundState.CANCELLED}:
        text = say("They are told once that it is over; what was planned about its days is withdrawn.")
        return (Paragraph(spans=plain(text)),)
    moved = change.act is RoundAct.CHANGE and change.moves_dates
    first = (
        say("Whoever heard of a day that moves is told once; then as follows:")
        if moved
        else say("They are told as follows, unless they chose otherwise:")
    )
    told_before = change.act is not RoundAct.ANNOUNCE
    reminders = [
        one
        for one in world.office.reminders(change.after, world.today)
        if not (told_before and one.kind == "round_announced")
    ]
    items = tuple(
        Item(
            mark="date",
            spans=(
                *plain(world.words.say("%(what)s: ", what=world.words.date(one.send_on))),
                *plain(_what(world, one.kind, one.offset)),
            ),
        )
        for one in reminders
    )
    if not items:
        return (Paragraph(spans=plain(say("No reminder falls due any more."))),)
    return (
        Paragraph(spans=plain(first)),
        Details(
            summary=world.words.count("%(n)s reminder", "%(n)s reminders", len(items)),
            blocks=(Items(items=items),),
        ),
    )


def _what(world: World, kind: str, offset: int) -> str:
    say, count = world.words.say, world.words.count
    match kind:
        case "window_opens" if offset == 0:
            return say("that it opens today")
        case "window_opens":
            return count("that it opens in %(n)s day", "that it opens in %(n)s days", offset)
        case "window_closes" if offset == 0:
            return say("that it closes today, to be safe")
        case "window_closes":
            return count("that it closes in %(n)s day", "that it closes in %(n)s days", offset)
        case _:
            return say("that the round was announced")


def _warnings(world: World, programme: Programme, change: Change) -> list[str]:
    say = world.words.say
    if change.act not in {RoundAct.OPEN, RoundAct.ANNOUNCE, RoundAct.CHANGE}:
        return []
    found = []
    safe = change.after.closes_safe
    if safe is not None and programme.status_on(safe).accepts_applications is False:
        note = world.policy(programme, programme.status_on(safe).note)
        found.append(say("On the closing day the programme stands so: %(note)s", note=note))
    found += [
        say("It overlaps with another round: %(name)s", name=round_name(world, programme, one))
        for one in world.office.rounds
        if _overlaps(one, change.after)
    ]
    if safe is not None and not world.examiner.calendar.is_working_day(safe):
        found.append(say("The closing day is no working day."))
    return found


def _overlaps(one: Round, other: Round) -> bool:
    if one.id == other.id or not one.scope.is_same(other.scope):
        return False
    if one.state is not RoundState.ANNOUNCED or one.closes_outer is None or other.closes_outer is None:
        return False
    begins_later = one.opens is not None and one.opens > other.closes_outer
    ends_earlier = other.opens is not None and other.opens > one.closes_outer
    return not begins_later and not ends_earlier
