"""A question about a certificate: held or not, and the last day it is valid."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from dialogs.engine.answers import Json
from dialogs.engine.question import Drafted, Prompt, Reading, Refused, Took
from dialogs.engine.screen import Choice, Expectation, Span, plain, strong
from dialogs.engine.typed import NotUnderstood, Reader, Understood
from dialogs.engine.unsure import UNCLEAR_VALUE, UNSURE, noted_as_unsure, says_unsure, unsure_choice
from dialogs.engine.which import Which
from dialogs.understanding import result as understanding
from dialogs.understanding.answers import read_answer
from locales.words import Words

_LONGEST = 120


@dataclass(frozen=True, slots=True)
class AskCertificate:
    """First whether it is held; if so, to which day it is valid (which may be left open)."""

    words: Words
    read_date: Reader
    tell_date: Callable[[Json], str]
    example: str
    """An example of a date."""
    unsure: bool = True
    toggles: bool = field(default=False, init=False)

    def prompt(self, draft: Json, answer: Json) -> Prompt:
        """Yes, no, not sure; then the date."""
        say = self.words.say
        expects = Expectation(kind="certificate", example=self.example)
        if (asked_back := self._which.prompt(draft, expects)) is not None:
            return asked_back
        if draft is not None:
            choices = (Choice(key=UNSURE, label=say("I do not know the date")),)
            return Prompt(choices, expects, title=say("Until which day is the certificate valid?"))
        expects = Expectation(kind="certificate", example="")
        held = answer.get("held") if isinstance(answer, dict) else None
        yes = Choice(key="yes", label=say("Yes, we hold it"), selected=held is True)
        no = Choice(key="no", label=say("No, we do not"), selected=held is False)
        return Prompt((yes, no, unsure_choice(self.words)) if self.unsure else (yes, no), expects)

    def press(self, key: str, draft: Json) -> Reading | None:
        """One of the buttons of the step."""
        say = self.words.say
        if self._which.readings(draft):
            return _settled(self._which.press(key, draft))
        if draft is not None:
            return Took({"held": True}, say("I do not know the date")) if key == UNSURE else None
        match key:
            case "yes":
                return Drafted({"held": True}, say("Yes, we hold it"))
            case "no":
                return Took({"held": False}, say("No, we do not"))
            case _ if key == UNSURE and self.unsure:
                return Took(UNCLEAR_VALUE, say("Not sure"))
            case _:
                return None

    def type(self, text: str, draft: Json) -> Reading:
        """Yes, no, not sure, or at once the date it is valid to."""
        if (said := self._which.type(text, draft)) is not None:
            return _settled(said) or said
        if draft is not None and says_unsure(text):
            return Took({"held": True}, text)
        if draft is None and (answered := self._held(text)) is not None:
            return answered
        match self.read_date(_date_in(text)):
            case Understood(value, approximate, others) if approximate or others:
                return Drafted([value, *others], text)
            case Understood(value):
                return Took({"held": True, "valid_to": value}, text)
            case NotUnderstood(reason):
                example = self.words.say("For example: %(example)s", example=self.example)
                return Refused(plain(f"{reason or self.words.say('I did not understand that.')} {example}"))

    @property
    def _which(self) -> Which:
        return Which(self.words, self.tell_date)

    def _held(self, text: str) -> Reading | None:
        labels = {self.words.say("Yes, we hold it"): True, self.words.say("No, we do not"): False}
        held = labels.get(text.strip())
        if held is None:
            match read_answer(text):
                case understanding.Understood(bool() as answer):
                    held = answer
                case understanding.Understood() if self.unsure:
                    return Took(UNCLEAR_VALUE, text)
                case _:
                    return None
        return Drafted({"held": True}, text) if held else Took({"held": False}, text)

    def holds(self, value: Json) -> bool:
        """Whether it is a certificate (or not sure, where that is possible)."""
        if value == UNCLEAR_VALUE:
            return self.unsure
        return isinstance(value, dict) and isinstance(value.get("held"), bool)

    def echo(self, value: Json) -> tuple[Span, ...]:
        """Held until when, or not held."""
        say = self.words.say
        if not isinstance(value, dict):
            return noted_as_unsure(self.words)
        if value.get("held") is not True:
            return strong(say("No, we do not"))
        until = value.get("valid_to")
        if not isinstance(until, str):
            return strong(say("Held; the date it is valid to is not known"))
        return strong(say("Held, valid to %(date)s", date=self.tell_date(until)))


_HELD = re.compile(r"\s*(?:有的?|是的?|持有|已取得|yes|we do)\s*[,，。;；、\s]\s*", re.IGNORECASE)
_VALID_TO = re.compile(
    r"(?:证书)?(?:有效期?)?(?:截止)?(?:至|到|为)?\s*(?:valid )?(?:(?:until|till|to|expires(?: on)?)\s+)?",
    re.IGNORECASE,
)
_ENDS = re.compile(r"\s*(?:到期|为止|止|失效)[了。.]?\s*\Z")


def _date_in(text: str) -> str:
    """The date in a text such as 有，到2027年3月: without what only says that the certificate is held until then."""
    rest = _HELD.sub("", text[:_LONGEST], count=1) if _HELD.match(text) else text
    found = _VALID_TO.match(rest)
    bare = rest[found.end() :] if found else rest
    return _ENDS.sub("", bare) or text


def _settled(reading: Reading | None) -> Reading | None:
    """What follows once it is settled which date was meant."""
    match reading:
        case Took(value, said):
            return Took({"held": True, "valid_to": value}, said)
        case Drafted(_, said):
            return Drafted({"held": True}, said)
        case _:
            return reading
