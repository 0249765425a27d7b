"""Processes that serve tell one another how often each token asked."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go to this version."""
    op.create_table(
        "serving",
        sa.Column("process", sa.String(), nullable=False),
        sa.Column("seen_ms", BIG, autoincrement=False, nullable=False),
        sa.Column("taken", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("process"),
    )
