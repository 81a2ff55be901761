"""Alembic's environment: runs the steps on the connection that `consent_portal.migrations.run` hands over."""

from alembic import context

from consent_portal import accounts
from consent_portal.database import Base
from consent_portal.ledger import rows as ledger_rows
from consent_portal.publishing import rows as leaflet_rows
from consent_portal.registers import rows as register_rows
from consent_portal.services.users import browsers
from consent_portal.tasks import rows as task_rows
from consent_portal.tasks import tablets
from consent_portal.web.frame import drafts, form_tokens

# Imported so that their tables are known.
TABLES = (accounts, browsers, drafts, form_tokens, leaflet_rows, ledger_rows, register_rows, task_rows, tablets)

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()
