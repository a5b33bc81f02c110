"""The words of the page itself: everything the page says that no screen says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from bot.signs import SIGNS, mark_words
from dialogs.engine.screen import Mark, Tone
from locales.words import LANGUAGES, Catalogues, Language, Words

LANGUAGE_TAGS: Final[Mapping[Language, str]] = {"zh_CN": "zh-CN", "en": "en"}
"""How HTML and HTTP write our languages (BCP 47)."""

OWN_NAMES: Final[Mapping[Language, str]] = {"zh_CN": "中文", "en": "English"}
"""Each language in its own words, so that a person finds theirs on a page they cannot read."""


def page_words(words: Words) -> dict[str, str | Mapping[Mark | Tone, str]]:
    """Every text of the page in one language; ``{name}`` is a place the page fills in itself."""
    other = LANGUAGES[(LANGUAGES.index(words.language) + 1) % len(LANGUAGES)]
    return {
        "lang": LANGUAGE_TAGS[words.language],
        "title": words.say("Zhuoyue assistant for quality awards"),
        "name": words.say("Zhuoyue"),
        "other_language": other,
        "other_lang": LANGUAGE_TAGS[other],
        "language": OWN_NAMES[other],
        "skip": words.say("Skip to the answer box"),
        "ways": words.say("Other ways to go on"),
        "conversation": words.say("Conversation"),
        "choices": words.say("Choices"),
        "menu": words.say("Menu"),
        "answers": words.say("My answers"),
        "help": words.say("Help"),
        "your_answer": words.say("Your answer"),
        "send": words.say("Send"),
        "assistant": words.say("Assistant"),
        "you": words.say("You"),
        "example": words.say("For example: %(example)s", example="{example}"),
        "step": words.say("Question %(step)s", step="{step}"),
        "step_of": words.say("Question %(step)s of about %(about)s", step="{step}", about="{about}"),
        "years_legend": words.say("Or fill in year by year"),
        "year_field": words.say("Year %(year)s", year="{year}"),
        "date_legend": words.say("Or fill in the date; month and day may stay empty"),
        "year": words.say("Year"),
        "month": words.say("Month"),
        "day": words.say("Day"),
        "use_fields": words.say("Use these values"),
        "choose_file": words.say("Choose a file"),
        "choose_files": words.say("Choose files"),
        "drop_here": words.say("or drop it here"),
        "file_too_large": words.say("%(name)s is too large: at most %(size)s.", name="{name}", size="{size}"),
        "file_lost": words.say(
            "%(name)s may not have arrived. If it is not shown above, please choose it again.", name="{name}"
        ),
        "again": words.say("Try again now"),
        "offline": words.say(
            "No connection. What you said is kept and goes out by itself as soon as the connection is back."
        ),
        "failing": words.say(
            "The assistant cannot answer just now. What you said is kept and will be tried again."
        ),
        "refused": words.say("That could not be taken. Nothing was changed."),
        "reconnecting": words.say("Connecting again…"),
        "ended": words.say(
            "The earlier chat has ended because it had not been used for a while. This is a new one."
        ),
        "return_title": words.say("Been here before? Enter your return code"),
        "return_hint": words.say(
            "You got it when your details were saved; it looks like this: 17-ABCD-EFGH-JKMN-PQRS. This chat is then left."
        ),
        "return_code": words.say("Return code"),
        "return_go": words.say("Continue there"),
        "return_offline": words.say("No connection. Please try again in a moment."),
        "news": words.say("New message ↓"),
        "returned": words.say("Welcome back. This is your earlier chat."),
        "marks": mark_words(words),
        "signs": SIGNS,
    }


def page_words_json(catalogues: Catalogues) -> str:
    """The words of all languages as a JSON text that is safe inside a script element."""
    every = {language: page_words(catalogues.words(language)) for language in LANGUAGES}
    return json.dumps(every, ensure_ascii=False).replace("<", "\\u003c").replace("&", "\\u0026")


def preferred_language(accepted: str, default: Language) -> Language:
    """The language of an ``Accept-Language`` header that we speak and its sender likes best, else `default`."""
    best: tuple[float, Language] | None = None
    for part in accepted.split(",")[:20]:
        tag, _, weight = part.strip().partition(";")
        language = _ours(tag)
        if language is None:
            continue
        quality = _quality(weight)
        if quality > 0 and (best is None or quality > best[0]):
            best = (quality, language)
    return best[1] if best else default


def known_language(name: str, default: Language) -> Language:
    """`name` if it is one of our languages, else `default`."""
    for language in LANGUAGES:
        if name == language:
            return language
    return default


def _ours(tag: str) -> Language | None:
    first = tag.strip().lower().split("-")[0]
    for language in LANGUAGES:
        if first == LANGUAGE_TAGS[language].lower().split("-", maxsplit=1)[0]:
            return language
    return None


def _quality(weight: str) -> float:
    name, _, number = weight.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(number)
    except ValueError:
        return 0.0
