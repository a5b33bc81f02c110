"""What the page may post, checked before anything else looks at it."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.web.errors import BAD_REQUEST, WebError
from bot.web.limits import too_long
from dialogs.engine.screen import CARD_ID
from dialogs.incoming import Answered, Command, CommandName, Content, Pressed, Typed

# JSON numbers above this are not the same in every reader, and no id of ours comes near it.
LARGEST_ID: Final = 2**53 - 1

PLACE: Final = "web"
"""Where the page shows a card that was answered: it changes there. A card without it is said anew."""

_CONTROL: Final = {code: None for code in range(32) if chr(code) not in "\n\t"} | {0x7F: None}


class _Posted(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


class TypedContent(_Posted):
    """A text from the answer box."""

    kind: Literal["typed"]
    text: str


class PressedContent(_Posted):
    """A press of a button."""

    kind: Literal["pressed"]
    conversation: Annotated[int, Field(ge=0, le=LARGEST_ID)]
    revision: Annotated[int, Field(ge=0, le=LARGEST_ID)]
    choice: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[!-~]+$")]


class AnsweredContent(_Posted):
    """A press of a button of a card."""

    kind: Literal["answered"]
    card: Annotated[str, Field(pattern=CARD_ID)]
    choice: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[!-~]+$")]


class CommandContent(_Posted):
    """A command from the head of the page."""

    kind: Literal["command"]
    name: CommandName
    argument: Annotated[str, Field(max_length=64, pattern=r"^[!-~]*$")] = ""


class Post(_Posted):
    """One thing a person said. `key` is new for each and the same when it is sent again."""

    key: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
    content: Annotated[
        TypedContent | PressedContent | AnsweredContent | CommandContent, Field(discriminator="kind")
    ]


class ReturnPost(_Posted):
    """A return code as somebody entered it."""

    code: Annotated[str, Field(max_length=200)]


def read_return(body: bytes) -> str:
    """The entered code of a body; `WebError` when it is not one of ours."""
    try:
        return ReturnPost.model_validate_json(body).code
    except ValidationError:
        raise WebError(400, "bad_request", BAD_REQUEST) from None


def read_id(text: str) -> int:
    """An id in an address or a header; 0, which no row has, for anything else."""
    return min(int(text), LARGEST_ID) if text.isascii() and text.isdigit() and len(text) < 20 else 0


def read_post(body: bytes, max_message_chars: int) -> tuple[str, Content]:
    """The key and the content of a body; `WebError` when it is not one of ours or too long."""
    try:
        posted = Post.model_validate_json(body)
    except ValidationError:
        raise WebError(400, "bad_request", BAD_REQUEST) from None
    match posted.content:
        case TypedContent(text=text):
            if len(text) > max_message_chars:
                raise too_long(max_message_chars)
            return posted.key, Typed(text.translate(_CONTROL))
        case PressedContent(conversation=conversation, revision=revision, choice=choice):
            return posted.key, Pressed(conversation, revision, choice)
        case AnsweredContent(card=card, choice=choice):
            return posted.key, Answered(card, choice, PLACE)
        case CommandContent(name=name, argument=argument):
            return posted.key, Command(name, argument)
