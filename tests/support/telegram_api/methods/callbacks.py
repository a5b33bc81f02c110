"""Answers to pressed buttons."""

from __future__ import annotations

from typing import Final

from tests.support.telegram_api.answers import QUERY_TOO_OLD, Granted, bad_request
from tests.support.telegram_api.call import Call, method

LONGEST_ANSWER: Final = 200


@method("answerCallbackQuery")
def answer_callback_query(call: Call) -> Granted:
    """End the waiting of somebody who pressed a button, with a short word where one is needed."""
    text = call.parameters.text("text") or ""
    press = call.world.presses.get(call.parameters.text("callback_query_id") or "")
    now = call.world.clock.now()
    if press is None or now - press.at > call.world.callback_seconds:
        raise bad_request(QUERY_TOO_OLD)
    if len(text) > LONGEST_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    if call.parameters.text("url"):
        raise bad_request("URL_INVALID")
    press.answered = {"text": text, "show_alert": call.parameters.true("show_alert")}
    call.world.changed(press.chat)
    return Granted(result=True)
