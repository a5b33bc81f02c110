"""What a conversation shows, in words but without a channel.

Every string in a screen is final, localised text. A channel renders each kind of block with
``match`` and ``assert_never``, so that a new kind cannot be forgotten by one of them. The JSON of
a `Message` is what the outbox stores.
"""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from functools import lru_cache
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from domain.uploads import FileKind


class Frozen(BaseModel):
    """A value that never changes and refuses what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Span(Frozen):
    """A run of text, emphasised or not."""

    text: str
    strong: bool = False


Mark = Literal[
    "met",
    "not_met",
    "unclear",
    "unknown",
    "self_stated",
    "not_applicable",
    "info",
    "warning",
    "date",
]


class Item(Frozen):
    """One line of a list: how it stands, what it says, and the clause it comes from."""

    mark: Mark
    spans: tuple[Span, ...]
    clause: str = ""
    detail: tuple[Span, ...] = ()


class Paragraph(Frozen):
    """Running text."""

    block: Literal["paragraph"] = "paragraph"
    spans: tuple[Span, ...]


class Heading(Frozen):
    """The title of what follows inside a screen."""

    block: Literal["heading"] = "heading"
    text: str


class Items(Frozen):
    """A list in which each line carries a mark."""

    block: Literal["items"] = "items"
    items: tuple[Item, ...]


class Table(Frozen):
    """Rows under a header; every row is as long as the header."""

    block: Literal["table"] = "table"
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Tone = Literal["info", "warning", "error", "success"]


class Notice(Frozen):
    """Something to notice first: a status, a warning, an error in what was typed."""

    block: Literal["notice"] = "notice"
    tone: Tone
    spans: tuple[Span, ...]


class Echo(Frozen):
    """How the last answer was understood."""

    block: Literal["echo"] = "echo"
    spans: tuple[Span, ...]


class Details(Frozen):
    """Blocks that start collapsed under a summary."""

    block: Literal["details"] = "details"
    summary: str
    blocks: tuple[Block, ...]


class Link(Frozen):
    """A page or file of this product; `path` starts with a slash and has no host."""

    block: Literal["link"] = "link"
    label: str
    path: str


Block = Annotated[
    Paragraph | Heading | Items | Table | Notice | Echo | Details | Link,
    Field(discriminator="block"),
]

Role = Literal["answer", "navigation", "edit"]


class Choice(Frozen):
    """A button. The key is stable across languages; a key starting with ``@`` works in every state."""

    key: str = Field(min_length=1, max_length=40, pattern=r"^[!-~]+$")
    label: str
    role: Role = "answer"
    selected: bool = False


@lru_cache(2048)
def button(key: str, label: str, role: Role = "answer", selected: bool = False) -> Choice:
    """A choice whose label is the product's own: the same few are shown again and again, so they are made once.

    What people said themselves is none of them; it is not to stay in memory.
    """
    return Choice(key=key, label=label, role=role, selected=selected)


ExpectationKind = Literal[
    "choice",
    "choices",
    "text",
    "number",
    "money",
    "percentage",
    "date",
    "year",
    "year_table",
    "events",
    "certificate",
    "upload",
]


class ExpectedFiles(Frozen):
    """Which files may be sent: their kinds, how many more, and how large each (in bytes)."""

    kinds: tuple[FileKind, ...]
    room: int
    most_bytes: int


class Expectation(Frozen):
    """What may be typed here, with an example; `years` are the rows a per-year table wants, `files` may be uploaded."""

    kind: ExpectationKind
    example: str
    years: tuple[int, ...] = ()
    files: ExpectedFiles | None = None


class Progress(Frozen):
    """Step `step` of about `about`; `about` is None while nobody can tell."""

    step: int
    about: int | None = None


class Screen(Frozen):
    """Everything one state shows."""

    conversation: int
    revision: int
    dialog: str
    state: str
    language: str
    title: str
    blocks: tuple[Block, ...] = ()
    choices: tuple[Choice, ...] = ()
    expects: Expectation | None = None
    progress: Progress | None = None


class ScreenMessage(Frozen):
    """The product shows a screen."""

    message: Literal["screen"] = "screen"
    screen: Screen


class Said(Frozen):
    """What the person typed or pressed, for channels that must show it themselves."""

    message: Literal["said"] = "said"
    text: str


CARD_ID: Final = r"^[a-z][0-9]{1,18}$"
"""A letter for the kind of card, and its number: ``r12``."""


class Card(Frozen):
    """A message that stands beside the conversation and has buttons of its own: a reminder, an announcement.

    It comes unasked and is answered with `Answered`, which leaves the conversation where it stands. A later message with
    the same `card` takes the place of the earlier one; `place` is then where the channel shows that, in its own words.
    """

    message: Literal["card"] = "card"
    card: str = Field(pattern=CARD_ID)
    language: str
    title: str
    blocks: tuple[Block, ...] = ()
    choices: tuple[Choice, ...] = ()
    place: str = ""


Message = Annotated[ScreenMessage | Said | Card, Field(discriminator="message")]

_MESSAGES: TypeAdapter[ScreenMessage | Said | Card] = TypeAdapter(Message)


def message_to_json(message: ScreenMessage | Said | Card) -> str:
    """The outbox form of a message."""
    return message.model_dump_json()


MINDED: Final = 256
"""Messages that are kept in mind until they are sent: more than are on their way to many chats at once."""

_minded: Final[OrderedDict[str, ScreenMessage | Said | Card]] = OrderedDict()


def keep_in_mind(text: str, message: ScreenMessage | Said | Card) -> None:
    """This message was just written as `text`, and somebody in this process is about to read it, once."""
    _minded[text] = message
    if len(_minded) > MINDED:
        with suppress(KeyError):
            _minded.popitem(last=False)


def in_mind(text: str) -> ScreenMessage | Said | Card | None:
    """The message that was written as exactly this text; it is forgotten with that. None: it has to be read."""
    return _minded.pop(text, None)


def forget_what_is_in_mind() -> None:
    """Somebody is erased: what they were told, and nobody was left to send it to, is not to stay in memory."""
    _minded.clear()


def message_from_json(text: str) -> ScreenMessage | Said | Card:
    """The message in an outbox row."""
    return _MESSAGES.validate_json(text)


def plain(text: str) -> tuple[Span, ...]:
    """One run of ordinary text; nothing for an empty one."""
    return (Span(text=text),) if text else ()


def strong(text: str) -> tuple[Span, ...]:
    """One run of emphasised text; nothing for an empty one."""
    return (Span(text=text, strong=True),) if text else ()


@lru_cache(1024)
def named(label: str) -> tuple[Span, ...]:
    """As `strong`, for what stands on a `button`: made once, as the button is."""
    return strong(label)


Details.model_rebuild()
