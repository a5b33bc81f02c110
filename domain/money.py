"""What a money line pays at most, after what was granted before. Whole yuan; never a promise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from domain.programme.model import Programme
from domain.programme.money import MoneyLine


@dataclass(frozen=True, slots=True)
class Payable:
    """The most a line can pay, in yuan, under both readings of the deduction."""

    conservative: int
    alternative: int


def payable(line: MoneyLine, granted: Mapping[str, int]) -> Payable:
    """The ceiling minus earlier grants that count against it; never below zero.

    ``granted`` maps line ids to yuan approved or paid, the larger. ``ValueError`` for a line
    without an amount or a negative grant.
    """
    if line.ceiling is None:
        raise ValueError(f"{line.id} is not an amount")
    if any(amount < 0 for amount in granted.values()):
        raise ValueError("a grant cannot be negative")
    alternative = line.deducts if line.alternative_deducts is None else line.alternative_deducts
    return Payable(_left(line.ceiling, line.deducts, granted), _left(line.ceiling, alternative, granted))


def _left(ceiling: int, deducted: tuple[str, ...], granted: Mapping[str, int]) -> int:
    return max(0, ceiling - sum(granted.get(line_id, 0) for line_id in deducted))


def money_line(programme: Programme, line_id: str) -> MoneyLine:
    """The money line with this id; ``KeyError`` when there is none."""
    for line in programme.money:
        if line.id == line_id:
            return line
    raise KeyError(line_id)
