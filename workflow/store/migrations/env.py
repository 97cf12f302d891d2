"""Runs migrations over the connection that `workflow.store.migrating` hands in."""

from alembic import context

from workflow.store.migrating import OPTIONS
from workflow.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, **OPTIONS)
with context.begin_transaction():
    context.run_migrations()
