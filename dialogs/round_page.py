"""One round: what it says, what was done with it, and for staff what can be done with it."""

from __future__ import annotations

from collections.abc import Mapping

from dialogs.commands import Start
from dialogs.engine.answers import Json
from dialogs.engine.choosing import ChooseMany, ChooseOne, Option
from dialogs.engine.dialog import Dialog, Goes, Here, State
from dialogs.engine.screen import Block, Details, Item, Items, Notice, Paragraph, plain
from dialogs.round_entries import ORDER, question, reason, skip, titles, with_answers
from dialogs.round_preview import preview_blocks, refusal_blocks
from dialogs.round_words import ACTS, ENTRIES, entry_text, round_blocks, round_name
from dialogs.rounds import may_see
from dialogs.staff_acts import planned_change
from dialogs.staff_commands import ActOnRound
from dialogs.world import World
from domain.programme.model import Programme
from domain.rounds import LEADS_FROM, Round, RoundAct, RoundRefused

NAME = "round"
_ENTRY = "entry_"


def round_page(world: World) -> Dialog:
    """The round in the subject."""
    found = _found(world)
    title = world.words.say("Round")
    if found is None:
        return Dialog(
            name=NAME,
            version=1,
            title=title,
            start="gone",
            states=(_gone(world),),
            outcomes={"list": lambda _here: (Start("rounds"),)},
        )
    programme, round_ = found
    acts = _acts(world, round_)
    changing = RoundAct.CHANGE in acts
    states = [_overview(world, programme, round_, acts)]
    if changing:
        states += _entries(world, round_)
    if acts:
        states += [_reason(world), _preview(world, programme, round_)]
    about = {"round": round_.id}
    done = {
        "done": lambda here: (_command(world, round_, _told(here)), Start(NAME, about)),
        "kept": lambda _here: (Start(NAME, about),),
    }
    return Dialog(
        name=NAME,
        version=1,
        title=title,
        start="overview",
        states=tuple(states),
        outcomes={
            "check": lambda _here: (Start("check", {"programmes": [programme.id]}),),
            "programme": lambda _here: (Start("programme", {"programme": programme.id}),),
            **(done if acts else {}),
        },
    )


def _found(world: World) -> tuple[Programme, Round] | None:
    number = world.subject.get("round")
    round_ = next((one for one in world.office.rounds if one.id == number), None)
    if round_ is None or not may_see(world, round_):
        return None
    programme = world.programme(round_.programme)
    return None if programme is None else (programme, round_)


def _gone(world: World) -> State:
    say = world.words.say
    return State(
        "gone",
        say("There is no such round."),
        ChooseOne(world.words, (Option("list", say("All rounds"), "list"),), ways=True),
        "list",
        silent=True,
    )


def _acts(world: World, round_: Round) -> tuple[RoundAct, ...]:
    """What can be done in this state by this person; asked again when it is done."""
    return tuple(
        act
        for act, states in LEADS_FROM.items()
        if round_.state in states and world.office.actor.may(act.staff_act, round_.scope)
    )


def _overview(world: World, programme: Programme, round_: Round, acts: tuple[RoundAct, ...]) -> State:
    say = world.words.say
    # With the revision in the answer, it falls when somebody else changes the round: nobody confirms what they did not see.
    options = [Option(f"{act.value}:{round_.revision}", say(ACTS[act]), act.value) for act in acts]
    options.append(Option("check", say("Start the self-check"), "check", ("自查", "开始自查", "check")))
    options.append(Option("programme", say("About the programme"), "programme"))
    after: dict[Json, str] = {
        f"{act.value}:{round_.revision}": "entries" if act is RoundAct.CHANGE else "reason" for act in acts
    }
    return State(
        "overview",
        round_name(world, programme, round_),
        ChooseOne(world.words, tuple(options), ways=True),
        {**after, "check": "check", "programme": "programme"},
        blocks=lambda _here: (
            Paragraph(spans=plain(world.name_of(programme))),
            *round_blocks(world, programme, round_),
            *_history(world, round_, acts),
        ),
        silent=True,
    )


def _history(world: World, round_: Round, acts: tuple[RoundAct, ...]) -> tuple[Block, ...]:
    """What was done with the round, for those who may do something with it."""
    changes = world.office.changes(round_.id) if acts else ()
    if not changes:
        return ()
    say = world.words.say
    items = tuple(
        Item(
            mark="info",
            spans=plain(
                f"{world.words.datetime(one.at)} · {say(ACTS[one.act])} · {_by(world, one.staff_id)}"
            ),
            detail=plain(say("Reason: %(reason)s", reason=one.reason)),
        )
        for one in reversed(changes)
    )
    return (Details(summary=say("What was done with it"), blocks=(Items(items=items),)),)


def _by(world: World, staff_id: int | None) -> str:
    if staff_id is None:
        return world.words.say("the operator")
    return world.words.say("staff no. %(id)s", id=staff_id)


def _entries(world: World, round_: Round) -> list[State]:
    say = world.words.say
    options = tuple(Option(entry, say(text), entry) for entry, text in ENTRIES.items())
    chosen = State(
        "entries",
        say("What is to be changed?"),
        ChooseMany(world.words, options, none=False),
        Goes((*(_ENTRY + entry for entry in ORDER), "reason"), lambda here: _next_entry(here, None)),
        silent=True,
    )
    return [chosen, *(_asking(world, round_, entry) for entry in ORDER)]


def _asking(world: World, round_: Round, entry: str) -> State:
    later = ORDER[ORDER.index(entry) + 1 :]
    return State(
        _ENTRY + entry,
        titles(world)[entry],
        question(world, entry, () if entry == "name" else (skip(world),)),
        Goes((*(_ENTRY + one for one in later), "reason"), lambda here: _next_entry(here, entry)),
        blocks=lambda _here: _so_far(world, round_, entry),
    )


def _next_entry(here: Here, after: str | None) -> str:
    chosen = here.value("entries")
    left = ORDER if after is None else ORDER[ORDER.index(after) + 1 :]
    wanted = chosen if isinstance(chosen, list) else []
    return next((_ENTRY + entry for entry in left if entry in wanted), "reason")


def _so_far(world: World, round_: Round, entry: str) -> tuple[Block, ...]:
    told = entry_text(world, entry, getattr(round_.terms, entry))
    return (Paragraph(spans=plain(world.words.say("So far: %(text)s", text=told))),)


def _reason(world: World) -> State:
    return State(
        "reason",
        world.words.say("Why? The reason is kept with the change."),
        reason(world),
        "preview",
        silent=True,
    )


def _preview(world: World, programme: Programme, round_: Round) -> State:
    say = world.words.say
    given = {name: answer.value for name, answer in world.answers.given().items()}
    blocks, sound = _looked_at(world, programme, round_, given)
    options = [Option("done", say("Yes, do it"), "done", ("是", "确认", "yes", "ok"))] if sound else []
    options.append(Option("kept", say("No, leave it as it is"), "kept", ("不", "否", "no")))
    return State(
        "preview",
        say("Is this to be done?") if sound else say("This cannot be done so."),
        ChooseOne(world.words, tuple(options)),
        {"done": "done", "kept": "kept"},
        blocks=lambda _here: blocks,
        view=True,
        silent=True,
    )


def _looked_at(
    world: World, programme: Programme, round_: Round, given: Mapping[str, Json]
) -> tuple[tuple[Block, ...], bool]:
    """What would come of it, and whether it is possible."""
    if "reason" not in given:
        return (), True
    command = _command(world, round_, given)
    try:
        change = planned_change(round_, command, world.today)
    except RoundRefused as refused:
        return refusal_blocks(world, refused.problems), False
    act = Notice(tone="info", spans=plain(world.words.say(ACTS[command.act])))
    return (act, *preview_blocks(world, programme, change)), True


def _told(here: Here) -> dict[str, Json]:
    return {name: answer.value for name, answer in here.given.items()}


def _command(_world: World, round_: Round, given: Mapping[str, Json]) -> ActOnRound:
    """What was chosen and said, as a command."""
    act = RoundAct(str(given["overview"]).partition(":")[0])
    terms = None
    if act is RoundAct.CHANGE:
        chosen = given.get("entries")
        wanted = chosen if isinstance(chosen, list) else []
        answers: dict[str, Json] = {}
        for entry in ORDER:
            if entry in wanted and _ENTRY + entry in given:
                answers[entry] = given[_ENTRY + entry]
        terms = with_answers(round_.terms, answers)
    return ActOnRound(round_.id, round_.revision, act, str(given["reason"]), terms)
