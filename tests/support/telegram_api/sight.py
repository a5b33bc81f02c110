"""What a person sees on the screen: messages as they are now."""

from __future__ import annotations

from dataclasses import dataclass

from tests.support.telegram_api.answers import Json
from tests.support.telegram_api.model import Message, User


@dataclass(frozen=True, slots=True)
class Button:
    """A button below a message."""

    text: str
    data: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as it is shown now."""

    id: int
    chat_id: int
    from_bot: bool
    text: str
    rows: tuple[tuple[Button, ...], ...]
    edited: bool
    file_name: str | None
    content: Json

    @property
    def buttons(self) -> tuple[Button, ...]:
        """All buttons, row by row."""
        return tuple(button for row in self.rows for button in row)

    @property
    def labels(self) -> tuple[str, ...]:
        """What stands on the buttons."""
        return tuple(button.text for button in self.buttons)

    def button(self, label: str) -> Button:
        """A button by what stands on it, or else the only one with that in it."""
        exact = [button for button in self.buttons if button.text == label]
        near = exact or [button for button in self.buttons if label in button.text]
        assert near, f"no button {label!r} among {self.labels}"
        return near[0]


def seen(message: Message, bot: User) -> Seen:
    """How a message looks."""
    rows = (message.markup or {}).get("inline_keyboard", [])
    content = message.content
    file: Json = content.get("document") or {}
    return Seen(
        message.id,
        message.chat.id,
        message.sender is bot,
        str(content.get("text") or content.get("caption") or ""),
        tuple(
            tuple(Button(button["text"], button.get("callback_data"), button.get("url")) for button in row)
            for row in rows
        ),
        message.edit_date is not None,
        file.get("file_name"),
        content,
    )
