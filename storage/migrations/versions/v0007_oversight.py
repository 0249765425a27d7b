"""Oversight: what rule families remember, wait for, show and are about to post."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go to this version."""
    op.create_table(
        "oversight_states",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "oversight_timers",
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("family", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("at", "family", "key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "oversight_rows",
        sa.Column("family", sa.String(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("family", "name"),
    )
    op.create_index("oversight_rows_scope", "oversight_rows", ["family", "scope", "day", "name"])
    op.create_index("oversight_rows_day", "oversight_rows", ["family", "day", "name"])
    op.create_table(
        "oversight_findings",
        sa.Column("position", BIG, nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("fault", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("position"),
        sa.UniqueConstraint("record_id"),
    )
