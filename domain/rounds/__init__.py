"""Rounds of programmes: what they say, what is done with them, and those a programme has by its own text."""

from domain.rounds.acts import (
    LEADS_FROM,
    Change,
    Problem,
    RoundRefused,
    announce,
    cancel,
    change,
    close,
    is_link,
    open_round,
)
from domain.rounds.model import (
    DAYS,
    TEXTS,
    Bilingual,
    Difference,
    Round,
    RoundAct,
    RoundState,
    Terms,
    differences,
)
from domain.rounds.yearly import LeftOut, left_out, rounds_on, takes_paper

__all__ = [
    "DAYS",
    "LEADS_FROM",
    "TEXTS",
    "Bilingual",
    "Change",
    "Difference",
    "LeftOut",
    "Problem",
    "Round",
    "RoundAct",
    "RoundRefused",
    "RoundState",
    "Terms",
    "announce",
    "cancel",
    "change",
    "close",
    "differences",
    "is_link",
    "left_out",
    "open_round",
    "rounds_on",
    "takes_paper",
]
