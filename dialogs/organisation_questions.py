"""The questions about an organisation and how to reach its contact: each can be skipped, or all the rest at once."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dialogs.credit_code import why_wrong
from dialogs.engine.answers import Json
from dialogs.engine.choosing import ChooseOne, Option
from dialogs.engine.question import Question
from dialogs.engine.screen import Block, Paragraph, plain
from dialogs.engine.typed import AskTyped, NotUnderstood, Reader, Understood
from dialogs.understanding.result import Understood as Read
from dialogs.understanding.text import phrases, read_text
from dialogs.world import World
from domain.organisations import CreditCode, read_credit_code
from locales.words import mark

SKIPPED = ""
ENOUGH = "@enough"
"""The answer that skips this question and all that follow."""
SIZES: Mapping[str, str] = {
    "large": mark("Large"),
    "medium": mark("Medium"),
    "small": mark("Small"),
    "micro": mark("Micro"),
}
"""Sizes by the national statistical classification, with their source strings."""

_SKIPPING = tuple(
    phrases(
        "跳过, 先跳过, 略过, 不填, 先不填, 暂不填写, 不说, 没有, 无, 不清楚, 不知道, 不确定, 记不清, 不记得, 下一个, "
        "skip, next, none, not sure, don't know, i don't know, pass"
    )
)
_ENOUGH = tuple(
    phrases("都跳过, 全部跳过, 跳过全部, 都不填, 后面都跳过, skip all, skip the rest, skip everything")
)
_LONGEST = 100
_PHONE = re.compile(r"\+?[0-9][0-9 \-()]{5,18}[0-9]\Z", re.ASCII)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]{2,}\Z")


def why_asked(world: World, name: str) -> tuple[Block, ...]:
    """Why a question is asked and where its answer is found; nothing for those that speak for themselves."""
    say = world.words.say
    reasons = {
        "code": say(
            "It stands on the business licence: 18 digits and capital letters, never I, O, S, V or Z. We only check its form."
        ),
        "size": say("By the national statistical classification; choose the nearest if you are not sure."),
    }
    return (Paragraph(spans=plain(reasons[name])),) if name in reasons else ()


def questions(world: World, ways_past: tuple[Option, ...]) -> Mapping[str, tuple[str, Question]]:
    """Title and question of each entry, by name; ``ways_past`` are the buttons that leave it open."""
    words, say = world.words, world.words.say
    sizes = tuple(Option(size, say(label), size) for size, label in SIZES.items())
    phone = _pattern(_PHONE, say("That does not look like a phone number."))
    email = _pattern(_EMAIL, say("That does not look like an e-mail address."))

    def text(example: str, read: Reader) -> Question:
        return AskTyped(words, "text", example, read, str, _is_text, shortcuts=ways_past)

    return {
        "name": (
            say("What is the name of your organisation?"),
            text(say("Example Precision Co., Ltd."), _short),
        ),
        "code": (
            say("What is its unified social credit code?"),
            text("91410100MA9F0XXXX0", _code_reader(world)),
        ),
        "district": (
            say("In which city and district is it registered?"),
            text(say("Zhongyuan District, Zhengzhou"), _short),
        ),
        "industry": (say("What is its industry?"), text(say("precision machining"), _short)),
        "size": (say("How large is it?"), ChooseOne(words, (*sizes, *ways_past))),
        "contact_name": (say("Who is the contact?"), text(say("Ms Li"), _short)),
        "phone": (say("At which phone number?"), text("0371-12345678", phone)),
        "email": (say("At which e-mail address?"), text("quality@example.com", email)),
    }


def skip(world: World) -> Option:
    """The button that leaves one question open."""
    return Option(SKIPPED, world.words.say("Skip"), "skip", _SKIPPING)


def enough(world: World) -> Option:
    """The button that leaves this question and all that follow open."""
    return Option(ENOUGH, world.words.say("Skip the rest and go on"), "enough", _ENOUGH)


def _is_text(value: Json) -> bool:
    return isinstance(value, str)


def _short(text: str) -> Understood | NotUnderstood:
    result = read_text(text, limit=_LONGEST)
    return Understood(result.value) if isinstance(result, Read) else NotUnderstood()


def _pattern(pattern: re.Pattern[str], reason: str) -> Reader:
    def read(text: str) -> Understood | NotUnderstood:
        result = _short(text)
        fits = isinstance(result, Understood) and pattern.match(str(result.value)) is not None
        return result if fits else NotUnderstood(reason)

    return read


def _code_reader(world: World) -> Reader:
    def read(text: str) -> Understood | NotUnderstood:
        reading = read_credit_code(text[: 2 * _LONGEST])
        if isinstance(reading, CreditCode):
            return Understood(reading.value)
        return NotUnderstood(why_wrong(reading, world.words))

    return read
