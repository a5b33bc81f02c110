"""What a person is told before anything about them is kept: what, where, how long, and how to erase it."""

from __future__ import annotations

from typing import Final

from dialogs.engine.screen import Block, Item, Items, Notice, Paragraph, Span
from dialogs.understanding.text import phrases
from dialogs.world import World

DAYS_OF_A_YEAR: Final = 365
AGREED = tuple(
    phrases(
        "同意, 我同意, 可以, 可以的, 可以保存, 同意保存, 保存, 保存吧, 是, 是的, 好, 好的, 行, 没问题, 愿意, 允许, "
        "yes, yes please, agree, i agree, agreed, ok, okay, sure, fine, go ahead"
    )
)
REFUSED = tuple(
    phrases(
        "不同意, 我不同意, 不保存, 都不保存, 不要保存, 别保存, 请不要保存, 不留, 不留资料, 不留了, 都不留, 什么都不留, "
        "否, 不, 不了, 不用, 不用了, 不要, 不必, 不必了, 不需要, 不可以, 不行, 不愿意, 拒绝, 暂不, 先不, 先不留, 先不保存, "
        "no, no thanks, no thank you, nope, no way, refuse, i refuse, keep nothing, don't keep, do not keep, don't, "
        "rather not, i'd rather not"
    )
)


def consent_blocks(world: World) -> tuple[Block, ...]:
    """The information that goes with the question for consent."""
    say = world.words.say
    lines = (
        (
            say("What is kept"),
            say(
                "the organisation's name, credit code, district, industry and size; your answers; a contact if you leave one"
            ),
        ),
        (
            say("Where"),
            say("in the database of this server only; names, codes, phones and e-mails are encrypted"),
        ),
        (say("How long"), _how_long(world)),
        (say("Erase"), say("at any time: Menu → My data → Erase everything")),
    )
    items = tuple(
        Item(mark="info", spans=(Span(text=say("%(what)s: ", what=what), strong=True), Span(text=text)))
        for what, text in lines
    )
    refusal = say(
        "If you would rather not: nothing personal is stored, and your answers serve this conversation only and are removed after it."
    )
    return (Items(items=items), Paragraph(spans=(Span(text=refusal),)))


def _how_long(world: World) -> str:
    days = world.kept_for_days
    if days % DAYS_OF_A_YEAR:
        return world.words.count(
            "until you erase it, or after %(n)s day without a visit",
            "until you erase it, or after %(n)s days without a visit",
            days,
        )
    return world.words.count(
        "until you erase it, or after %(n)s year without a visit",
        "until you erase it, or after %(n)s years without a visit",
        days // DAYS_OF_A_YEAR,
    )


def return_code_notice(world: World) -> tuple[Notice, ...]:
    """The return code and what it is for; nothing where there is none."""
    if not world.return_code:
        return ()
    say = world.words.say
    purpose = say(
        "When this chat has closed, enter it on this page to come back here; write it down and keep it like a password."
    )
    return (
        Notice(
            tone="info",
            spans=(
                Span(text=say("%(what)s: ", what=say("Your return code"))),
                Span(text=world.return_code, strong=True),
                Span(text=f"\n{purpose}"),
            ),
        ),
    )
