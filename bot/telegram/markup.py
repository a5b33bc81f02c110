"""Blocks as the HTML that Telegram understands. All text is escaped: what a person typed is never markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape as escape_html
from typing import Final, assert_never

from dialogs.engine.screen import (
    Block,
    Details,
    Heading,
    Item,
    Items,
    Link,
    Mark,
    Span,
    Table,
    Tone,
)

ICONS: Final[Mapping[Mark | Tone, str]] = {
    "met": "✅",
    "not_met": "❌",
    "unclear": "❓",
    "unknown": "⚪",
    "self_stated": "✍️",
    "not_applicable": "➖",
    "info": "ℹ️",
    "success": "✅",
    "warning": "⚠️",
    "error": "⛔",
    "date": "🗓",
}
"""Telegram has no colours; readers of screens read the names of these out."""

_SPECIAL: Final = re.compile("[&<>\x00\ud800-\udfff]")

ECHO: Final = "✏️"
BULLET: Final = "•"


def escape(text: str) -> str:
    """Text that stays text between tags; what is no character at all (half a surrogate pair) is left out."""
    if _SPECIAL.search(text) is None:
        return text
    return escape_html(text.replace("\x00", "").encode("utf-8", "ignore").decode(), quote=False)


def spans_html(spans: Iterable[Span]) -> str:
    """Runs of text with their emphasis."""
    return "".join(
        f"<b>{escape(span.text)}</b>" if span.strong and span.text.strip() else escape(span.text)
        for span in spans
    )


def blocks_html(blocks: Iterable[Block], *, quoted: bool = False) -> Iterator[str]:
    """Each block as a piece of its own; a block that shows nothing gives none.

    ``quoted``: inside a quotation, in which no other can be.
    """
    for block in blocks:
        if html := block_html(block, quoted=quoted):
            yield html


def block_html(block: Block, *, quoted: bool = False) -> str:
    """One block; empty for one that is a button on Telegram."""
    # By its name: to ask a pydantic class whether it made this costs more than to write it out.
    if block.block == "paragraph":
        return spans_html(block.spans)
    if block.block == "echo":
        return f"{ECHO} {spans_html(block.spans)}"
    if block.block == "notice":
        return f"{ICONS[block.tone]} {spans_html(block.spans)}"
    return _rarer(block, quoted=quoted)


def _rarer(block: Heading | Items | Table | Details | Link, *, quoted: bool) -> str:
    match block:
        case Heading(text=text):
            return f"<b>{escape(text)}</b>"
        case Items(items=items):
            return "\n".join(_item(item) for item in items)
        case Table(header=header, rows=rows):
            return _table(header, rows)
        case Details(summary=summary, blocks=blocks):
            inner = "\n".join((f"<b>{escape(summary)}</b>", *blocks_html(blocks, quoted=True)))
            return inner if quoted else f"<blockquote expandable>{inner}</blockquote>"
        case Link():
            return ""
        case _:
            assert_never(block)


def links_in(blocks: Iterable[Block]) -> Iterator[Link]:
    """The links of some blocks at any depth, which become buttons."""
    for block in blocks:
        if block.block == "link":
            yield block
        elif block.block == "details":
            yield from links_in(block.blocks)


def _item(item: Item) -> str:
    icon = BULLET if item.mark == "info" else ICONS[item.mark]
    clause = f" <i>{escape(item.clause)}</i>" if item.clause else ""
    detail = f"\n    {spans_html(item.detail)}" if item.detail else ""
    return f"{icon} {spans_html(item.spans)}{clause}{detail}"


def _table(header: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> str:
    """A phone is too narrow for columns: two of them go on one line, more become a card for each row."""
    if len(header) <= 2:
        return "\n".join(f"{BULLET} {': '.join(_cells(row))}" for row in rows)
    return "\n\n".join(_card(header, row) for row in rows)


def _cells(row: tuple[str, ...]) -> Iterator[str]:
    yield f"<b>{escape(row[0])}</b>" if row[0].strip() else ""
    yield from map(escape, row[1:])


def _card(header: tuple[str, ...], row: tuple[str, ...]) -> str:
    lines = [f"{BULLET} {next(_cells(row))}"]
    lines += [
        f"    {escape(label)}: {escape(text)}"
        for label, text in zip(header[1:], row[1:], strict=True)
        if text
    ]
    return "\n".join(lines)
