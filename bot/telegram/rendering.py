"""A screen as Telegram shows it: one text or several, and the buttons under the last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from bot.telegram.keyboards import Sorted, View, card_keyboard, keyboard, needs_listing
from bot.telegram.markup import block_html, blocks_html, escape
from bot.telegram.rows import Rows
from bot.telegram.splitting import MESSAGE, join_and_split
from dialogs.directory import HOME
from dialogs.engine.screen import Block, Card, Choice, Screen
from domain.made_often import made_often
from locales.words import Words

PLACEHOLDER = "…"
"""What is shown where a screen has no text at all: Telegram takes no message without any."""


_AT_FIRST: Final = View()


@made_often(frozen=True, slots=True)
class Rendered:
    """What to send: texts in Telegram's HTML, each short enough, and the rows of buttons under the last."""

    texts: tuple[str, ...]
    rows: Rows


def render(screen: Screen, words: Words, today: date, view: View | None = None) -> Rendered:
    """A screen, with the part of its keyboard that is looked at."""
    choices = Sorted.of(screen)
    listed = needs_listing(choices.options)
    texts = join_and_split(_pieces(screen, words, choices.options if listed else ()), MESSAGE)
    rows = keyboard(screen, choices, words, view or _AT_FIRST, today, listed=listed)
    return Rendered(texts or (PLACEHOLDER,), rows)


def render_card(card: Card) -> Rendered:
    """A card with all its buttons."""
    title = (f"<b>{escape(card.title)}</b>",) if card.title else ()
    texts = join_and_split((*title, *blocks_html(card.blocks)), MESSAGE)
    return Rendered(texts or (PLACEHOLDER,), card_keyboard(card))


def _pieces(screen: Screen, words: Words, listed: Sequence[Choice]) -> Iterator[str]:
    """What became of the last answer, the question, what belongs to it, and how to answer; `listed`: the options, if written out."""
    blocks = list(screen.blocks)
    while blocks and _is_about_the_last_answer(screen, blocks[0]):
        yield block_html(blocks.pop(0))
    head = "\n".join(_head(screen, words))
    if head and screen.dialog != HOME:
        yield head
    yield from blocks_html(blocks)
    if head and screen.dialog == HOME:
        # The menu greets before it asks.
        yield head
    if listed:
        yield "\n".join(
            [f"{number}. {escape(choice.label)}" for number, choice in enumerate(listed, start=1)]
        )
    if screen.expects and screen.expects.example and screen.expects.kind != "choice":
        yield f"<i>{escape(words.say('For example: %(example)s', example=screen.expects.example))}</i>"


def _head(screen: Screen, words: Words) -> Iterator[str]:
    if screen.progress is not None:
        step, about = screen.progress.step, screen.progress.about
        line = (
            words.say("Question %(step)s of about %(about)s", step=step, about=about)
            if about
            else words.say("Question %(step)s", step=step)
        )
        yield f"<i>{escape(line)}</i>"
    if screen.title:
        yield f"<b>{escape(screen.title)}</b>"


def _is_about_the_last_answer(screen: Screen, block: Block) -> bool:
    """Whether a first block belongs above the question: what became of the last answer, not what the screen is about."""
    if block.block == "notice":
        return screen.progress is not None or block.tone == "error"
    return block.block == "echo"
