"""What a person is told before anything about them is kept: what, where, how long, and how to erase it."""

from __future__ import annotations

from dialogs.engine.screen import Block, Item, Items, Paragraph, Span
from dialogs.understanding.text import phrases
from dialogs.world import World

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
        (say("How long"), say("until you erase it")),
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
