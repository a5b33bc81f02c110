"""Keyboards under messages: which Telegram takes, and in which words it refuses the others."""

from __future__ import annotations

from typing import Any, Final

from tests.support.telegram_api.answers import Json, bad_request
from tests.support.telegram_api.parameters import Parameters

MOST_BUTTONS: Final = 100
MOST_BUTTONS_A_ROW: Final = 8
"""Both limits are not documented; they are what python-telegram-bot's constants give as observed."""

LONGEST_DATA: Final = 64
LONGEST_PLACEHOLDER: Final = 64

_ACTIONS: Final = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "pay",
)


def markup_of(parameters: Parameters) -> Json | None:
    """The keyboard of a request, checked; nothing when there is none."""
    markup = parameters.parsed("reply_markup", "reply markup")
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in markup:
        return _inline(markup["inline_keyboard"])
    if "keyboard" in markup:
        return _reply_keyboard(markup)
    if markup.get("remove_keyboard") or markup.get("force_reply"):
        _placeholder(markup)
        return markup
    return None


def inline_markup_of(parameters: Parameters) -> Json | None:
    """The keyboard of an edit: buttons under the message, or none."""
    markup = markup_of(parameters)
    if markup is not None and "inline_keyboard" not in markup:
        raise bad_request("inline keyboard expected")
    return markup if markup and markup["inline_keyboard"] else None


def is_inline(markup: Json | None) -> bool:
    """Whether a keyboard hangs under its message."""
    return markup is not None and "inline_keyboard" in markup


def _rows(rows: Any, field: str) -> list[list[Any]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(f'field "{field}" of the ReplyMarkup must be an Array of Arrays')
    kept = [row for row in rows if row]
    if sum(map(len, kept)) > MOST_BUTTONS or any(len(row) > MOST_BUTTONS_A_ROW for row in kept):
        raise bad_request("reply markup is too long")
    return kept


def _inline(rows: Any) -> Json:
    return {
        "inline_keyboard": [
            [_inline_button(button) for button in row] for row in _rows(rows, "inline_keyboard")
        ]
    }


def _inline_button(button: Any) -> Json:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    text = button.get("text")
    if not isinstance(text, str) or not text.strip():
        raise bad_request('can\'t parse inline keyboard button: Field "text" must be of type String')
    actions = [name for name in _ACTIONS if name in button]
    if len(actions) != 1:
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    action = actions[0]
    value = button[action]
    match action:
        case "callback_data":
            if not isinstance(value, str) or not 1 <= len(value.encode()) <= LONGEST_DATA:
                raise bad_request("BUTTON_DATA_INVALID")
        case "url":
            if not isinstance(value, str) or not value.startswith(("http://", "https://", "tg://")):
                raise bad_request("inline keyboard button URL is invalid")
        case "web_app":
            if not isinstance(value, dict) or not str(value.get("url", "")).startswith("https://"):
                raise bad_request(
                    "inline keyboard button Web App URL is invalid: Only HTTPS links are allowed"
                )
        case _:
            pass
    return {"text": text, action: value}


def _reply_keyboard(markup: Json) -> Json:
    rows = [[_reply_button(button) for button in row] for row in _rows(markup["keyboard"], "keyboard")]
    if not rows:
        raise bad_request("reply keyboard must have at least one button")
    _placeholder(markup)
    return {**markup, "keyboard": rows}


def _reply_button(button: Any) -> Json:
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict) or not isinstance(button.get("text"), str) or not button["text"]:
        raise bad_request('can\'t parse keyboard button: Field "text" must be of type String')
    return dict(button)


def _placeholder(markup: Json) -> None:
    placeholder = markup.get("input_field_placeholder")
    if placeholder is not None and not 1 <= len(placeholder) <= LONGEST_PLACEHOLDER:
        raise bad_request("input field placeholder is too long")
