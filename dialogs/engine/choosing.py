"""Questions answered by choosing: one of several, or any number of them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

from dialogs.engine.answers import Json
from dialogs.engine.question import Drafted, Prompt, Reading, Refused, Took
from dialogs.engine.screen import Choice, Expectation, Role, Span, plain, strong
from locales.words import Words

UNSURE = "@unsure"
DONE = "@done"
UNCLEAR_VALUE = "unclear"
"""How "not sure" is stored: the JSON form of an unclear fact."""


def folded(text: str) -> str:
    """``text`` without what does not matter when words are compared: width, case, spaces, final punctuation."""
    return unicodedata.normalize("NFKC", text).casefold().strip(" \t\r\n。.!！?？、,，;；:：~～")


@dataclass(frozen=True, slots=True)
class Option:
    """One possible answer: its stored value, its label, its key, and other words a person may type for it."""

    value: Json
    label: str
    key: str
    also: tuple[str, ...] = ()
    role: Role = "answer"
    typed: bool = True
    """Whether its number in the list may be typed for it."""

    def is_said(self, text: str) -> bool:
        """Whether ``text`` names this option."""
        wanted = folded(text)
        return wanted in {folded(self.label), folded(self.key), *(folded(word) for word in self.also)}


def option_named(options: tuple[Option, ...], text: str) -> Option | None:
    """The option that ``text`` names: by label, key, other word, or its number in the list."""
    for option in options:
        if option.is_said(text):
            return option
    wanted = folded(text)
    numbered = [option for option in options if option.typed]
    if wanted.isdecimal() and wanted.isascii() and 1 <= int(wanted[:4]) <= len(numbered):
        return numbered[int(wanted[:4]) - 1]
    return None


def _option_hinted(options: tuple[Option, ...], text: str) -> Option | None:
    """The only option with ``text`` inside its label or one of its words."""
    wanted = folded(text)
    if len(wanted) < 2:
        return None
    found = [o for o in options if any(wanted in folded(word) for word in (o.label, *o.also))]
    return found[0] if len(found) == 1 else None


def unsure_choice(words: Words) -> Choice:
    """The button for "not sure"."""
    return Choice(key=UNSURE, label=words.say("Not sure"))


def says_unsure(text: str, words: Words) -> bool:
    """Whether ``text`` says "not sure" in one of the languages."""
    known = {
        words.say("Not sure"),
        "不清楚",
        "不知道",
        "不确定",
        "不清楚呢",
        "说不准",
        "待核实",
        "not sure",
        "unsure",
    }
    return folded(text) in {
        folded(word) for word in known | {"don't know", "dont know", "unclear", "no idea"}
    }


@dataclass(frozen=True, slots=True)
class ChooseOne:
    """One of several answers."""

    words: Words
    options: tuple[Option, ...]
    unsure: bool = False
    ways: bool = False
    """The options are ways on from a page: part of a label is enough to name one, and no example is needed."""
    toggles: bool = field(default=False, init=False)

    def prompt(self, draft: Json, answer: Json) -> Prompt:
        """One button for each option."""
        choices = [
            Choice(key=option.key, label=option.label, role=option.role, selected=_same(option.value, answer))
            for option in self.options
        ]
        if self.unsure:
            choices.append(unsure_choice(self.words).model_copy(update={"selected": answer == UNCLEAR_VALUE}))
        example = self.words.items([option.label for option in self.options[:2]]) if not self.ways else ""
        return Prompt(tuple(choices), Expectation(kind="choice", example=example))

    def press(self, key: str, draft: Json) -> Reading | None:
        """The option with this key."""
        if key == UNSURE and self.unsure:
            return Took(UNCLEAR_VALUE, self.words.say("Not sure"))
        for option in self.options:
            if option.key == key:
                return Took(option.value, option.label)
        return None

    def type(self, text: str, draft: Json) -> Reading:
        """The option that is named."""
        if self.unsure and says_unsure(text, self.words):
            return Took(UNCLEAR_VALUE, text)
        option = option_named(self.options, text)
        if option is None and self.ways:
            option = _option_hinted(self.options, text)
        if option is not None:
            return Took(option.value, text)
        return Refused(plain(self.words.say("Please choose one of the answers below, or type its number.")))

    def holds(self, value: Json) -> bool:
        """Whether the option still exists."""
        return (self.unsure and value == UNCLEAR_VALUE) or any(
            _same(option.value, value) for option in self.options
        )

    def echo(self, value: Json) -> tuple[Span, ...]:
        """The label of the option."""
        if value == UNCLEAR_VALUE and self.unsure:
            return plain(self.words.say("Noted as “to be verified”; you can go on."))
        return strong(next((option.label for option in self.options if _same(option.value, value)), ""))


@dataclass(frozen=True, slots=True)
class ChooseMany:
    """Any number of several answers; buttons switch each on and off until *done*."""

    words: Words
    options: tuple[Option, ...]
    unsure: bool = False
    none_label: str = ""
    toggles: bool = field(default=True, init=False)

    def prompt(self, draft: Json, answer: Json) -> Prompt:
        """One switch for each option, then *none of these* or *done*."""
        chosen = _keys(draft if draft is not None else answer)
        choices = [
            Choice(key=option.key, label=option.label, selected=option.value in chosen)
            for option in self.options
        ]
        if chosen:
            label = self.words.count("Done (%(n)s chosen)", "Done (%(n)s chosen)", len(chosen))
            choices.append(Choice(key=DONE, label=label))
        else:
            choices.append(Choice(key="@none", label=self.none_label or self.words.say("None of these")))
        if self.unsure:
            choices.append(unsure_choice(self.words))
        return Prompt(tuple(choices), Expectation(kind="choices", example="1、3"))

    def press(self, key: str, draft: Json) -> Reading | None:
        """Switch an option, or finish."""
        chosen = _keys(draft)
        if key == DONE and chosen:
            return self._took(chosen)
        if key == "@none" and not chosen:
            return Took([], self.none_label or self.words.say("None of these"))
        if key == UNSURE and self.unsure:
            return Took(UNCLEAR_VALUE, self.words.say("Not sure"))
        for option in self.options:
            if option.key == key:
                without = [value for value in chosen if value != option.value]
                return Drafted(
                    list(without if option.value in chosen else [*chosen, option.value]), option.label
                )
        return None

    def type(self, text: str, draft: Json) -> Reading:
        """Several options named at once, separated by commas or spaces; *done* and *none* work too."""
        if self.unsure and says_unsure(text, self.words):
            return Took(UNCLEAR_VALUE, text)
        if folded(text) in {"无", "没有", "都没有", "none", "none of these", folded(self.none_label)} - {""}:
            return Took([], text)
        if folded(text) in {"完成", "好了", "done", "ok"} and _keys(draft):
            return self._took(_keys(draft))
        whole = option_named(self.options, text)
        found = [whole] if whole is not None else [option_named(self.options, part) for part in _parts(text)]
        if not found or None in found:
            return Refused(
                plain(self.words.say("Please name the answers by their numbers, for example 1, 3."))
            )
        return self._took([option.value for option in dict.fromkeys(found) if option is not None])

    def _took(self, chosen: list[Json]) -> Took:
        ordered: list[Json] = [option.value for option in self.options if option.value in chosen]
        return Took(ordered, self.words.items([o.label for o in self.options if o.value in chosen]))

    def holds(self, value: Json) -> bool:
        """Whether every chosen option still exists."""
        if self.unsure and value == UNCLEAR_VALUE:
            return True
        known = [option.value for option in self.options]
        return isinstance(value, list) and all(item in known for item in value)

    def echo(self, value: Json) -> tuple[Span, ...]:
        """The labels of the chosen options."""
        if value == UNCLEAR_VALUE:
            return plain(self.words.say("Noted as “to be verified”; you can go on."))
        chosen = _keys(value)
        if not chosen:
            return strong(self.none_label or self.words.say("None of these"))
        return strong(self.words.items([option.label for option in self.options if option.value in chosen]))


def _same(one: Json, other: Json) -> bool:
    """Equality in which true is not 1."""
    return type(one) is type(other) and one == other


def _keys(value: Json) -> list[Json]:
    return list(value) if isinstance(value, list) else []


def _parts(text: str) -> list[str]:
    spaced = unicodedata.normalize("NFKC", text)
    for mark in "、,，;；/ \t\n和与及":
        spaced = spaced.replace(mark, "\n")
    return [part for part in spaced.split("\n") if part.strip()]
