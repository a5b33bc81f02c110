"""What becomes of a work: it returned, or it raised."""

from __future__ import annotations

from typing import Any

from domain.made_often import made_often


@made_often(frozen=True, slots=True)
class Done:
    """A work that returned, and whose commit reached the disk."""

    value: Any


@made_often(frozen=True, slots=True)
class Failed:
    """A work that raised, or whose commit failed: nothing of it is left."""

    error: BaseException


class NotBrief(BaseException):
    """A work that was said to be brief is not: it is to be run where that keeps nobody waiting."""


Outcome = Done | Failed
