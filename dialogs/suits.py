"""Which programmes suit us: one line a programme, its standing first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from dialogs.engine.screen import Block, Table
from dialogs.evaluating import is_over
from dialogs.result_words import authority_line, sort
from dialogs.statuses import in_order, short_status
from dialogs.world import World
from domain.eligibility.evaluate import Evaluation
from domain.programme.parts import Verdict


def suits_blocks(world: World, evaluations: Sequence[Evaluation]) -> tuple[Block, ...]:
    """The table of all programmes, what is open first."""
    say = world.words.say
    by_id = {evaluation.examination.programme.id: evaluation for evaluation in evaluations}
    rows = tuple(
        (world.name_of(programme), short_status(world, programme), verdict_cell(world, by_id[programme.id]))
        for programme in in_order(world)
        if programme.id in by_id
    )
    table = Table(header=(say("Programme"), say("Standing today"), say("Your organisation")), rows=rows)
    return (table, authority_line(world))


def verdict_cell(world: World, evaluation: Evaluation) -> str:
    """The verdict on one programme in a few words."""
    programme, say, parts = evaluation.examination.programme, world.words.say, sort(evaluation)
    if is_over(world, programme):
        return say("no longer accepted")
    match evaluation.verdict:
        case Verdict.OBSTACLE_FOUND:
            first = world.policy(programme, parts.obstacles[0].rule.title) if parts.obstacles else ""
            more = len(parts.obstacles) - 1
            if more > 0:
                return world.words.count(
                    "✗ not met: %(first)s, and %(n)s more",
                    "✗ not met: %(first)s, and %(n)s more",
                    more,
                    first=first,
                )
            return say("✗ not met: %(first)s", first=first)
        case Verdict.CONFIRM_WITH_AUTHORITY if parts.open:
            return world.words.count("%(n)s point to confirm", "%(n)s points to confirm", len(parts.open))
        case Verdict.CONFIRM_WITH_AUTHORITY:
            return say("confirm the programme's standing; no obstacle found")
        case Verdict.NO_OBSTACLE_FOUND:
            return say("no obstacle found")
        case Verdict.MORE_ANSWERS_NEEDED:
            return say("more answers needed")
        case _:
            assert_never(evaluation.verdict)
