"""What is on its way keeps quiet hours too: until when each message may be sent, and which message says a reminder.

Frozen as released: what changes later changes in a later file, not here.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEEPS_QUIET = "state = 'waiting' AND not_after IS NOT NULL"


def upgrade() -> None:
    """Add the columns and the index."""
    op.add_column("deliveries", sa.Column("not_after", WHOLE, nullable=True))
    op.add_column("planned_reminders", sa.Column("message", WHOLE, nullable=True))
    op.create_index(
        "ix_deliveries_not_after",
        "deliveries",
        ["not_after"],
        sqlite_where=sa.text(KEEPS_QUIET),
        postgresql_where=sa.text(KEEPS_QUIET),
    )
