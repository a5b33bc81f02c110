"""Blocks as HTML, for pages that are printed. The chat itself is drawn by the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, assert_never

from markupsafe import Markup, escape

from bot.signs import SIGNS
from dialogs.engine.screen import (
    Block,
    Details,
    Echo,
    Heading,
    Item,
    Items,
    Link,
    Mark,
    Notice,
    Paragraph,
    Span,
    Table,
    Tone,
)

_JOIN: Final = Markup("")


def draw_all(blocks: Iterable[Block], marks: Mapping[Mark | Tone, str]) -> Markup:
    """Several blocks, one after the other; `marks` says what each sign means."""
    return Markup("\n").join(draw(block, marks) for block in blocks)


def draw(block: Block, marks: Mapping[Mark | Tone, str]) -> Markup:
    """One block. On paper nothing is collapsed and nothing can be pressed."""
    match block:
        case Paragraph(spans=spans):
            return Markup("<p>{}</p>").format(_spans(spans))
        case Heading(text=text):
            return Markup("<h2>{}</h2>").format(text)
        case Items(items=items):
            return Markup('<ul class="items">{}</ul>').format(
                _JOIN.join(_item(item, marks) for item in items)
            )
        case Table(header=header, rows=rows):
            return _table(header, rows)
        case Notice(tone=tone, spans=spans):
            return Markup('<div class="notice is-{}">{}<div class="text">{}</div></div>').format(
                tone, _sign(tone, marks), _spans(spans)
            )
        case Echo(spans=spans):
            return Markup('<p class="echo">{}</p>').format(_spans(spans))
        case Details(summary=summary, blocks=inner):
            return Markup("<section><h3>{}</h3>{}</section>").format(summary, draw_all(inner, marks))
        case Link(label=label):
            return Markup("<p>{}</p>").format(label)
        case _:
            assert_never(block)


def _spans(spans: Iterable[Span]) -> Markup:
    return _JOIN.join(
        Markup("<strong>{}</strong>").format(span.text) if span.strong else escape(span.text)
        for span in spans
    )


def _sign(mark: Mark | Tone, marks: Mapping[Mark | Tone, str]) -> Markup:
    return Markup('<span class="icon" aria-hidden="true">{}</span><span class="unseen">{}: </span>').format(
        SIGNS[mark], marks[mark]
    )


def _item(item: Item, marks: Mapping[Mark | Tone, str]) -> Markup:
    clause = Markup(' <span class="clause">{}</span>').format(item.clause) if item.clause else ""
    detail = Markup('<p class="detail">{}</p>').format(_spans(item.detail)) if item.detail else ""
    return Markup('<li class="item is-{}">{}<div class="text">{}{}{}</div></li>').format(
        item.mark, _sign(item.mark, marks), _spans(item.spans), clause, detail
    )


def _table(header: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> Markup:
    """A table that the style sheet turns into cards on a narrow screen; the roles keep it a table there."""
    head = _JOIN.join(Markup('<th scope="col" role="columnheader">{}</th>').format(text) for text in header)
    body = _JOIN.join(
        Markup('<tr role="row">{}</tr>').format(_JOIN.join(_cells(header, row))) for row in rows
    )
    return Markup(
        '<table role="table"><thead role="rowgroup"><tr role="row">{}</tr></thead>'
        '<tbody role="rowgroup">{}</tbody></table>'
    ).format(head, body)


def _cells(header: tuple[str, ...], row: tuple[str, ...]) -> Iterator[Markup]:
    yield Markup('<th scope="row" role="rowheader">{}</th>').format(row[0])
    for label, text in zip(header[1:], row[1:], strict=True):
        yield Markup('<td role="cell" data-label="{}">{}</td>').format(label, text)
