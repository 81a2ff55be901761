"""The portal's first tables"""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('access_entry',
    sa.Column('seq', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('at', sa.String(length=27), nullable=False),
    sa.Column('recorded_at', sa.String(length=27), nullable=False),
    sa.Column('user', sa.String(length=120), nullable=False),
    sa.Column('role', sa.String(length=40), nullable=False),
    sa.Column('action', sa.String(length=40), nullable=False),
    sa.Column('study_key', sa.String(length=36), nullable=True),
    sa.Column('patient_key', sa.String(length=36), nullable=True),
    sa.Column('detail', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_access_entry'))
    )
    op.create_index(op.f('ix_access_entry_at'), 'access_entry', ['at'], unique=False)
    op.create_index(op.f('ix_access_entry_patient_key'), 'access_entry', ['patient_key'], unique=False)
    op.create_index(op.f('ix_access_entry_study_key'), 'access_entry', ['study_key'], unique=False)
    op.create_table('account',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(length=255), nullable=False),
    sa.Column('username', sa.String(length=255), nullable=True),
    sa.Column('password', sa.String(length=255), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('fs_uniquifier', sa.String(length=64), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(), nullable=True),
    sa.Column('last_login_at', sa.DateTime(), nullable=True),
    sa.Column('current_login_at', sa.DateTime(), nullable=True),
    sa.Column('last_login_ip', sa.String(length=64), nullable=True),
    sa.Column('current_login_ip', sa.String(length=64), nullable=True),
    sa.Column('login_count', sa.Integer(), nullable=True),
    sa.Column('tf_primary_method', sa.String(length=64), nullable=True),
    sa.Column('tf_totp_secret', sa.String(length=255), nullable=True),
    sa.Column('tf_phone_number', sa.String(length=128), nullable=True),
    sa.Column('us_totp_secrets', sa.Text(), nullable=True),
    sa.Column('us_phone_number', sa.String(length=128), nullable=True),
    sa.Column('fs_webauthn_user_handle', sa.String(length=64), nullable=True),
    sa.Column('mf_recovery_codes', sa.UnicodeText(), nullable=True),
    sa.Column('create_datetime', sa.DateTime(), server_default=sa.text('(CURRENT_TIMESTAMP)'), nullable=False),
    sa.Column('update_datetime', sa.DateTime(), server_default=sa.text('(CURRENT_TIMESTAMP)'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account')),
    sa.UniqueConstraint('email', name=op.f('uq_account_email')),
    sa.UniqueConstraint('fs_uniquifier', name=op.f('uq_account_fs_uniquifier')),
    sa.UniqueConstraint('fs_webauthn_user_handle', name=op.f('uq_account_fs_webauthn_user_handle')),
    sa.UniqueConstraint('us_phone_number', name=op.f('uq_account_us_phone_number')),
    sa.UniqueConstraint('username', name=op.f('uq_account_username'))
    )
    op.create_table('account_role',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('description', sa.String(length=255), nullable=True),
    sa.Column('permissions', sa.UnicodeText(), nullable=True),
    sa.Column('update_datetime', sa.DateTime(), server_default=sa.text('(CURRENT_TIMESTAMP)'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account_role')),
    sa.UniqueConstraint('name', name=op.f('uq_account_role_name'))
    )
    op.create_table('approval',
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('details', sa.Text(), nullable=False),
    sa.Column('valid_from', sa.String(length=10), nullable=True),
    sa.Column('valid_to', sa.String(length=10), nullable=True),
    sa.Column('closed', sa.Boolean(), nullable=False),
    sa.Column('updated_at', sa.String(length=27), nullable=False),
    sa.Column('updated_by', sa.String(length=120), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_approval'))
    )
    op.create_index(op.f('ix_approval_kind'), 'approval', ['kind'], unique=False)
    op.create_table('ask',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('opened_at', sa.String(length=27), nullable=False),
    sa.Column('decision', sa.String(length=36), nullable=False),
    sa.Column('requested_by', sa.String(length=120), nullable=False),
    sa.Column('role', sa.String(length=40), nullable=False),
    sa.Column('purpose', sa.String(length=40), nullable=False),
    sa.Column('recipient', sa.String(length=80), nullable=False),
    sa.Column('studies', sa.Text(), nullable=False),
    sa.Column('whom', sa.Text(), nullable=False),
    sa.Column('reasons', sa.Text(), nullable=False),
    sa.Column('reason_given', sa.Text(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('status', sa.String(length=12), nullable=False),
    sa.Column('closed_at', sa.String(length=27), nullable=True),
    sa.Column('closed_by', sa.String(length=120), nullable=True),
    sa.Column('outcome', sa.String(length=12), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ask'))
    )
    op.create_index(op.f('ix_ask_digest'), 'ask', ['digest'], unique=False)
    op.create_index(op.f('ix_ask_opened_at'), 'ask', ['opened_at'], unique=False)
    op.create_index(op.f('ix_ask_requested_by'), 'ask', ['requested_by'], unique=False)
    op.create_index(op.f('ix_ask_status'), 'ask', ['status'], unique=False)
    op.create_table('decision',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('decided_at', sa.String(length=27), nullable=False),
    sa.Column('intent', sa.String(length=12), nullable=False),
    sa.Column('job', sa.String(length=64), nullable=True),
    sa.Column('user', sa.String(length=120), nullable=False),
    sa.Column('role', sa.String(length=40), nullable=False),
    sa.Column('purpose', sa.String(length=40), nullable=False),
    sa.Column('recipient', sa.String(length=80), nullable=False),
    sa.Column('outcome', sa.String(length=6), nullable=False),
    sa.Column('profile', sa.String(length=2), nullable=True),
    sa.Column('policy_version', sa.String(length=60), nullable=False),
    sa.Column('request_digest', sa.String(length=64), nullable=False),
    sa.Column('request', sa.Text(), nullable=False),
    sa.Column('subjects', sa.Text(), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decision'))
    )
    op.create_index(op.f('ix_decision_decided_at'), 'decision', ['decided_at'], unique=False)
    op.create_index(op.f('ix_decision_job'), 'decision', ['job'], unique=False)
    op.create_index(op.f('ix_decision_outcome'), 'decision', ['outcome'], unique=False)
    op.create_table('disclosure',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('job', sa.String(length=64), nullable=True),
    sa.Column('decision', sa.String(length=36), nullable=True),
    sa.Column('recorded_at', sa.String(length=27), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_disclosure')),
    sa.UniqueConstraint('key', name=op.f('uq_disclosure_key'))
    )
    op.create_index(op.f('ix_disclosure_job'), 'disclosure', ['job'], unique=False)
    op.create_table('ledger_event',
    sa.Column('seq', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('prev_hash', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('recorded_at', sa.String(length=27), nullable=False),
    sa.Column('effective_at', sa.String(length=27), nullable=False),
    sa.Column('recorded_by', sa.String(length=120), nullable=False),
    sa.Column('type', sa.String(length=30), nullable=False),
    sa.Column('patient_key', sa.String(length=36), nullable=False),
    sa.Column('scope', sa.Text(), nullable=False),
    sa.Column('payload', sa.Text(), nullable=False),
    sa.Column('supersedes', sa.String(length=36), nullable=True),
    sa.Column('study_uid', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_ledger_event')),
    sa.UniqueConstraint('hash', name=op.f('uq_ledger_event_hash')),
    sa.UniqueConstraint('id', name=op.f('uq_ledger_event_id')),
    sa.UniqueConstraint('prev_hash', name=op.f('uq_ledger_event_prev_hash'))
    )
    op.create_index(op.f('ix_ledger_event_patient_key'), 'ledger_event', ['patient_key'], unique=False)
    op.create_index(op.f('ix_ledger_event_recorded_at'), 'ledger_event', ['recorded_at'], unique=False)
    op.create_index(op.f('ix_ledger_event_study_uid'), 'ledger_event', ['study_uid'], unique=False)
    op.create_index(op.f('ix_ledger_event_supersedes'), 'ledger_event', ['supersedes'], unique=False)
    op.create_index(op.f('ix_ledger_event_type'), 'ledger_event', ['type'], unique=False)
    op.create_table('patient',
    sa.Column('key', sa.String(length=36), nullable=False),
    sa.Column('birth_date', sa.String(length=10), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_patient'))
    )
    op.create_table('recall',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('opened_at', sa.String(length=27), nullable=False),
    sa.Column('released_event', sa.String(length=36), nullable=False),
    sa.Column('withdrawn_event', sa.String(length=36), nullable=False),
    sa.Column('disclosure', sa.String(length=36), nullable=False),
    sa.Column('job', sa.String(length=64), nullable=True),
    sa.Column('patient_key', sa.String(length=36), nullable=False),
    sa.Column('study_uid', sa.String(length=64), nullable=False),
    sa.Column('recipient', sa.String(length=80), nullable=False),
    sa.Column('purpose', sa.String(length=40), nullable=False),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('updated_at', sa.String(length=27), nullable=True),
    sa.Column('updated_by', sa.String(length=120), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recall')),
    sa.UniqueConstraint('released_event', 'withdrawn_event', name=op.f('uq_recall_released_event'))
    )
    op.create_index(op.f('ix_recall_job'), 'recall', ['job'], unique=False)
    op.create_index(op.f('ix_recall_opened_at'), 'recall', ['opened_at'], unique=False)
    op.create_index(op.f('ix_recall_patient_key'), 'recall', ['patient_key'], unique=False)
    op.create_index(op.f('ix_recall_released_event'), 'recall', ['released_event'], unique=False)
    op.create_index(op.f('ix_recall_status'), 'recall', ['status'], unique=False)
    op.create_table('recipient',
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('contract_reference', sa.String(length=200), nullable=False),
    sa.Column('contract_start', sa.String(length=10), nullable=True),
    sa.Column('contract_end', sa.String(length=10), nullable=True),
    sa.Column('steward', sa.String(length=200), nullable=False),
    sa.Column('named_people', sa.Text(), nullable=False),
    sa.Column('evidence', sa.Text(), nullable=False),
    sa.Column('secure_environment', sa.Boolean(), nullable=False),
    sa.Column('audited_on', sa.String(length=10), nullable=True),
    sa.Column('data_flow', sa.Text(), nullable=False),
    sa.Column('anonymisation_process', sa.Text(), nullable=False),
    sa.Column('archiving', sa.Text(), nullable=False),
    sa.Column('responsible_professional', sa.String(length=200), nullable=False),
    sa.Column('keep_until_days', sa.Integer(), nullable=True),
    sa.Column('conditions_of_use', sa.Text(), nullable=False),
    sa.Column('closed', sa.Boolean(), nullable=False),
    sa.Column('updated_at', sa.String(length=27), nullable=False),
    sa.Column('updated_by', sa.String(length=120), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_recipient'))
    )
    op.create_table('review',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('opened_at', sa.String(length=27), nullable=False),
    sa.Column('job', sa.String(length=64), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('decision', sa.String(length=36), nullable=False),
    sa.Column('requested_by', sa.String(length=120), nullable=False),
    sa.Column('role', sa.String(length=40), nullable=False),
    sa.Column('purpose', sa.String(length=40), nullable=False),
    sa.Column('recipient', sa.String(length=80), nullable=False),
    sa.Column('studies', sa.Text(), nullable=False),
    sa.Column('reason_given', sa.Text(), nullable=False),
    sa.Column('status', sa.String(length=12), nullable=False),
    sa.Column('reviewed_at', sa.String(length=27), nullable=True),
    sa.Column('reviewed_by', sa.String(length=120), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review')),
    sa.UniqueConstraint('job', 'digest', name=op.f('uq_review_job'))
    )
    op.create_index(op.f('ix_review_job'), 'review', ['job'], unique=False)
    op.create_index(op.f('ix_review_opened_at'), 'review', ['opened_at'], unique=False)
    op.create_index(op.f('ix_review_requested_by'), 'review', ['requested_by'], unique=False)
    op.create_index(op.f('ix_review_status'), 'review', ['status'], unique=False)
    op.create_table('account_passkey',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('credential_id', sa.LargeBinary(length=1024), nullable=False),
    sa.Column('public_key', sa.LargeBinary(), nullable=False),
    sa.Column('sign_count', sa.Integer(), nullable=True),
    sa.Column('transports', sa.UnicodeText(), nullable=True),
    sa.Column('backup_state', sa.Boolean(), nullable=False),
    sa.Column('device_type', sa.String(length=64), nullable=False),
    sa.Column('extensions', sa.String(length=255), nullable=True),
    sa.Column('create_datetime', sa.DateTime(), server_default=sa.text('(CURRENT_TIMESTAMP)'), nullable=False),
    sa.Column('lastuse_datetime', sa.DateTime(), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('usage', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['account.id'], name=op.f('fk_account_passkey_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account_passkey'))
    )
    op.create_index(op.f('ix_account_passkey_credential_id'), 'account_passkey', ['credential_id'], unique=True)
    op.create_table('patient_identifier',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('value', sa.String(length=64), nullable=False),
    sa.Column('issuer', sa.String(length=64), nullable=False),
    sa.Column('patient_key', sa.String(length=36), nullable=False),
    sa.ForeignKeyConstraint(['patient_key'], ['patient.key'], name=op.f('fk_patient_identifier_patient_key')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_patient_identifier')),
    sa.UniqueConstraint('value', 'issuer', name=op.f('uq_patient_identifier_value'))
    )
    op.create_index(op.f('ix_patient_identifier_patient_key'), 'patient_identifier', ['patient_key'], unique=False)
    op.create_index(op.f('ix_patient_identifier_value'), 'patient_identifier', ['value'], unique=False)
    op.create_table('roles_users',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('role_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['role_id'], ['account_role.id'], name=op.f('fk_roles_users_role_id')),
    sa.ForeignKeyConstraint(['user_id'], ['account.id'], name=op.f('fk_roles_users_user_id')),
    sa.PrimaryKeyConstraint('user_id', 'role_id', name=op.f('pk_roles_users'))
    )
    op.create_table('study',
    sa.Column('key', sa.String(length=36), nullable=False),
    sa.Column('study_uid', sa.String(length=64), nullable=False),
    sa.Column('orthanc_id', sa.String(length=44), nullable=False),
    sa.Column('patient_key', sa.String(length=36), nullable=False),
    sa.Column('date', sa.String(length=10), nullable=False),
    sa.Column('accession', sa.String(length=64), nullable=False),
    sa.Column('episode', sa.String(length=64), nullable=False),
    sa.Column('description', sa.String(length=256), nullable=False),
    sa.Column('patient_id', sa.String(length=64), nullable=False),
    sa.Column('patient_issuer', sa.String(length=64), nullable=False),
    sa.Column('patient_name', sa.String(length=324), nullable=False),
    sa.Column('birth_date', sa.String(length=10), nullable=False),
    sa.Column('sex', sa.String(length=16), nullable=False),
    sa.Column('contents', sa.Text(), nullable=False),
    sa.Column('registered_at', sa.String(length=27), nullable=False),
    sa.ForeignKeyConstraint(['patient_key'], ['patient.key'], name=op.f('fk_study_patient_key')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_study')),
    sa.UniqueConstraint('study_uid', name=op.f('uq_study_study_uid'))
    )
    op.create_index(op.f('ix_study_accession'), 'study', ['accession'], unique=False)
    op.create_index(op.f('ix_study_orthanc_id'), 'study', ['orthanc_id'], unique=False)
    op.create_index(op.f('ix_study_patient_key'), 'study', ['patient_key'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_study_patient_key'), table_name='study')
    op.drop_index(op.f('ix_study_orthanc_id'), table_name='study')
    op.drop_index(op.f('ix_study_accession'), table_name='study')
    op.drop_table('study')
    op.drop_table('roles_users')
    op.drop_index(op.f('ix_patient_identifier_value'), table_name='patient_identifier')
    op.drop_index(op.f('ix_patient_identifier_patient_key'), table_name='patient_identifier')
    op.drop_table('patient_identifier')
    op.drop_index(op.f('ix_account_passkey_credential_id'), table_name='account_passkey')
    op.drop_table('account_passkey')
    op.drop_index(op.f('ix_review_status'), table_name='review')
    op.drop_index(op.f('ix_review_requested_by'), table_name='review')
    op.drop_index(op.f('ix_review_opened_at'), table_name='review')
    op.drop_index(op.f('ix_review_job'), table_name='review')
    op.drop_table('review')
    op.drop_table('recipient')
    op.drop_index(op.f('ix_recall_status'), table_name='recall')
    op.drop_index(op.f('ix_recall_released_event'), table_name='recall')
    op.drop_index(op.f('ix_recall_patient_key'), table_name='recall')
    op.drop_index(op.f('ix_recall_opened_at'), table_name='recall')
    op.drop_index(op.f('ix_recall_job'), table_name='recall')
    op.drop_table('recall')
    op.drop_table('patient')
    op.drop_index(op.f('ix_ledger_event_type'), table_name='ledger_event')
    op.drop_index(op.f('ix_ledger_event_supersedes'), table_name='ledger_event')
    op.drop_index(op.f('ix_ledger_event_study_uid'), table_name='ledger_event')
    op.drop_index(op.f('ix_ledger_event_recorded_at'), table_name='ledger_event')
    op.drop_index(op.f('ix_ledger_event_patient_key'), table_name='ledger_event')
    op.drop_table('ledger_event')
    op.drop_index(op.f('ix_disclosure_job'), table_name='disclosure')
    op.drop_table('disclosure')
    op.drop_index(op.f('ix_decision_outcome'), table_name='decision')
    op.drop_index(op.f('ix_decision_job'), table_name='decision')
    op.drop_index(op.f('ix_decision_decided_at'), table_name='decision')
    op.drop_table('decision')
    op.drop_index(op.f('ix_ask_status'), table_name='ask')
    op.drop_index(op.f('ix_ask_requested_by'), table_name='ask')
    op.drop_index(op.f('ix_ask_opened_at'), table_name='ask')
    op.drop_index(op.f('ix_ask_digest'), table_name='ask')
    op.drop_table('ask')
    op.drop_index(op.f('ix_approval_kind'), table_name='approval')
    op.drop_table('approval')
    op.drop_table('account_role')
    op.drop_table('account')
    op.drop_index(op.f('ix_access_entry_study_key'), table_name='access_entry')
    op.drop_index(op.f('ix_access_entry_patient_key'), table_name='access_entry')
    op.drop_index(op.f('ix_access_entry_at'), table_name='access_entry')
    op.drop_table('access_entry')
