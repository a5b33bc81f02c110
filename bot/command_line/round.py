"""``zhuoyue round``: the rounds of programmes, and what is done with them; who will be told what is shown first."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from bot.command_line import surroundings
from bot.command_line.errors import CommandError
from bot.command_line.forms import Format
from bot.command_line.in_office import in_office, print_blocks
from bot.command_line.queues import in_database

if TYPE_CHECKING:
    from dialogs.engine.screen import Block
    from dialogs.staff_commands import ActOnRound, OpenRound
    from dialogs.world import World
    from domain.programme.model import Programme
    from domain.rounds import Round, RoundRefused, Terms


Number = Annotated[int, typer.Argument(help="Number of the round, as in the list.")]
Reason = Annotated[str, typer.Option(help="Why; kept with the change.")]
Sure = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]
OnlyPreview = Annotated[bool, typer.Option("--preview", help="Show who will be told what, and stop.")]
Day = Annotated[str | None, typer.Option(metavar="YYYY-MM-DD")]
Said = Annotated[str | None, typer.Option(metavar="TEXT", help="Chinese, then | and English.")]
Conditions = Annotated[
    list[str] | None, typer.Option("--condition", metavar="TEXT", help="A local condition; may be repeated.")
]
Link = Annotated[str | None, typer.Option("--link", help="Where it was published.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(name="round", help="Rounds of programmes.", no_args_is_help=True)
    group.callback()(lambda: None)
    group.command("list", help="Every round with its state and days.")(list_rounds)
    group.command("show", help="One round, and everything that was done with it.")(show)
    group.command("open", help="Draft a round; nobody is told yet.")(open_round)
    group.command("announce", help="Let everybody concerned know of a round.")(announce)
    group.command("change", help="Change what a round says; an empty text clears an entry.")(change)
    group.command("close", help="Take no more applications in a round.")(close)
    group.command("cancel", help="Call a round off.")(cancel)
    app.add_typer(group)


def list_rounds(
    programme: Annotated[str | None, typer.Option(help="Only of this programme (id or code).")] = None,
    form: Annotated[Format, typer.Option("--format")] = Format.TEXT,
) -> None:
    """Write the rounds as a table, computed ones among them."""
    from rich.table import Table

    from bot.command_line.at_hand import at_hand, today
    from bot.command_line.office_json import round_as_json
    from dialogs.round_words import dates_text, round_name, state_text

    house = at_hand()
    wanted = None if programme is None else house.programme(programme, today()).programme.id
    say = surroundings.words().say
    table = Table(say("Number"), say("Programme"), say("Name"), say("State"), say("When"))

    found = []

    def fill(world: World) -> None:
        for one in world.programmes:
            if wanted not in {None, one.id}:
                continue
            drafts = [each for each in world.office.rounds if each.programme == one.id and not each.public]
            for round_ in (*world.rounds_of(one), *drafts):
                found.append(round_as_json(round_))
                number = "–" if round_.computed else str(round_.id)
                told = (round_name(world, one, round_), state_text(world, round_), dates_text(world, round_))
                table.add_row(number, one.id, *told)

    in_office(fill)
    if form is Format.JSON:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return
    if not table.rows:
        print(say("No round has been opened yet."))
        return
    surroundings.out().print(table)


def show(number: Number) -> None:
    """Write the round."""
    from dialogs.round_words import ACTS, difference_table, round_blocks, round_name
    from domain.rounds import differences

    def look(world: World) -> tuple[World, tuple[Block, ...]]:
        from dialogs.engine.screen import Heading, Paragraph, plain

        round_ = _round(world, number)
        programme = _programme(world, round_)
        say, words = world.words.say, world.words
        blocks: list[Block] = [
            Heading(text=round_name(world, programme, round_)),
            *round_blocks(world, programme, round_),
        ]
        for one in world.office.changes(number):
            by = say("the operator") if one.staff_id is None else say("staff no. %(id)s", id=one.staff_id)
            told = f"{words.datetime(one.at)} · {say(ACTS[one.act])} · {by}"
            blocks += [
                Paragraph(spans=plain(told)),
                Paragraph(spans=plain(say("Reason: %(reason)s", reason=one.reason))),
            ]
            if one.before is not None and (found := differences(one.before, one.after)):
                blocks.append(difference_table(world, found))
        return world, tuple(blocks)

    world, blocks = in_office(look)
    print_blocks(world, blocks)


def open_round(
    programme: Annotated[str, typer.Argument(help="Id or code of the programme.")],
    reason: Reason,
    name: Annotated[str, typer.Option(metavar="TEXT", help="Chinese, then | and English.")],
    district: Annotated[str, typer.Option(help="Only for this district.")] = "",
    opens: Day = None,
    closes: Day = None,
    closes_outer: Day = None,
    decision: Day = None,
    quotas: Said = None,
    hand_in: Said = None,
    contact: Said = None,
    condition: Conditions = None,
    link: Link = None,
    yes: Sure = False,
    preview: OnlyPreview = False,
) -> None:
    """Draft a round."""
    from bot.command_line.at_hand import at_hand, today
    from dialogs.staff_commands import OpenRound
    from domain.rounds import Terms

    about = at_hand().programme(programme, today()).programme.id
    given = _given(name, opens, closes, closes_outer, decision, quotas, hand_in, contact, condition, link)
    terms = in_office(lambda world: _terms(world, Terms(), given))
    _do(OpenRound(about, district, terms, reason), yes=yes, preview=preview)


def announce(number: Number, reason: Reason, yes: Sure = False, preview: OnlyPreview = False) -> None:
    """Announce a round."""
    _act(number, "announce", reason, yes=yes, preview=preview)


def change(
    number: Number,
    reason: Reason,
    name: Said = None,
    opens: Day = None,
    closes: Day = None,
    closes_outer: Day = None,
    decision: Day = None,
    quotas: Said = None,
    hand_in: Said = None,
    contact: Said = None,
    condition: Conditions = None,
    link: Link = None,
    yes: Sure = False,
    preview: OnlyPreview = False,
) -> None:
    """Change what was said; what is not named stays."""
    given = _given(name, opens, closes, closes_outer, decision, quotas, hand_in, contact, condition, link)
    terms = in_office(lambda world: _terms(world, _round(world, number).terms, given))
    _act(number, "change", reason, terms, yes=yes, preview=preview)


def close(number: Number, reason: Reason, yes: Sure = False, preview: OnlyPreview = False) -> None:
    """Close a round."""
    _act(number, "close", reason, yes=yes, preview=preview)


def cancel(number: Number, reason: Reason, yes: Sure = False, preview: OnlyPreview = False) -> None:
    """Call a round off."""
    _act(number, "cancel", reason, yes=yes, preview=preview)


def _given(
    name: str | None,
    opens: str | None,
    closes: str | None,
    closes_outer: str | None,
    decision: str | None,
    quotas: str | None,
    hand_in: str | None,
    contact: str | None,
    condition: list[str] | None,
    link: str | None,
) -> dict[str, str]:
    """What was named, by entry of the terms."""
    named = {
        "name": name,
        "opens": opens,
        "closes_safe": closes,
        "closes_outer": closes_outer,
        "decision_due": decision,
        "quotas": quotas,
        "hand_in": hand_in,
        "contact": contact,
        "conditions": None if condition is None else "\n".join(condition),
        "source_link": link,
    }
    return {entry: text for entry, text in named.items() if text is not None}


def _terms(world: World, terms: Terms, given: Mapping[str, str]) -> Terms:
    from dialogs.engine.typed import NotUnderstood
    from dialogs.round_entries import read_entry, with_answers
    from dialogs.round_words import ENTRIES

    answers = {}
    for entry, text in given.items():
        answer = read_entry(world, entry, text)
        if isinstance(answer, NotUnderstood):
            say = world.words.say
            reason = answer.reason or say("this is not understood")
            raise CommandError(f"{say(ENTRIES[entry])}: {reason}")
        answers[entry] = answer
    return with_answers(terms, answers)


def _act(number: int, act: str, reason: str, terms: Terms | None = None, *, yes: bool, preview: bool) -> None:
    from dialogs.staff_commands import ActOnRound
    from domain.rounds import RoundAct

    revision = in_office(lambda world: _round(world, number).revision)
    _do(ActOnRound(number, revision, RoundAct(act), reason, terms), yes=yes, preview=preview)


def _do(command: OpenRound | ActOnRound, *, yes: bool, preview: bool) -> None:
    """Show what would come of it; do it when that is wanted."""
    from bot.command_line.at_hand import today
    from dialogs.staff_acts import act_on_round
    from domain.clock import SystemClock
    from domain.rounds import RoundRefused
    from domain.staff import OPERATOR
    from domain.store import StaleRevision

    words = surroundings.words()
    try:
        world, blocks = in_office(lambda world: (world, _preview(world, command)))
        if preview or not yes:
            print_blocks(world, blocks)
        if preview or not (yes or typer.confirm(words.say("Do it?"))):
            return
        done = asyncio.run(
            in_database(lambda tx: act_on_round(tx, OPERATOR, command, SystemClock().now(), today()))
        )
    except RoundRefused as refused:
        raise _refusal(refused) from None
    except StaleRevision:
        raise CommandError(
            words.say(
                "Somebody else has changed the round in the meantime. Nothing was changed; look at it again."
            )
        ) from None
    print(words.say("Round %(number)s: done.", number=done.id))


def _preview(world: World, command: OpenRound | ActOnRound) -> tuple[Block, ...]:
    from dialogs.round_preview import preview_blocks
    from dialogs.staff_acts import planned_change
    from dialogs.staff_commands import OpenRound

    known = None if isinstance(command, OpenRound) else _round(world, command.round)
    change = planned_change(known, command, world.today)
    return preview_blocks(world, _programme(world, change.after), change)


def _refusal(refused: RoundRefused) -> CommandError:
    say = surroundings.words().say
    return CommandError(" ".join(say(problem.value) for problem in refused.problems))


def _round(world: World, number: int) -> Round:
    found = next((one for one in world.office.rounds if one.id == number), None)
    if found is None:
        raise CommandError(world.words.say("There is no number %(number)s.", number=number))
    return found


def _programme(world: World, round_: Round) -> Programme:
    programme = world.programme(round_.programme)
    if programme is None:
        raise CommandError(
            world.words.say("The programme %(id)s is not there any more.", id=round_.programme)
        )
    return programme
