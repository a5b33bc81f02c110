"""Adding a row that may be there already, in the form both back ends share.

SQLAlchemy has one for each of them. That of SQLite serves both: to take PostgreSQL's would load the whole of its dialect, two
MB that a process over SQLite has no use for.
"""

from __future__ import annotations

from sqlalchemy.dialects.sqlite import Insert, insert
from sqlalchemy.dialects.sqlite.dml import OnConflictClause

__all__ = ["Insert", "insert"]

# What PostgreSQL's compiler asks of a conflict and SQLite's form does not know: the name of a constraint. We name columns.
OnConflictClause.constraint_target = None  # type: ignore[attr-defined]
