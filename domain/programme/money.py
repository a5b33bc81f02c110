"""Money lines: ceilings and what earlier grants take off them."""

from __future__ import annotations

from pydantic import Field

from domain.programme.parts import Clause, Frozen, Noted, RuleId, Source, Text


class MoneyLine(Frozen):
    """One incentive; amounts are whole yuan and upper bounds."""

    id: RuleId
    title: Text
    ceiling: int | None = Field(default=None, ge=0)
    """``None``: not an amount (a priority, a recommendation)."""
    what_for: Text | None = None
    conditions: Text | None = None
    spend_on: Text | None = None
    deducts: tuple[RuleId, ...] = ()
    """Grants under these lines are taken off the ceiling (conservative reading)."""
    alternative_deducts: tuple[RuleId, ...] | None = None
    """The same under the alternative reading; ``None`` when there is one reading."""
    deduction_note: Noted | None = None
    clause: Clause
    source: Source = Source.TEXT
