"""Asking staff for what a round says: one question for each entry, and what an answer makes of the terms.

A text is typed in Chinese and, after a bar, in English; conditions one a line. Answers are kept as JSON: days as ISO text,
texts as ``[Chinese, English]``, and an empty text for what was left open.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from dialogs.engine.answers import Json
from dialogs.engine.choosing import Option
from dialogs.engine.question import Question
from dialogs.engine.typed import AskTyped, NotUnderstood, Reader, Understood
from dialogs.reading import date_reader
from dialogs.round_words import entry_text
from dialogs.understanding.result import Understood as Read
from dialogs.understanding.text import LONG, read_text
from dialogs.world import World
from domain.rounds import DAYS, LONGEST_REASON, MOST_CONDITIONS, Bilingual, Terms, is_link
from domain.values import PartialDate

LEFT_OPEN: Final = ""
ENOUGH: Final = "enough"
"""The answer that leaves this entry and all that follow open."""

ORDER: Final = (
    "name",
    "opens",
    "closes_safe",
    "closes_outer",
    "decision_due",
    "quotas",
    "hand_in",
    "contact",
    "conditions",
    "source_link",
)
_BAR: Final = re.compile(r"\s*[|｜]\s*")
_LINE_ENDS: Final = re.compile(r"[\n;；]+")
_TO_SKIP: Final = ("跳过", "略过", "不填", "没有", "无", "skip", "none")


def titles(world: World) -> Mapping[str, str]:
    """The question for each entry."""
    say = world.words.say
    return {
        "name": say("What is the round called?"),
        "opens": say("From which day are applications taken?"),
        "closes_safe": say("By which day does an application have to be there, to be safe?"),
        "closes_outer": say("After which day is nothing accepted any more, if that is a later one?"),
        "decision_due": say("By when is it decided?"),
        "quotas": say("How many are recognised or recommended?"),
        "hand_in": say("Where and how is an application handed in?"),
        "contact": say("Who answers questions, and how are they reached?"),
        "conditions": say("Are there further local conditions? One a line."),
        "source_link": say("Where was it published? Give the link."),
    }


def read_entry(world: World, entry: str, text: str) -> Json | NotUnderstood:
    """What a text is understood as for an entry; an empty one leaves it open."""
    if not text.strip():
        return LEFT_OPEN
    result = _reader(world, entry)(text)
    return result.value if isinstance(result, Understood) else result


def _reader(world: World, entry: str) -> Reader:
    if entry in DAYS:
        return _day_reader(world)
    match entry:
        case "source_link":
            return _link_reader(world)
        case "conditions":
            return _conditions_reader(world)
        case _:
            return _text_reader(world)


def question(world: World, entry: str, ways_past: tuple[Option, ...] = ()) -> Question:
    """The question for an entry; ``ways_past`` are the buttons that leave it open."""
    words, say = world.words, world.words.say

    def tell(value: Json) -> str:
        return entry_text(world, entry, value_of(entry, value))

    examples = {
        "source_link": "https://www.example.gov.cn/notice",
        "conditions": say("passed the city's training | 已通过市级培训"),
        "name": say("First round of 2027 | 2027年第一批"),
    }
    day = entry in DAYS
    example = (
        f"{world.today.year + 1}-05-31" if day else say("the county bureau, on paper | 所在区县局，纸质")
    )
    return AskTyped(
        words,
        "date" if day else "text",
        examples.get(entry, example),
        _reader(world, entry),
        tell,
        lambda value: is_answer(entry, value),
        shortcuts=ways_past,
    )


def skip(world: World) -> Option:
    """The button that leaves one entry open."""
    return Option(LEFT_OPEN, world.words.say("Leave it open"), "skip", _TO_SKIP)


def enough(world: World) -> Option:
    """The button that leaves this entry and all that follow open."""
    return Option(ENOUGH, world.words.say("Leave the rest open"), "enough")


def reason(world: World) -> Question:
    """Why something is done; kept for good."""

    def read(text: str) -> Understood | NotUnderstood:
        result = read_text(text, limit=LONGEST_REASON)
        return Understood(result.value) if isinstance(result, Read) else NotUnderstood()

    return AskTyped(
        world.words,
        "text",
        world.words.say("the notice was published today"),
        read,
        str,
        lambda value: isinstance(value, str) and 0 < len(value) <= LONGEST_REASON,
    )


def is_answer(entry: str, value: Json) -> bool:
    """Whether a stored answer is one to this entry."""
    if value == LEFT_OPEN:
        return True
    if entry in DAYS:
        return isinstance(value, str) and _is_day(value)
    if entry == "source_link":
        return isinstance(value, str) and is_link(value)
    if entry == "conditions":
        return isinstance(value, list) and len(value) <= MOST_CONDITIONS and all(map(_is_pair, value))
    return _is_pair(value)


def value_of(entry: str, value: Json) -> Any:
    """The value of the terms' entry that an answer stands for."""
    if entry in DAYS:
        return date.fromisoformat(value) if isinstance(value, str) and value else None
    if entry == "source_link":
        return value if isinstance(value, str) else ""
    if entry == "conditions":
        return tuple(map(_pair, value)) if isinstance(value, list) else ()
    return _pair(value)


def with_answers(terms: Terms, answers: Mapping[str, Json]) -> Terms:
    """The terms with what was answered, by entry."""
    told = {entry: value for entry, value in answers.items() if value != ENOUGH}
    return replace(terms, **{entry: value_of(entry, value) for entry, value in told.items()})


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_pair(value: Json) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(isinstance(part, str) for part in value)


def _pair(value: Json) -> Bilingual:
    if not isinstance(value, list):
        return Bilingual()
    chinese, english = (str(part) for part in value)
    return Bilingual(chinese, english)


def _day_reader(world: World) -> Reader:
    """Days, exactly; a month alone closes nothing."""
    read = date_reader(world.words, world.today, past=False)

    def exact(text: str) -> Understood | NotUnderstood:
        result = read(text)
        if not isinstance(result, Understood):
            return result
        told = [one for one in (result.value, *result.others) if isinstance(one, str)]
        days = [one for one in told if PartialDate.parse(one).exact]
        if not days:
            return NotUnderstood(world.words.say("Please give the day as well."))
        return Understood(days[0], result.approximate, tuple(days[1:]))

    return exact


def _link_reader(world: World) -> Reader:
    def read(text: str) -> Understood | NotUnderstood:
        link = text.strip()
        if is_link(link):
            return Understood(link)
        return NotUnderstood(world.words.say("That is no address of a page."))

    return read


def _text_reader(world: World) -> Reader:
    def read(text: str) -> Understood | NotUnderstood:
        pair = two_languages(world, text)
        return pair if isinstance(pair, NotUnderstood) else Understood(list(pair))

    return read


def _conditions_reader(world: World) -> Reader:
    def read(text: str) -> Understood | NotUnderstood:
        result = read_text(text, limit=LONG, lines=True)
        if not isinstance(result, Read):
            return NotUnderstood()
        found: list[Json] = []
        for line in filter(str.strip, _LINE_ENDS.split(result.value)):
            pair = two_languages(world, line)
            if isinstance(pair, NotUnderstood):
                return pair
            found.append(list(pair))
        if len(found) > MOST_CONDITIONS:
            return NotUnderstood(world.words.say("There are too many conditions (20 at most)."))
        return Understood(found) if found else NotUnderstood()

    return read


def two_languages(world: World, text: str) -> tuple[str, str] | NotUnderstood:
    """Chinese and English, whichever stands first; one of them alone is told by its characters."""
    result = read_text(text, limit=LONG)
    if not isinstance(result, Read):
        return NotUnderstood()
    parts = [part for part in _BAR.split(result.value) if part]
    if len(parts) == 1:
        return (parts[0], "") if _is_chinese(parts[0]) else _without_chinese(world, parts[0])
    if len(parts) == 2:
        first, second = parts
        return (first, second) if _is_chinese(first) or not _is_chinese(second) else (second, first)
    return NotUnderstood(
        world.words.say("Please give the Chinese text, then a bar (|), then the English one.")
    )


def _without_chinese(world: World, text: str) -> tuple[str, str] | NotUnderstood:
    # A phone number or an address of a page reads the same in both languages.
    if not any(character.isalpha() for character in text) or is_link(text) or "@" in text:
        return (text, "")
    return NotUnderstood(
        world.words.say("Please give it in Chinese too: Chinese, then a bar (|), then English.")
    )


def _is_chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)
