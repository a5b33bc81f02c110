"""What a person is told before anything about them is kept: what, where, how long, and how to erase it."""

from __future__ import annotations

from dialogs.engine.screen import Block, Item, Items, Paragraph, Span
from dialogs.world import World


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
