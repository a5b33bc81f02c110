"""A question about dated events: none, or each with its date and, where it matters, its kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from dialogs.engine.answers import Json
from dialogs.engine.choosing import DONE, Option, folded
from dialogs.engine.question import Drafted, Prompt, Reading, Refused, Took
from dialogs.engine.screen import Choice, Expectation, Span, plain, strong
from dialogs.engine.typed import NotUnderstood, Reader, Understood
from dialogs.engine.unsure import UNCLEAR_VALUE, UNSURE, noted_as_unsure, says_unsure, unsure_choice
from dialogs.engine.which import Which
from dialogs.understanding import choice
from dialogs.understanding import result as understanding
from dialogs.understanding.answers import read_answer
from locales.words import Words

_Events = tuple[dict[str, Json], ...]
_ENOUGH = frozenset({"没有了", "就这些", "没了", "完成", "that is all", "no more", "done"})


@dataclass(frozen=True, slots=True)
class AskEvents:
    """First whether there were any; then each date and kind; then whether there was another.

    The draft is ``{"done": [event, ...], "open": [event, ...]}``: the kind of the events under ``open`` is still asked,
    one after the other. Where a text can be read in several ways, ``which`` holds the lists of events it may mean.
    """

    words: Words
    kinds: tuple[Option, ...]
    read_events: Reader
    tell_date: Callable[[Json], str]
    example: str
    valid: Callable[[Json], bool]
    toggles: bool = field(default=False, init=False)

    def prompt(self, draft: Json, answer: Json) -> Prompt:
        """The step the draft is at."""
        say = self.words.say
        expects = Expectation(kind="events", example=self.example)
        done, opened = _parts(draft)
        if (asked_back := self._which.prompt(_meant(draft), expects)) is not None:
            return asked_back
        if opened:
            title = say("%(date)s: what kind was it?", date=self.tell_date(opened[0].get("date")))
            choices = tuple(Choice(key=kind.key, label=kind.label) for kind in self.kinds)
            return Prompt(choices, Expectation(kind="choice", example=""), title=title)
        if done:
            enough = Choice(key=DONE, label=say("No, that is all"))
            return Prompt((enough,), expects, title=say("Was there another one? If so, when?"))
        if draft is not None:
            return Prompt(
                (unsure_choice(self.words),), expects, title=say("When was it? The month is enough.")
            )
        expects = Expectation(kind="events", example="")
        none = Choice(key="none", label=say("No, none"), selected=answer == [])
        some = Choice(key="some", label=say("Yes"), selected=isinstance(answer, list) and bool(answer))
        return Prompt((none, some, unsure_choice(self.words)), expects)

    def press(self, key: str, draft: Json) -> Reading | None:
        """One of the buttons of the step."""
        done, opened = _parts(draft)
        if _meant(draft):
            return self._settled(done, self._which.press(key, _meant(draft)))
        if opened:
            kind = next((kind for kind in self.kinds if kind.key == key), None)
            return None if kind is None else self._with_kind(done, opened, kind, kind.label)
        if done:
            return Took(list(done), self.words.say("No, that is all")) if key == DONE else None
        if key == UNSURE:
            return Took(UNCLEAR_VALUE, self.words.say("Not sure"))
        if draft is None and key == "none":
            return Took([], self.words.say("No, none"))
        return Drafted({"done": []}, self.words.say("Yes")) if draft is None and key == "some" else None

    def type(self, text: str, draft: Json) -> Reading:
        """The answer to the step the draft is at; a date is taken at once wherever it makes sense."""
        done, opened = _parts(draft)
        if (said := self._which.type(text, _meant(draft))) is not None:
            return self._settled(done, said) or said
        if opened:
            return self._kind(done, opened, text)
        yes = _answer(text)
        if done and (
            yes is False or folded(text) in _ENOUGH or text.strip() == self.words.say("No, that is all")
        ):
            return Took(list(done), text)
        if not done and (yes is False or text.strip() == self.words.say("No, none")):
            return Took([], text)
        if not done and says_unsure(text):
            return Took(UNCLEAR_VALUE, text)
        if draft is None and yes is True:
            return Drafted({"done": []}, text)
        match self.read_events(text):
            case Understood([]):
                return Took(list(done), text)
            case Understood(value, approximate, others) if approximate or others:
                return Drafted({"done": [*done], "which": [value, *others]}, text)
            case Understood(value):
                return self._add(done, _events(value), text)
            case NotUnderstood(reason):
                example = self.words.say("For example: %(example)s", example=self.example)
                return Refused(plain(f"{reason or self.words.say('I did not understand that.')} {example}"))

    @property
    def _which(self) -> Which:
        return Which(self.words, lambda events: self.words.say("; ").join(map(self._tell, _events(events))))

    def _settled(self, done: _Events, reading: Reading | None) -> Reading | None:
        """What follows once it is settled what a text meant."""
        match reading:
            case Took(value, said):
                return self._add(done, _events(value), said)
            case Drafted(_, said):
                return Drafted({"done": [*done]}, said)
            case _:
                return reading

    def _kind(self, done: _Events, opened: _Events, text: str) -> Reading:
        match choice.read_choice(text, [choice.Option(kind.key, kind.label) for kind in self.kinds]):
            case understanding.Understood(key):
                return self._with_kind(
                    done, opened, next(kind for kind in self.kinds if kind.key == key), text
                )
            case _:
                return Refused(
                    plain(self.words.say("Please choose one of the answers below, or type its number."))
                )

    def _with_kind(self, done: _Events, opened: _Events, kind: Option, said: str) -> Reading:
        return self._drafted((*done, {**opened[0], "kind": kind.value}), opened[1:], said)

    def _add(self, done: _Events, told: _Events, said: str) -> Reading:
        if self.kinds:
            return self._drafted(done, told, said)
        return self._drafted((*done, *told), (), said)

    def _drafted(self, done: _Events, opened: _Events, said: str) -> Reading:
        if not self.valid([*done, *opened]):
            return Refused(plain(self.words.say("There are too many events to note here.")))
        return Drafted({"done": [*done], "open": [*opened]}, said)

    def holds(self, value: Json) -> bool:
        """Whether it is a list of events (or not sure)."""
        return value == UNCLEAR_VALUE or (isinstance(value, list) and self.valid(value))

    def echo(self, value: Json) -> tuple[Span, ...]:
        """None, or each event with its date and kind."""
        if not isinstance(value, list):
            return noted_as_unsure(self.words)
        if not value:
            return strong(self.words.say("No, none"))
        told = [self._tell(event) for event in value if isinstance(event, dict)]
        return (*plain(self.words.say("Noted: ")), *strong(self.words.say("; ").join(told)))

    def _tell(self, event: dict[str, Json]) -> str:
        date = self.tell_date(event.get("date"))
        kind = next((kind.label for kind in self.kinds if kind.value == event.get("kind")), "")
        note = event.get("note")
        return " ".join(part for part in (date, kind, str(note) if note else "") if part)


def _answer(text: str) -> bool | None:
    result = read_answer(text)
    if isinstance(result, understanding.Understood) and isinstance(result.value, bool):
        return result.value
    return None


def _parts(draft: Json) -> tuple[_Events, _Events]:
    """The events that are complete, and those whose kind is still asked."""
    if not isinstance(draft, dict):
        return (), ()
    return _events(draft.get("done")), _events(draft.get("open"))


def _meant(draft: Json) -> Json:
    """What a text may have meant, where that is still to be settled."""
    return draft.get("which") if isinstance(draft, dict) else None


def _events(value: Json) -> _Events:
    return tuple(event for event in value if isinstance(event, dict)) if isinstance(value, list) else ()
