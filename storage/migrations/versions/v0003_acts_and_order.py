"""Subjects in the order of their bytes; what acts are checked against.

Nothing is filled in: no record of the first release is of a type that an act rule folds.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this version."""
    if op.get_bind().dialect.name == "postgresql":
        # A subject index is ordered by bytes (FORMATS §1), a database's own order is anything.
        for table in ("chains", "subject_heads"):
            op.execute(f'ALTER TABLE {table} ALTER COLUMN subject TYPE VARCHAR COLLATE "C"')
    op.create_table(
        "act_states",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
        sqlite_with_rowid=False,
    )
