"""The sign of each mark and tone, and what it means in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from dialogs.engine.screen import Mark, Tone
from locales.words import Words

SIGNS: Final[Mapping[Mark | Tone, str]] = {
    "met": "✓",
    "not_met": "✗",
    "unclear": "?",
    "unknown": "○",
    "self_stated": "✎",
    "not_applicable": "–",
    "info": "i",
    "success": "✓",
    "warning": "!",
    "error": "✗",
    "date": "◷",
}


def mark_words(words: Words) -> dict[Mark | Tone, str]:
    """What each sign means, for those who do not see it."""
    return {
        "met": words.say("Met"),
        "not_met": words.say("Not met"),
        "unclear": words.say("To be confirmed"),
        "unknown": words.say("Not answered yet"),
        "self_stated": words.say("Stated by yourselves"),
        "not_applicable": words.say("Does not apply"),
        "info": words.say("Note"),
        "success": words.say("Done"),
        "warning": words.say("Attention"),
        "error": words.say("Problem"),
        "date": words.say("Date"),
    }
