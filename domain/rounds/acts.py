"""What is done with a round: each act checks its guards and gives the change to carry out, or says why not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from domain.rounds.model import DAYS, TEXTS, Round, RoundAct, RoundState, Terms
from domain.staff import Scope
from locales.words import mark

LEADS_FROM: Final = {
    RoundAct.ANNOUNCE: frozenset({RoundState.DRAFTED}),
    RoundAct.CHANGE: frozenset({RoundState.DRAFTED, RoundState.ANNOUNCED}),
    RoundAct.CLOSE: frozenset({RoundState.ANNOUNCED}),
    RoundAct.CANCEL: frozenset({RoundState.DRAFTED, RoundState.ANNOUNCED, RoundState.CLOSED}),
}
"""From which states an act leads on; a cancelled round stays cancelled, and a closed one is not opened again."""

_LEADS_TO: Final = {
    RoundAct.ANNOUNCE: RoundState.ANNOUNCED,
    RoundAct.CLOSE: RoundState.CLOSED,
    RoundAct.CANCEL: RoundState.CANCELLED,
}


LONGEST_REASON: Final = 500
LONGEST_NAME: Final = 120
LONGEST_TEXT: Final = 2000
LONGEST_LINK: Final = 500
MOST_CONDITIONS: Final = 20


class Problem(StrEnum):
    """Why an act on a round is refused; the value is what a person is told."""

    NO_REASON = mark("Please give a reason; it is kept with the change.")
    REASON_TOO_LONG = mark("The reason is too long (500 characters at most).")
    NOTHING_CHANGED = mark("Nothing would change.")
    WRONG_STATE = mark("The round is not in a state in which this can be done.")
    NOT_IN_ORDER = mark("The days have to follow each other: opening, safe closing, outer closing, decision.")
    NO_NAME = mark("The round needs a name in Chinese.")
    NO_CLOSING_DAY = mark("Before it is announced, the round needs a closing day.")
    NO_HAND_IN = mark(
        "Before it is announced, the round needs a place where applications are handed in, in Chinese."
    )
    NO_CONTACT = mark("Before it is announced, the round needs a contact point, in Chinese.")
    OVER_ALREADY = mark("The closing day has passed already.")
    TEXT_TOO_LONG = mark("One of the texts is too long (2,000 characters at most; 120 for the name).")
    TOO_MANY_CONDITIONS = mark("There are too many conditions (20 at most).")
    BAD_LINK = mark("The link to the source has to begin with https:// or http://.")


class RoundRefused(Exception):  # noqa: N818 - names of errors here say what happened
    """An act that is not possible; nothing was changed."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(problem.name for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Change:
    """An act on a round that passed its guards, ready to be carried out. `before` is None for a new round."""

    act: RoundAct
    before: Round | None
    after: Round
    reason: str

    @property
    def moves_dates(self) -> bool:
        """Whether somebody who planned by the round has to plan anew."""
        return self.before is None or any(
            getattr(self.before.terms, name) != getattr(self.after.terms, name) for name in DAYS
        )


def open_round(programme: str, district: str, terms: Terms, reason: str) -> Change:
    """A new draft. Raises RoundRefused."""
    drafted = Round(programme=programme, district=Scope(district=district).district, terms=terms)
    return _change(RoundAct.OPEN, None, drafted, reason)


def announce(round_: Round, reason: str, today: date) -> Change:
    """Let everybody know of it. Raises RoundRefused."""
    return _change(RoundAct.ANNOUNCE, round_, round_, reason, today)


def change(round_: Round, terms: Terms, reason: str, today: date) -> Change:
    """Give a round other terms. Raises RoundRefused."""
    return _change(RoundAct.CHANGE, round_, replace(round_, terms=terms), reason, today)


def close(round_: Round, reason: str) -> Change:
    """Take no more applications, whatever the days say. Raises RoundRefused."""
    return _change(RoundAct.CLOSE, round_, round_, reason)


def cancel(round_: Round, reason: str) -> Change:
    """Call the whole round off. Raises RoundRefused."""
    return _change(RoundAct.CANCEL, round_, round_, reason)


def _change(
    act: RoundAct, before: Round | None, after: Round, reason: str, today: date | None = None
) -> Change:
    reason = reason.strip()
    problems = (
        *_reason(reason),
        *_steps(act, before, after),
        *_terms(after.terms),
        *_public(act, after, today),
    )
    if problems:
        raise RoundRefused(problems)
    state = _LEADS_TO.get(act, after.state)
    dropped = before is not None and before.state is RoundState.DRAFTED and state is RoundState.CANCELLED
    after = replace(after, state=state, revision=after.revision + 1, never_announced=dropped)
    return Change(act, before, after, reason)


def _reason(reason: str) -> Iterator[Problem]:
    if not reason:
        yield Problem.NO_REASON
    if len(reason) > LONGEST_REASON:
        yield Problem.REASON_TOO_LONG


def _steps(act: RoundAct, before: Round | None, after: Round) -> Iterator[Problem]:
    if before is None:
        return
    if before.computed or before.state not in LEADS_FROM[act]:
        yield Problem.WRONG_STATE
    if act is RoundAct.CHANGE and before.terms == after.terms:
        yield Problem.NOTHING_CHANGED


def _terms(terms: Terms) -> Iterator[Problem]:
    days = [day for day in (getattr(terms, name) for name in DAYS) if day is not None]
    if days != sorted(days) or (terms.closes_outer is not None and terms.closes_safe is None):
        yield Problem.NOT_IN_ORDER
    if not terms.name.zh.strip():
        yield Problem.NO_NAME
    texts = [*(getattr(terms, name) for name in TEXTS), *terms.conditions]
    lengths = [max(len(text.zh), len(text.en)) for text in texts]
    if lengths[0] > LONGEST_NAME or max(lengths) > LONGEST_TEXT:
        yield Problem.TEXT_TOO_LONG
    if len(terms.conditions) > MOST_CONDITIONS:
        yield Problem.TOO_MANY_CONDITIONS
    if terms.source_link and not is_link(terms.source_link):
        yield Problem.BAD_LINK


def is_link(text: str) -> bool:
    """Whether a text is the address of a page that a browser may be sent to."""
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return False
    return (
        parts.scheme in {"http", "https"}
        and bool(host)
        and len(text) <= LONGEST_LINK
        and not any(character.isspace() or not character.isprintable() for character in text)
    )


def _public(act: RoundAct, after: Round, today: date | None) -> Iterator[Problem]:
    """What a round needs that people plan by: asked when it is announced and when it is changed after that."""
    if act is not RoundAct.ANNOUNCE and not (act is RoundAct.CHANGE and after.state is RoundState.ANNOUNCED):
        return
    if after.closes_safe is None:
        yield Problem.NO_CLOSING_DAY
    if not after.terms.hand_in.zh.strip():
        yield Problem.NO_HAND_IN
    if not after.terms.contact.zh.strip():
        yield Problem.NO_CONTACT
    if after.closes_outer is not None and today is not None and after.closes_outer < today:
        yield Problem.OVER_ALREADY
