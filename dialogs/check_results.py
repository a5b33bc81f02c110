"""The states that show what a self-check came to."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from dialogs.engine.answers import Json
from dialogs.engine.choosing import ChooseOne, Option
from dialogs.engine.dialog import State
from dialogs.engine.keys import key_for
from dialogs.engine.screen import Block
from dialogs.evaluating import evaluations, is_over
from dialogs.given_answers import GIVEN
from dialogs.remind_me import REMIND, remind_option, remind_state
from dialogs.result_words import print_link, result_blocks, verdict_notice, verdict_title
from dialogs.statuses import in_order
from dialogs.suits import suits_blocks
from dialogs.world import World
from domain.eligibility.evaluate import Evaluation
from domain.eligibility.questions import Mode
from domain.programme.model import Programme

RESULT = "result"
RECEIPTS = "receipts"
"""In the subject: the receipts of this conversation, as ``{programme: {"id": ..., "digest": ...}}``."""
_ONE = "one:"


def result_state(world: World, programmes: tuple[Programme, ...], still_open: int) -> State:
    """The result; ``still_open`` questions could still be asked."""
    if len(programmes) == 1:
        return _single(world, programmes[0], still_open)
    return _several(world, programmes, still_open)


def detail_states(world: World, programmes: tuple[Programme, ...]) -> dict[str, Callable[[], State]]:
    """For a check of several: the result of each, by name; and what "remind me" leads to."""
    if len(programmes) == 1:
        return {REMIND: partial(remind_state, world, programmes[0], REMIND, "settings")}
    return {
        **{_ONE + programme.id: partial(_detail, world, programme) for programme in programmes},
        **{
            reminding(programmes, programme): partial(
                remind_state, world, programme, reminding(programmes, programme), "settings"
            )
            for programme in programmes
        },
    }


def reminding(programmes: tuple[Programme, ...], programme: Programme) -> str:
    """The state in which somebody who checked these programmes asks to be reminded of one."""
    return REMIND if len(programmes) == 1 else f"{REMIND}:{programme.id}"


def _single(world: World, programme: Programme, still_open: int) -> State:
    say = world.words.say
    options = (
        *_more(world, still_open),
        *(() if is_over(world, programme) else (remind_option(world, _evaluation(world, programme)),)),
        Option(GIVEN, say("Change my answers"), GIVEN, ("改答案", "修改", "change")),
        Option("information", say("Conditions, steps and papers"), "information"),
        Option("others", say("Other programmes"), "others"),
    )
    return State(
        RESULT,
        say("Result"),
        ChooseOne(world.words, options, ways=True),
        {GIVEN: GIVEN, REMIND: REMIND, "information": "information", "others": "others"},
        blocks=lambda _here: _one_result(world, programme),
        title_here=lambda _here: _title(world, programme),
        view=True,
        silent=True,
        revises=_REVISES,
    )


def _several(world: World, programmes: tuple[Programme, ...], still_open: int) -> State:
    say = world.words.say
    looks = tuple(
        Option(programme.id, world.name_of(programme), key_for("p:", programme.id), (programme.id,))
        for programme in in_order(world)
        if programme in programmes
    )
    options = (*looks, *_more(world, still_open), Option(GIVEN, say("Change my answers"), GIVEN))
    ways: dict[Json, str] = {programme.id: _ONE + programme.id for programme in programmes}
    return State(
        RESULT,
        say("Which programmes suit you"),
        ChooseOne(world.words, options, ways=True),
        {**ways, GIVEN: GIVEN},
        blocks=lambda _here: suits_blocks(world, evaluations(world, programmes)),
        view=True,
        silent=True,
        revises=_REVISES,
    )


def _detail(world: World, programme: Programme) -> State:
    say = world.words.say
    ways = [Option("information", say("Conditions, steps and papers"), "information")]
    if not is_over(world, programme):
        ways.insert(0, Option("closer", say("Check this one closely"), "closer"))
        ways.insert(1, remind_option(world, _evaluation(world, programme)))
    return State(
        _ONE + programme.id,
        world.words.say("Result"),
        ChooseOne(world.words, tuple(ways), ways=True),
        {"closer": "closer", "information": "information", REMIND: f"{REMIND}:{programme.id}"},
        blocks=lambda _here: (
            verdict_notice(world, _evaluation(world, programme)),
            *_one_result(world, programme),
        ),
        title_here=lambda _here: world.name_of(programme),
        view=True,
        silent=True,
    )


_REVISES = {"more": ("mode", Mode.ALL_MY_GAPS.value)}


def _more(world: World, still_open: int) -> tuple[Option, ...]:
    if not still_open:
        return ()
    label = world.words.count(
        "Answer %(n)s more question and see all gaps",
        "Answer %(n)s more questions and see all gaps",
        still_open,
    )
    return (Option("more", label, "more", ("看全部差距", "继续", "more")),)


def _evaluation(world: World, programme: Programme) -> Evaluation:
    return evaluations(world, (programme,))[0]


def _title(world: World, programme: Programme) -> str:
    verdict = verdict_title(world, _evaluation(world, programme))
    return world.words.say("%(programme)s: %(verdict)s", programme=world.name_of(programme), verdict=verdict)


def _one_result(world: World, programme: Programme) -> tuple[Block, ...]:
    blocks = result_blocks(world, _evaluation(world, programme))
    kept = world.subject.get(RECEIPTS)
    receipt = kept.get(programme.id) if isinstance(kept, dict) else None
    receipt_id = receipt.get("id") if isinstance(receipt, dict) else None
    return (*blocks, print_link(world, receipt_id)) if isinstance(receipt_id, int) else blocks
