"""Cards: what stands beside the conversation, and what pressing one of their buttons does.

A press is answered with the card as it looks now, whatever came of it; the conversation stays where it stands unless the
press asks for something to be opened. What a press changes is decided by what is stored about the card, so that pressing
twice, or on a card of long ago, does no harm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from dialogs.commands import Command
from dialogs.engine.screen import Card, Notice, plain
from dialogs.incoming import Answered
from dialogs.talk import Talk


@dataclass(frozen=True, slots=True)
class Reaction:
    """The card as it looks after a press, and where the press leads the conversation, if anywhere."""

    card: Card
    then: Command | None = None


class CardKind(Protocol):
    """What answers the presses on cards of one kind; None when this chat has no such card."""

    def __call__(self, talk: Talk, number: int, choice: str) -> Reaction | None: ...


def react(talk: Talk, answered: Answered, kinds: Mapping[str, CardKind]) -> Reaction:
    """Take in a press on a card; `kinds` are all there are, by the letter their ids begin with.

    A card that is not there any more says so.
    """
    kind = kinds.get(answered.card[:1])
    number = answered.card[1:]
    found = kind(talk, int(number), answered.choice) if kind is not None and number.isdecimal() else None
    reaction = found or Reaction(_gone(talk, answered))
    return replace(reaction, card=reaction.card.model_copy(update={"place": answered.place}))


def _gone(talk: Talk, answered: Answered) -> Card:
    text = talk.words.say("This message is out of date. Nothing was changed.")
    return Card(
        card=answered.card,
        language=talk.words.language,
        title="",
        blocks=(Notice(tone="info", spans=plain(text)),),
    )
