"""Asking for what an announcement says: a title and a text, in Chinese, in English or in both."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from dialogs.engine.answers import Json
from dialogs.engine.choosing import Option
from dialogs.engine.dialog import State, Then
from dialogs.engine.typed import AskTyped, NotUnderstood, Understood
from dialogs.understanding.result import Understood as Read
from dialogs.understanding.text import read_text
from dialogs.world import World
from domain.announcements import LONGEST_TEXT, LONGEST_TITLE, Texts
from domain.rounds import Bilingual

LEFT_OUT: Final = ""
"""The answer that it is not written in a language."""

_BAR: Final = re.compile(r"\s*[|｜]\s*")


TITLE: Final = "title"
CHINESE: Final = "text_zh"
ENGLISH: Final = "text_en"
"""The states, in the order in which they are asked."""


def text_states(
    world: World, given: Mapping[str, Json], after: Callable[[str], Then], before: Texts | None = None
) -> tuple[State, ...]:
    """A title, and a text in one or both languages; `after` says what follows each, `before` what stands there so far."""
    say = world.words.say
    in_chinese = given.get(CHINESE, "" if before is None else before.text.zh)
    english_alone = Option(LEFT_OUT, say("Only in English"), "skip", ("跳过", "skip"))
    chinese_alone = Option(LEFT_OUT, say("Only in Chinese"), "skip", ("跳过", "skip"))
    return (
        State(
            TITLE,
            say("What is its title? Chinese, then a bar (|) and English, or one of them alone."),
            AskTyped(
                world.words,
                "text",
                say("Training on 12 March | 3月12日培训"),
                lambda text: _read_title(world, text),
                _tell_title,
                _is_title,
            ),
            after(TITLE),
        ),
        State(CHINESE, say("What does it say in Chinese?"), _text(world, (english_alone,)), after(CHINESE)),
        State(
            ENGLISH,
            say("What does it say in English?"),
            _text(world, (chinese_alone,) if in_chinese else ()),
            after(ENGLISH),
        ),
    )


def _text(world: World, ways_past: tuple[Option, ...]) -> AskTyped:
    def read(text: str) -> Understood | NotUnderstood:
        result = read_text(text, limit=LONGEST_TEXT, lines=True)
        if isinstance(result, Read):
            return Understood(result.value)
        return NotUnderstood(world.words.say("Please write a text of at most 2,000 characters."))

    return AskTyped(
        world.words,
        "text",
        "",
        read,
        str,
        lambda value: isinstance(value, str) and 0 < len(value) <= LONGEST_TEXT,
        shortcuts=ways_past,
    )


def _read_title(world: World, text: str) -> Understood | NotUnderstood:
    title = read_title(text)
    if title is None:
        return NotUnderstood(
            world.words.say("Please give one title in Chinese, in English, or both with a bar (|) between.")
        )
    return Understood([title.zh, title.en])


def read_title(text: str) -> Bilingual | None:
    """A title in one or both languages, whichever stands first; None when it is none."""
    result = read_text(text)
    parts = [part for part in _BAR.split(result.value) if part] if isinstance(result, Read) else []
    if not 1 <= len(parts) <= 2 or max(map(len, parts)) > LONGEST_TITLE:
        return None
    if len(parts) == 1:
        return Bilingual(parts[0], "") if _is_chinese(parts[0]) else Bilingual("", parts[0])
    first, second = parts
    return (
        Bilingual(second, first)
        if _is_chinese(second) and not _is_chinese(first)
        else Bilingual(first, second)
    )


def _is_chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)


def _tell_title(value: Json) -> str:
    return " | ".join(str(part) for part in value if part) if isinstance(value, list) else ""


def _is_title(value: Json) -> bool:
    if not isinstance(value, list) or len(value) != 2:
        return False
    return all(isinstance(part, str) and len(part) <= LONGEST_TITLE for part in value) and any(value)


def texts_of(given: Mapping[str, Json], before: Texts | None = None) -> Texts:
    """What was answered, by state; what was not asked stays as it was `before`."""
    so_far = before or Texts(Bilingual("", ""), Bilingual("", ""))
    title = given.get(TITLE)
    return Texts(
        Bilingual(*(str(part) for part in title)) if isinstance(title, list) else so_far.title,
        Bilingual(str(given.get(CHINESE, so_far.text.zh)), str(given.get(ENGLISH, so_far.text.en))),
    )
