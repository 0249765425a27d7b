"""Who is told of warnings, and what is on its way to them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go to this version."""
    op.create_table(
        "webhooks",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=True),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("since", BIG, nullable=False),
        sa.Column("rest_until_ms", BIG, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("delivered_ms", BIG, nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("stopped", sa.String(), nullable=True),
        sa.Column("replay_at", BIG, nullable=True),
        sa.Column("replay_end", BIG, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_webhooks_party", "webhooks", ["party"])
    op.create_table(
        "webhook_deliveries",
        sa.Column("webhook", sa.String(), nullable=False),
        sa.Column("index", BIG, autoincrement=False, nullable=False),
        sa.Column("queued_ms", BIG, nullable=False),
        sa.Column("due_ms", BIG, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("changed_ms", BIG, nullable=False),
        sa.PrimaryKeyConstraint("webhook", "index"),
    )
    for name, columns, where in (
        ("webhook_deliveries_due", ["webhook", "due_ms", "index"], "state = 'pending'"),
        ("webhook_deliveries_done", ["state", "changed_ms"], "state <> 'pending'"),
    ):
        op.create_index(
            name,
            "webhook_deliveries",
            columns,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )
