"""Questions answered by choosing: one of several, or any number of them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from dialogs.engine.answers import Json
from dialogs.engine.question import Drafted, Prompt, Reading, Refused, Took
from dialogs.engine.screen import Choice, Expectation, Role, Span, button, named, plain, strong
from dialogs.engine.unsure import UNCLEAR_VALUE, UNSURE, noted_as_unsure, says_unsure, unsure_choice
from dialogs.engine.which import Which
from dialogs.understanding import choice
from dialogs.understanding.answers import read_answer
from dialogs.understanding.result import Ambiguous, Understood
from locales.words import Words

DONE = "@done"
NONE = "@none"
_ONE = Expectation(kind="choice", example="")
_MANY = Expectation(kind="choices", example="")
_PAUSES = re.compile(r"[,，。;；、!！]+")
_MOST_PARTS = 3
_LEAST_ABRIDGED = 3
_MOST_SAID_TWICE = 60
_COURTESIES = frozenset({"谢谢", "谢谢您", "谢谢你", "多谢", "thanks", "thank you", "please"})


def folded(text: str) -> str:
    """``text`` without what does not matter when words are compared: width, case, spaces, final punctuation."""
    return unicodedata.normalize("NFKC", text).casefold().strip(" \t\r\n。.!！?？、,，;；:：")


@dataclass(frozen=True, slots=True)
class Option:
    """One possible answer: its stored value, its label, its key, and other words a person may type for it."""

    value: Json
    label: str
    key: str
    also: tuple[str, ...] = ()
    role: Role = "answer"

    def is_said(self, text: str) -> bool:
        """Whether ``text`` is this option's label, key or other word."""
        return folded(text) in {folded(word) for word in (self.label, self.key, *self.also)} - {""}


@dataclass(frozen=True, slots=True)
class ChooseOne:
    """One of several answers."""

    words: Words
    options: tuple[Option, ...]
    unsure: bool = False
    ways: bool = False
    """The options are ways on from a page: part of a label is enough to name one."""
    toggles: bool = field(default=False, init=False)

    @property
    def _which(self) -> Which:
        return Which(self.words, self._tell)

    def prompt(self, draft: Json, answer: Json) -> Prompt:
        """One button for each option; buttons need no example of what to type."""
        if draft is not None and (asked_back := self._which.prompt(draft, _ONE)) is not None:
            return asked_back
        choices = [
            button(option.key, option.label, option.role, _same(option.value, answer))
            for option in self.options
        ]
        if self.unsure:
            choices.append(unsure_choice(self.words, answer))
        return Prompt(tuple(choices), _ONE)

    def press(self, key: str, draft: Json) -> Reading | None:
        """The option with this key."""
        if draft is not None:
            return self._which.press(key, draft)
        if key == UNSURE and self.unsure:
            return Took(UNCLEAR_VALUE, self.words.say("Not sure"))
        for option in self.options:
            if option.key == key:
                return Took(option.value, option.label)
        return None

    def type(self, text: str, draft: Json) -> Reading:
        """The option that is named, by its label, its number or (yes and no) in other words."""
        if (settled := self._which.type(text, draft)) is not None:
            return settled
        if (said := next((option for option in self.options if option.is_said(text)), None)) is not None:
            return Took(said.value, text)
        if self.unsure and says_unsure(text):
            return Took(UNCLEAR_VALUE, text)
        match read_answer(text):
            case Understood(bool() as yes, approximate) if self._has(yes):
                return Drafted([yes], text) if approximate else Took(yes, text)
            case _:
                return self._said_twice(text) or self._named(text)

    def _said_twice(self, text: str) -> Took | None:
        """The same answer in several words, as in "no, nothing"; None for anything else."""
        told = [part for part in _PAUSES.split(text[:_MOST_SAID_TWICE]) if part.strip()]
        parts = [part for part in told if folded(part) not in _COURTESIES]
        if len(text) > _MOST_SAID_TWICE or len(told) == 1 or not 1 <= len(parts) <= _MOST_PARTS:
            return None
        readings = [self.type(part, None) for part in parts]
        values = [reading.value for reading in readings if isinstance(reading, Took)]
        same = len(values) == len(parts) and all(_same(value, values[0]) for value in values)
        return Took(values[0], text) if same else None

    def _named(self, text: str) -> Reading:
        match choice.read_choice(text, [choice.Option(option.key, option.label) for option in self.options]):
            case Understood(key):
                return Took(self._value(key), text)
            case Ambiguous(keys):
                return Drafted([self._value(key) for key in keys], text)
            case _:
                hinted = _hinted(self.options, text) if self.ways else None
                if hinted is not None:
                    return Took(hinted.value, text)
        return Refused(plain(self.words.say("Please choose one of the answers below, or type its number.")))

    def _has(self, value: Json) -> bool:
        kind = type(value)
        for option in self.options:  # noqa: SIM110 -- asked of every answer in every turn: a third of the time of `any`
            if type(option.value) is kind and option.value == value:
                return True
        return False

    def _value(self, key: str) -> Json:
        return next(option.value for option in self.options if option.key == key)

    def _tell(self, value: Json) -> str:
        for option in self.options:
            if _same(option.value, value):
                return option.label
        return ""

    def holds(self, value: Json) -> bool:
        """Whether the option still exists."""
        return (self.unsure and value == UNCLEAR_VALUE) or self._has(value)

    def echo(self, value: Json) -> tuple[Span, ...]:
        """The label of the option."""
        if value == UNCLEAR_VALUE and self.unsure:
            return noted_as_unsure(self.words)
        return named(self._tell(value))


@dataclass(frozen=True, slots=True)
class ChooseMany:
    """Any number of several answers; buttons switch each on and off until *done*."""

    words: Words
    options: tuple[Option, ...]
    unsure: bool = False
    none: bool = True
    """Whether *none of these* is an answer; where an option of its own says that, it is not offered twice."""
    switched_on: tuple[Json, ...] = ()
    """What is chosen before anybody has answered."""
    toggles: bool = field(default=True, init=False)

    def prompt(self, draft: Json, answer: Json) -> Prompt:
        """One switch for each option, then *none of these* or *done*."""
        chosen = self._chosen(draft if draft is not None else answer)
        choices = [
            button(option.key, option.label, "answer", option.value in chosen) for option in self.options
        ]
        if chosen:
            label = self.words.count("Done (%(n)s chosen)", "Done (%(n)s chosen)", len(chosen))
            choices.append(Choice(key=DONE, label=label))
        elif self.none:
            choices.append(Choice(key=NONE, label=self.words.say("None of these")))
        if self.unsure:
            choices.append(unsure_choice(self.words, answer))
        return Prompt(tuple(choices), _MANY)

    def press(self, key: str, draft: Json) -> Reading | None:
        """Switch an option, or finish."""
        chosen = self._chosen(draft)
        if key == DONE and chosen:
            return self._took(chosen)
        if key == NONE and self.none and not chosen:
            return Took([], self.words.say("None of these"))
        if key == UNSURE and self.unsure:
            return Took(UNCLEAR_VALUE, self.words.say("Not sure"))
        for option in self.options:
            if option.key == key:
                without = [value for value in chosen if value != option.value]
                return Drafted(without if option.value in chosen else [*chosen, option.value], option.label)
        return None

    def type(self, text: str, draft: Json) -> Reading:
        """Several options named at once, by label or number; *done*, *all* and *none* work too."""
        if self.unsure and says_unsure(text):
            return Took(UNCLEAR_VALUE, text)
        if folded(text) in {"完成", "好了", "好", "done", "ok"} and self._chosen(draft):
            return self._took(self._chosen(draft))
        if folded(text) == folded(self.words.say("None of these")):
            return Took([], text)
        match choice.read_choices(text, [choice.Option(option.key, option.label) for option in self.options]):
            case Understood(keys):
                return self._took([option.value for option in self.options if option.key in keys])
            case _:
                return Refused(
                    plain(self.words.say("Please name the answers by their numbers, for example 1, 3."))
                )

    def _chosen(self, so_far: Json) -> list[Json]:
        return list(self.switched_on) if so_far is None else _list(so_far)

    def _took(self, chosen: list[Json]) -> Took:
        ordered: list[Json] = [option.value for option in self.options if option.value in chosen]
        return Took(ordered, self._tell(ordered))

    def _tell(self, chosen: list[Json]) -> str:
        if not chosen:
            return self.words.say("None of these")
        labels = [option.label for option in self.options if option.value in chosen]
        if any(mark in label for label in labels for mark in "，、,"):
            return self.words.say("; ").join(labels)
        return self.words.items(labels)

    def holds(self, value: Json) -> bool:
        """Whether every chosen option still exists."""
        if self.unsure and value == UNCLEAR_VALUE:
            return True
        known = [option.value for option in self.options]
        return isinstance(value, list) and all(item in known for item in value)

    def echo(self, value: Json) -> tuple[Span, ...]:
        """The labels of the chosen options."""
        return noted_as_unsure(self.words) if value == UNCLEAR_VALUE else strong(self._tell(_list(value)))


def _hinted(options: tuple[Option, ...], text: str) -> Option | None:
    """The only option with ``text`` inside its label or one of its words, as it stands or abridged."""
    wanted = folded(text)
    if not 1 < len(wanted) <= _MOST_SAID_TWICE:
        return None
    for fits in (_inside, _abridged):
        found = [o for o in options if any(fits(wanted, folded(word)) for word in (o.label, *o.also))]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _inside(wanted: str, label: str) -> bool:
    return wanted in label


def _abridged(wanted: str, label: str) -> bool:
    """Whether ``wanted`` is ``label`` with characters (in English: words) left out: 郑州孵化基地."""
    parts = wanted.split() if wanted.isascii() else list(wanted.replace(" ", ""))
    if len(parts) < _LEAST_ABRIDGED and not wanted.isascii():
        return False
    rest = iter(re.findall(r"[a-z0-9]+", label) if wanted.isascii() else label)
    return len(parts) > 1 and all(part in rest for part in parts)


def _same(one: Json, other: Json) -> bool:
    """Equality in which true is not 1."""
    return type(one) is type(other) and one == other


def _list(value: Json) -> list[Json]:
    return list(value) if isinstance(value, list) else []
