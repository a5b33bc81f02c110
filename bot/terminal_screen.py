"""A screen as lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, assert_never

from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from bot.signs import SIGNS, mark_words
from dialogs.engine.screen import (
    Block,
    Card,
    Choice,
    Details,
    Echo,
    ExpectationKind,
    Heading,
    Item,
    Items,
    Link,
    Mark,
    Notice,
    Paragraph,
    Screen,
    Span,
    Table,
    Tone,
)
from locales.words import Words

STYLES: Final[Mapping[Mark | Tone, str]] = {
    "met": "green",
    "not_met": "red",
    "unclear": "yellow",
    "unknown": "dim",
    "self_stated": "blue",
    "not_applicable": "dim",
    "info": "cyan",
    "success": "green",
    "warning": "yellow",
    "error": "red",
    "date": "blue",
}

RESULTS: Final[frozenset[Mark]] = frozenset(
    {"met", "not_met", "unclear", "unknown", "self_stated", "not_applicable"}
)

# Where a bare number is an answer, choices go by letters.
NUMBERS_ARE_ANSWERS: Final[frozenset[ExpectationKind]] = frozenset(
    {"text", "number", "money", "percentage", "date", "year", "year_table"}
)

LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"


def keys_of_choices(screen: Screen) -> dict[str, Choice]:
    """What to type for each choice: 1, 2, 3 … or, where a number is itself an answer, a, b, c …

    Among many choices the numbers of the options are left to the dialog, which takes several at once ("1, 3").
    """
    kind = screen.expects.kind if screen.expects else None
    if kind in NUMBERS_ARE_ANSWERS:
        return {LETTERS[place]: choice for place, choice in enumerate(screen.choices[: len(LETTERS)])}
    numbered = {str(place): choice for place, choice in enumerate(screen.choices, start=1)}
    if kind == "choices":
        return {key: choice for key, choice in numbered.items() if choice.key.startswith("@")}
    return numbered


def draw_screen(screen: Screen, words: Words, console: Console) -> None:
    """Print a screen: what became of the last answer, the question, and the ways to answer."""
    draw = _Drawing(words, console)
    console.print()
    blocks = list(screen.blocks)
    while blocks and _is_about_the_last_answer(screen, blocks[0]):
        draw.block(blocks.pop(0))
    if screen.progress and screen.progress.about:
        draw.line(
            Text(
                words.say(
                    "Question %(step)s of about %(about)s",
                    step=screen.progress.step,
                    about=screen.progress.about,
                ),
                "dim",
            )
        )
    if screen.title:
        draw.line(Text(screen.title, "bold"))
    for block in blocks:
        draw.block(block)
    names = {id(choice): name for name, choice in keys_of_choices(screen).items()}
    for place, choice in enumerate(screen.choices, start=1):
        name = names.get(id(choice), str(place))
        tick = ("[x] " if choice.selected else "[ ] ") if _is_switch(screen, choice) else ""
        draw.line(Text(f"  {name}) {tick}{choice.label}", "" if choice.role == "answer" else "dim"))
    if screen.expects and screen.expects.example and screen.expects.kind != "choice":
        draw.line(Text(words.say("For example: %(example)s", example=screen.expects.example), "dim"))
    if screen.expects and screen.expects.files and screen.expects.files.room:
        draw.line(Text(words.say("Type the path of the file, or drop the file here."), "dim"))


def draw_blocks(blocks: Iterable[Block], words: Words, console: Console) -> None:
    """Print blocks that belong to no conversation."""
    draw = _Drawing(words, console)
    for block in blocks:
        draw.block(block)


def draw_card(card: Card, words: Words, console: Console) -> None:
    """Print a card; its buttons are named by what to type, as it stands beside the question at hand."""
    draw = _Drawing(words, console)
    console.print()
    if card.title:
        draw.line(Text(f"▌ {card.title}", "bold"))
    for block in card.blocks:
        draw.block(block)
    for choice in card.choices:
        draw.line(
            Text(f"  /{card.card} {choice.key}) {choice.label}", "" if choice.role == "answer" else "dim")
        )


def _is_about_the_last_answer(screen: Screen, block: Block) -> bool:
    """Whether a first block belongs above the title: what became of the last answer, not what the screen is about."""
    if isinstance(block, Notice):
        return screen.progress is not None or block.tone == "error"
    return isinstance(block, Echo)


def _is_switch(screen: Screen, choice: Choice) -> bool:
    several = screen.expects is not None and screen.expects.kind == "choices"
    return several and choice.role == "answer" and not choice.key.startswith("@")


class _Drawing:
    def __init__(self, words: Words, console: Console) -> None:
        self._words = words
        self._marks = mark_words(words)
        self._console = console

    def line(self, text: Text) -> None:
        self._console.print(text, soft_wrap=not self._console.is_terminal)

    def block(self, block: Block, indent: str = "") -> None:
        match block:
            case Paragraph(spans=spans):
                self.line(Text(indent) + _spans(spans))
            case Heading(text=text):
                self.line(Text(f"{indent}{text}", "bold"))
            case Items(items=items):
                for item in items:
                    self._item(item, indent)
            case Table(header=header, rows=rows):
                self._table(header, rows)
            case Notice(tone=tone, spans=spans):
                self.line(Text(f"{indent}{SIGNS[tone]} ", STYLES[tone]) + _spans(spans))
            case Echo(spans=spans):
                self.line(Text(f"{indent}» ") + _spans(spans))
            case Details(summary=summary, blocks=blocks):
                self.line(Text(f"{indent}{summary}", "underline"))
                for inner in blocks:
                    self.block(inner, f"{indent}  ")
            case Link(label=label, path=path):
                # The page belongs to the web chat; a terminal can only name it.
                self.line(Text(f"{indent}{label}: {path}"))
            case _:
                assert_never(block)

    def _item(self, item: Item, indent: str) -> None:
        text = Text(f"{indent}{SIGNS[item.mark]} ", STYLES[item.mark]) + _spans(item.spans)
        if not self._console.is_terminal and item.mark in RESULTS:
            # Without colours the sign of a result says too little.
            text = Text(f"{indent}{SIGNS[item.mark]} [{self._marks[item.mark]}] ") + _spans(item.spans)
        if item.clause:
            text.append(f" ({item.clause})", "dim")
        self.line(text)
        if item.detail:
            self.line(Text(f"{indent}    ") + _spans(item.detail))

    def _table(self, header: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> None:
        if not self._console.is_terminal:
            for row in (header, *rows):
                self.line(Text(" | ".join(row)))
            return
        table = RichTable()
        for text in header:
            table.add_column(Text(text))
        for row in rows:
            table.add_row(*(Text(text) for text in row))
        self._console.print(table)


def _spans(spans: Iterable[Span]) -> Text:
    text = Text()
    for span in spans:
        text.append(span.text, "bold" if span.strong else "")
    return text
