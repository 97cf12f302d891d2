"""Files not sent yet."""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('held_file',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.String(), nullable=False),
    sa.Column('field', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('held_at', sa.String(length=27), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_held_file_account_id_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_held_file'))
    )
    op.create_index(op.f('ix_held_file_account_id_place'), 'held_file', ['account_id', 'place'], unique=False)
    op.create_index(op.f('ix_held_file_held_at'), 'held_file', ['held_at'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_held_file_held_at'), table_name='held_file')
    op.drop_index(op.f('ix_held_file_account_id_place'), table_name='held_file')
    op.drop_table('held_file')
