"""What a check gets to look at, and what it says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from bot.settings import Settings
from domain.clock import Clock, SystemClock
from locales.words import Words

USUAL_SECONDS: Final = 10.0


class Grade(StrEnum):
    """How it looks."""

    FINE = "fine"
    LOOK = "look"
    BROKEN = "broken"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, and what to do about it: a command, the name of a setting, or nothing."""

    grade: Grade
    found: str
    remedy: str = ""


class NotNowError(Exception):
    """There is nothing a check could look at; the text, in the words of the operator, says why."""


@dataclass(frozen=True, slots=True)
class Patient:
    """The product as it is set up here. `given` is None where no settings could be read."""

    given: Settings | None
    words: Words
    clock: Clock = field(default_factory=SystemClock)

    @property
    def settings(self) -> Settings:
        """The settings; NotNowError without any."""
        if self.given is None:
            raise NotNowError(self.words.say("the settings have to be right first"))
        return self.given


@dataclass(frozen=True, slots=True)
class Check:
    """One line of what the doctor says. What comes `after` another is left out unless that one could be looked at."""

    id: str
    look: Callable[[Patient], Finding]
    after: str = ""
    outside: bool = False
    """Whether it calls what is not on this computer or its network."""
    seconds: float = USUAL_SECONDS


def fine(found: str) -> Finding:
    """As it should be."""
    return Finding(Grade.FINE, found)


def look(found: str, remedy: str) -> Finding:
    """It works, and yet somebody should look at it."""
    return Finding(Grade.LOOK, found, remedy)


def broken(found: str, remedy: str) -> Finding:
    """It does not work, or not for long."""
    return Finding(Grade.BROKEN, found, remedy)


def left_out(why: str) -> Finding:
    """Nothing was looked at."""
    return Finding(Grade.LEFT_OUT, why)
