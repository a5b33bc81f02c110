"""A file may go with an announcement, and is carried to a channel once.

Frozen as released: what changes later changes in a later file, not here.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "announcement_files",
        sa.Column("announcement_id", WHOLE, nullable=False, autoincrement=False),
        sa.Column("file_id", WHOLE, nullable=True),
        sa.PrimaryKeyConstraint("announcement_id", name="pk_announcement_files"),
        sa.ForeignKeyConstraint(
            ["announcement_id"], ["announcements.id"], name="fk_announcement_files_announcement_id"
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["files.id"], name="fk_announcement_files_file_id", ondelete="SET NULL"
        ),
        sqlite_strict=True,
    )
    op.create_index("ix_announcement_files_file_id", "announcement_files", ["file_id"])
    kept = sa.text("kept_for IS NOT NULL")
    op.create_index("ix_files_kept", "files", ["kept_for"], sqlite_where=kept, postgresql_where=kept)
    op.create_table(
        "file_references",
        sa.Column("file_id", WHOLE, nullable=False, autoincrement=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("file_id", "place", name="pk_file_references"),
        sa.ForeignKeyConstraint(
            ["file_id"], ["files.id"], name="fk_file_references_file_id", ondelete="CASCADE"
        ),
        sqlite_strict=True,
    )
