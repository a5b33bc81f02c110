"""A question about dated events: none, or each with its date and, where it matters, its kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from dialogs.engine.answers import Json
from dialogs.engine.choosing import (
    DONE,
    UNCLEAR_VALUE,
    UNSURE,
    Option,
    folded,
    option_named,
    says_unsure,
    unsure_choice,
)
from dialogs.engine.question import Drafted, Prompt, Reading, Refused, Took
from dialogs.engine.screen import Choice, Expectation, Span, plain, strong
from dialogs.engine.typed import NO_WORDS, YES_WORDS, NotUnderstood, Reader, Understood
from locales.words import Words

_NONE = NO_WORDS | {"没有", "无", "没", "没有过", "未发生", "都没有", "none", "never"}
_SOME = YES_WORDS | {"有", "有过", "发生过"}
_ENOUGH = NO_WORDS | {"没有了", "就这些", "没了", "完成", "done", "that is all", "no more", "没有", "无"}


@dataclass(frozen=True, slots=True)
class AskEvents:
    """First whether there were any; then each date and kind; then whether there was another.

    The draft is ``{"done": [event, ...], "date": date or absent}``: an event whose date is known and whose kind is
    still asked stands under ``date``.
    """

    words: Words
    kinds: tuple[Option, ...]
    read_date: Reader
    tell_date: Callable[[Json], str]
    example: str
    valid: Callable[[Json], bool]
    toggles: bool = field(default=False, init=False)

    def prompt(self, draft: Json, answer: Json) -> Prompt:
        """The step the draft is at."""
        say = self.words.say
        expects = Expectation(kind="events", example=self.example)
        done, date = _parts(draft)
        if date is not None:
            choices = tuple(Choice(key=kind.key, label=kind.label) for kind in self.kinds)
            return Prompt(choices, Expectation(kind="choice", example=""), title=say("What kind was it?"))
        if done:
            enough = Choice(key=DONE, label=say("No, that is all"))
            return Prompt((enough,), expects, title=say("Was there another one? If so, when?"))
        if draft is not None:
            return Prompt(
                (unsure_choice(self.words),), expects, title=say("When was it? The month is enough.")
            )
        none = Choice(key="none", label=say("No, none"), selected=answer == [])
        some = Choice(key="some", label=say("Yes"), selected=isinstance(answer, list) and bool(answer))
        return Prompt((none, some, unsure_choice(self.words)), expects)

    def press(self, key: str, draft: Json) -> Reading | None:
        """One of the buttons of the step."""
        done, date = _parts(draft)
        if date is not None:
            kind = next((kind for kind in self.kinds if kind.key == key), None)
            return None if kind is None else self._add(done, date, kind, kind.label)
        if done:
            return Took(list(done), self.words.say("No, that is all")) if key == DONE else None
        if key == UNSURE:
            return Took(UNCLEAR_VALUE, self.words.say("Not sure"))
        if draft is None and key == "none":
            return Took([], self.words.say("No, none"))
        return Drafted({"done": []}, self.words.say("Yes")) if draft is None and key == "some" else None

    def type(self, text: str, draft: Json) -> Reading:
        """The answer to the step the draft is at; a date is taken at once wherever it makes sense."""
        done, date = _parts(draft)
        said = folded(text)
        if date is not None:
            kind = option_named(self.kinds, text)
            if kind is None:
                return Refused(
                    plain(self.words.say("Please choose one of the answers below, or type its number."))
                )
            return self._add(done, date, kind, text)
        if done and said in _ENOUGH:
            return Took(list(done), text)
        if not done and said in _NONE:
            return Took([], text)
        if not done and says_unsure(text, self.words):
            return Took(UNCLEAR_VALUE, text)
        if draft is None and said in _SOME:
            return Drafted({"done": []}, text)
        match self.read_date(text):
            case Understood(value) if self.kinds:
                return Drafted({"done": list(done), "date": value}, text)
            case Understood(value):
                return self._add(done, value, None, text)
            case NotUnderstood(reason):
                example = self.words.say("For example: %(example)s", example=self.example)
                return Refused(plain(f"{reason or self.words.say('I did not understand that.')} {example}"))

    def _add(self, done: tuple[Json, ...], date: Json, kind: Option | None, said: str) -> Reading:
        event: dict[str, Json] = {"date": date} if kind is None else {"date": date, "kind": kind.value}
        if not self.valid([*done, event]):
            return Refused(plain(self.words.say("There are too many events to note here.")))
        return Drafted({"done": [*done, event]}, said)

    def holds(self, value: Json) -> bool:
        """Whether it is a list of events (or not sure)."""
        return value == UNCLEAR_VALUE or (isinstance(value, list) and self.valid(value))

    def echo(self, value: Json) -> tuple[Span, ...]:
        """None, or each event with its date and kind."""
        if not isinstance(value, list):
            return plain(self.words.say("Noted as “to be verified”; you can go on."))
        if not value:
            return strong(self.words.say("No, none"))
        told = [self._tell(event) for event in value if isinstance(event, dict)]
        return (*plain(self.words.say("Noted:") + " "), *strong("; ".join(told)))

    def _tell(self, event: dict[str, Json]) -> str:
        date = self.tell_date(event.get("date"))
        kind = next((kind.label for kind in self.kinds if kind.value == event.get("kind")), "")
        return f"{date} {kind}".strip()


def _parts(draft: Json) -> tuple[tuple[Json, ...], Json]:
    """The events that are complete, and the date of one whose kind is still asked."""
    if not isinstance(draft, dict):
        return (), None
    done = draft.get("done")
    return (tuple(done) if isinstance(done, list) else ()), draft.get("date")
