"""Migrations of the schema (Alembic), shipped inside the package and run by `domain.store.migrating`."""
