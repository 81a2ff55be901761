"""Alembic's environment: runs the steps on the connection that `consent_portal.migrations.run` hands over.

The steps are written by hand and name their tables themselves, so none of the portal's classes is loaded here.
"""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
