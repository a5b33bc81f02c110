"""Alembic's environment: the connection comes from the program, so no alembic.ini is needed."""

from __future__ import annotations

from alembic import context

from domain.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
